# From the page's table, by tools/make_stubs.py.
from flambeau.dispatch.kernel import explain as explain
from flambeau.drawing.history import plot_history as plot_history
from flambeau.drawing.tape import draw_graph as draw_graph
from flambeau.nn.model_summary import summary as summary
from flambeau.utils.progress_bar import progress as progress
from flambeau.utils import checkpoint as checkpoint
from flambeau.utils import data as data
from flambeau.utils import dlpack as dlpack
from flambeau.utils import hooks as hooks
from flambeau.utils import tensorboard as tensorboard
