"""The names that PyTorch's files use for what flambeau has: element types and their storages, layouts."""
from __future__ import annotations

from typing import NamedTuple

from flambeau.core import dtype as dtypes
from flambeau.core import layout

STORAGES = {
    dtypes.float32: "FloatStorage", dtypes.float64: "DoubleStorage", dtypes.float16: "HalfStorage",
    dtypes.bfloat16: "BFloat16Storage", dtypes.int64: "LongStorage", dtypes.int32: "IntStorage",
    dtypes.int16: "ShortStorage", dtypes.int8: "CharStorage", dtypes.uint8: "ByteStorage", dtypes.bool_: "BoolStorage",
    dtypes.complex64: "ComplexFloatStorage", dtypes.complex128: "ComplexDoubleStorage",
}
DTYPES = {dtype.name: dtype for dtype in dtypes.ALL + dtypes.PACKED}
LAYOUTS = {repr(kind): kind for kind in (layout.strided, layout.sparse_coo, layout.sparse_csr, layout.sparse_csc,
                                         layout.sparse_bsr, layout.sparse_bsc)}


class StorageKind(NamedTuple):
    """What a storage's class says: the type of its elements, or None where the tensor says it."""

    dtype: dtypes.dtype | None


STORAGE_KINDS = {name: StorageKind(dtype) for dtype, name in STORAGES.items()}
UNTYPED = StorageKind(None)
