# From the page's table, by tools/make_stubs.py.
from flambeau.nn.pooling import AdaptiveAvgPool1d as AdaptiveAvgPool1d
from flambeau.nn.pooling import AdaptiveAvgPool2d as AdaptiveAvgPool2d
from flambeau.nn.pooling import AdaptiveAvgPool3d as AdaptiveAvgPool3d
from flambeau.nn.pooling import AdaptiveMaxPool1d as AdaptiveMaxPool1d
from flambeau.nn.pooling import AdaptiveMaxPool2d as AdaptiveMaxPool2d
from flambeau.nn.pooling import AdaptiveMaxPool3d as AdaptiveMaxPool3d
from flambeau.nn.pooling import AvgPool1d as AvgPool1d
from flambeau.nn.pooling import AvgPool2d as AvgPool2d
from flambeau.nn.pooling import AvgPool3d as AvgPool3d
from flambeau.nn.pooling import FractionalMaxPool2d as FractionalMaxPool2d
from flambeau.nn.pooling import FractionalMaxPool3d as FractionalMaxPool3d
from flambeau.nn.pooling import LPPool1d as LPPool1d
from flambeau.nn.pooling import LPPool2d as LPPool2d
from flambeau.nn.pooling import LPPool3d as LPPool3d
from flambeau.nn.pooling import MaxPool1d as MaxPool1d
from flambeau.nn.pooling import MaxPool2d as MaxPool2d
from flambeau.nn.pooling import MaxPool3d as MaxPool3d
from flambeau.nn.pooling import MaxUnpool1d as MaxUnpool1d
from flambeau.nn.pooling import MaxUnpool2d as MaxUnpool2d
from flambeau.nn.pooling import MaxUnpool3d as MaxUnpool3d
from flambeau.nn.pooling import _AdaptiveAvgPool as _AdaptiveAvgPoolNd
from flambeau.nn.pooling import _AdaptiveMaxPool as _AdaptiveMaxPoolNd
from flambeau.nn.pooling import _AvgPool as _AvgPoolNd
from flambeau.nn.pooling import _LPPool as _LPPoolNd
from flambeau.nn.pooling import _MaxPool as _MaxPoolNd
from flambeau.nn.pooling import _MaxUnpool as _MaxUnpoolNd

__all__ = ['AdaptiveAvgPool1d', 'AdaptiveAvgPool2d', 'AdaptiveAvgPool3d', 'AdaptiveMaxPool1d', 'AdaptiveMaxPool2d', 'AdaptiveMaxPool3d', 'AvgPool1d', 'AvgPool2d', 'AvgPool3d', 'FractionalMaxPool2d', 'FractionalMaxPool3d', 'LPPool1d', 'LPPool2d', 'LPPool3d', 'MaxPool1d', 'MaxPool2d', 'MaxPool3d', 'MaxUnpool1d', 'MaxUnpool2d', 'MaxUnpool3d', '_AdaptiveAvgPoolNd', '_AdaptiveMaxPoolNd', '_AvgPoolNd', '_LPPoolNd', '_MaxPoolNd', '_MaxUnpoolNd']
