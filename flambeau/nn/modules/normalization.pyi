# From the page's table, by tools/make_stubs.py.
from flambeau.nn.normalization import CrossMapLRN2d as CrossMapLRN2d
from flambeau.nn.normalization import GroupNorm as GroupNorm
from flambeau.nn.normalization import LayerNorm as LayerNorm
from flambeau.nn.normalization import LocalResponseNorm as LocalResponseNorm
from flambeau.nn.normalization import RMSNorm as RMSNorm
