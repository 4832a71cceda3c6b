# From the page's table, by tools/make_stubs.py.
from flambeau.nn.utils.clipping import clip_grad_norm_ as clip_grad_norm_
from flambeau.nn.utils.clipping import clip_grad_value_ as clip_grad_value_
from flambeau.nn.utils.clipping import get_total_norm as get_total_norm
from flambeau.nn.utils.spectral_norm_hook import remove_spectral_norm as remove_spectral_norm
from flambeau.nn.utils.spectral_norm_hook import spectral_norm as spectral_norm
from flambeau.nn.utils.vector import parameters_to_vector as parameters_to_vector
from flambeau.nn.utils.vector import vector_to_parameters as vector_to_parameters
from flambeau.nn.utils.weight_norm_hook import remove_weight_norm as remove_weight_norm
from flambeau.nn.utils.weight_norm_hook import weight_norm as weight_norm
from flambeau.nn.utils import parametrizations as parametrizations
from flambeau.nn.utils import parametrize as parametrize
from flambeau.nn.utils import prune as prune
from flambeau.nn.utils import rnn as rnn
