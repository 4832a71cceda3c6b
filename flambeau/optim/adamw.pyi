# From the page's table, by tools/make_stubs.py.
from flambeau.optim.adam import AdamW as AdamW
