# From the page's table, by tools/make_stubs.py.
from flambeau.nn.lazy import LazyLinear as LazyLinear
from flambeau.nn.linear import Bilinear as Bilinear
from flambeau.nn.linear import Identity as Identity
from flambeau.nn.linear import Linear as Linear
from flambeau.nn.linear import NonDynamicallyQuantizableLinear as NonDynamicallyQuantizableLinear
