# From the page's table, by tools/make_stubs.py.
from flambeau.dispatch.kernel import explain as explain
from flambeau.nn.model_summary import summary as summary
from flambeau.utils import checkpoint as checkpoint
from flambeau.utils import data as data
from flambeau.utils import hooks as hooks
from flambeau.utils import tensorboard as tensorboard
