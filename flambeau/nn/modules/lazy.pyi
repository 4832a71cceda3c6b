# From the page's table, by tools/make_stubs.py.
from flambeau.nn.lazy import LazyModuleMixin as LazyModuleMixin
