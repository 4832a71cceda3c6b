# From the page's table, by tools/make_stubs.py.
from flambeau.nn.rearranging import Fold as Fold
from flambeau.nn.rearranging import Unfold as Unfold
