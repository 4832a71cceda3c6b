# From the page's table, by tools/make_stubs.py.
from flambeau.nn.lazy import LazyInstanceNorm1d as LazyInstanceNorm1d
from flambeau.nn.lazy import LazyInstanceNorm2d as LazyInstanceNorm2d
from flambeau.nn.lazy import LazyInstanceNorm3d as LazyInstanceNorm3d
from flambeau.nn.normalization import InstanceNorm1d as InstanceNorm1d
from flambeau.nn.normalization import InstanceNorm2d as InstanceNorm2d
from flambeau.nn.normalization import InstanceNorm3d as InstanceNorm3d
from flambeau.nn.normalization import _InstanceNorm as _InstanceNorm
