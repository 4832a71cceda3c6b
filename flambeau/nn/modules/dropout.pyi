# From the page's table, by tools/make_stubs.py.
from flambeau.nn.dropout import AlphaDropout as AlphaDropout
from flambeau.nn.dropout import Dropout as Dropout
from flambeau.nn.dropout import Dropout1d as Dropout1d
from flambeau.nn.dropout import Dropout2d as Dropout2d
from flambeau.nn.dropout import Dropout3d as Dropout3d
from flambeau.nn.dropout import FeatureAlphaDropout as FeatureAlphaDropout
from flambeau.nn.dropout import _Dropout as _DropoutNd

__all__ = ['AlphaDropout', 'Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'FeatureAlphaDropout', '_DropoutNd']
