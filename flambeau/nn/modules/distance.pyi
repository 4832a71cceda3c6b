# From the page's table, by tools/make_stubs.py.
from flambeau.nn.distance import CosineSimilarity as CosineSimilarity
from flambeau.nn.distance import PairwiseDistance as PairwiseDistance
