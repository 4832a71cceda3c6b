# From the page's table, by tools/make_stubs.py.
from flambeau.nn.upsampling import Upsample as Upsample
from flambeau.nn.upsampling import UpsamplingBilinear2d as UpsamplingBilinear2d
from flambeau.nn.upsampling import UpsamplingNearest2d as UpsamplingNearest2d
