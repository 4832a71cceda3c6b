# From the page's table, by tools/make_stubs.py.
from flambeau.nn.transformer import Transformer as Transformer
from flambeau.nn.transformer import TransformerDecoder as TransformerDecoder
from flambeau.nn.transformer import TransformerDecoderLayer as TransformerDecoderLayer
from flambeau.nn.transformer import TransformerEncoder as TransformerEncoder
from flambeau.nn.transformer import TransformerEncoderLayer as TransformerEncoderLayer
