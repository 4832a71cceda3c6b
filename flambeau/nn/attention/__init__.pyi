# From the page's table, by tools/make_stubs.py.
from flambeau.nn.attention.backends import SDPBackend as SDPBackend
from flambeau.nn.attention.backends import WARN_FOR_UNFUSED_KERNELS as WARN_FOR_UNFUSED_KERNELS
from flambeau.nn.attention.backends import sdpa_kernel as sdpa_kernel
from flambeau.nn.attention import bias as bias
