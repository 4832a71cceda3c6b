# From the page's table, by tools/make_stubs.py.
from flambeau.nn.rearranging import ChannelShuffle as ChannelShuffle
