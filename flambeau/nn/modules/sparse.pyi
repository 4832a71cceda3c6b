# From the page's table, by tools/make_stubs.py.
from flambeau.nn.embedding import Embedding as Embedding
from flambeau.nn.embedding import EmbeddingBag as EmbeddingBag
