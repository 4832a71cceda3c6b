# From the page's table, by tools/make_stubs.py.
from flambeau.cuda.graphs.callables import make_graphed_callables as make_graphed_callables
from flambeau.cuda.graphs.capture import CUDAGraph as CUDAGraph
from flambeau.cuda.graphs.capture import graph as graph
from flambeau.cuda.graphs.capture import graph_pool_handle as graph_pool_handle
from flambeau.cuda.graphs.capture import is_current_stream_capturing as is_current_stream_capturing
