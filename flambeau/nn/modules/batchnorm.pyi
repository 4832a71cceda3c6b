# From the page's table, by tools/make_stubs.py.
from flambeau.nn.lazy import LazyBatchNorm1d as LazyBatchNorm1d
from flambeau.nn.lazy import LazyBatchNorm2d as LazyBatchNorm2d
from flambeau.nn.lazy import LazyBatchNorm3d as LazyBatchNorm3d
from flambeau.nn.normalization import BatchNorm1d as BatchNorm1d
from flambeau.nn.normalization import BatchNorm2d as BatchNorm2d
from flambeau.nn.normalization import BatchNorm3d as BatchNorm3d
from flambeau.nn.normalization import _BatchNorm as _BatchNorm
from flambeau.nn.normalization import _Tracked as _NormBase
from flambeau.nn.sync_batch_norm import SyncBatchNorm as SyncBatchNorm

__all__ = ['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'LazyBatchNorm1d', 'LazyBatchNorm2d', 'LazyBatchNorm3d', 'SyncBatchNorm', '_BatchNorm', '_NormBase']
