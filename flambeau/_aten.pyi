# From the page's table, by tools/make_stubs.py.
from flambeau.ops.dropout import native_dropout_backward as native_dropout_backward
from flambeau.ops.internals import upsample_bicubic2d_aa as _upsample_bicubic2d_aa
from flambeau.ops.internals import upsample_bilinear2d_aa as _upsample_bilinear2d_aa
from flambeau.ops.internals import max_pool2d_with_indices_backward as max_pool2d_with_indices_backward
from flambeau.ops.internals import slice_along as slice
from flambeau.ops.native import _batch_norm_with_update as _batch_norm_with_update

__all__ = ['_batch_norm_with_update', '_upsample_bicubic2d_aa', '_upsample_bilinear2d_aa', 'max_pool2d_with_indices_backward', 'native_dropout_backward', 'slice']
