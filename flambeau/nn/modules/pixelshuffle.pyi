# From the page's table, by tools/make_stubs.py.
from flambeau.nn.rearranging import PixelShuffle as PixelShuffle
from flambeau.nn.rearranging import PixelUnshuffle as PixelUnshuffle
