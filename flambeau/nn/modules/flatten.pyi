# From the page's table, by tools/make_stubs.py.
from flambeau.nn.linear import Flatten as Flatten
from flambeau.nn.linear import Unflatten as Unflatten
