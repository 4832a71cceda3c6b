# From the page's table, by tools/make_stubs.py.
from flambeau.nn.convolution import Conv1d as Conv1d
from flambeau.nn.convolution import Conv2d as Conv2d
from flambeau.nn.convolution import Conv3d as Conv3d
from flambeau.nn.convolution import ConvTranspose1d as ConvTranspose1d
from flambeau.nn.convolution import ConvTranspose2d as ConvTranspose2d
from flambeau.nn.convolution import ConvTranspose3d as ConvTranspose3d
from flambeau.nn.convolution import ConvNd as _ConvNd
from flambeau.nn.convolution import ConvTransposeNd as _ConvTransposeNd
from flambeau.nn.lazy import LazyConv1d as LazyConv1d
from flambeau.nn.lazy import LazyConv2d as LazyConv2d
from flambeau.nn.lazy import LazyConv3d as LazyConv3d
from flambeau.nn.lazy import LazyConvTranspose1d as LazyConvTranspose1d
from flambeau.nn.lazy import LazyConvTranspose2d as LazyConvTranspose2d
from flambeau.nn.lazy import LazyConvTranspose3d as LazyConvTranspose3d

__all__ = ['Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d', 'LazyConv1d', 'LazyConv2d', 'LazyConv3d', 'LazyConvTranspose1d', 'LazyConvTranspose2d', 'LazyConvTranspose3d', '_ConvNd', '_ConvTransposeNd']
