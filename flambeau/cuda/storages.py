"""`torch.cuda.FloatStorage` and its like: elements of one dtype on a GPU, from before storages had devices."""
from __future__ import annotations

from flambeau.core import dtype as dtypes
from flambeau.storage import _storage_class

(BFloat16Storage, BoolStorage, ByteStorage, CharStorage, ComplexDoubleStorage, ComplexFloatStorage, DoubleStorage,
 FloatStorage, HalfStorage, IntStorage, LongStorage, ShortStorage) = (_storage_class(dtype, "cuda") for dtype in (
     dtypes.bfloat16, dtypes.bool_, dtypes.uint8, dtypes.int8, dtypes.complex128, dtypes.complex64, dtypes.float64,
     dtypes.float32, dtypes.float16, dtypes.int32, dtypes.int64, dtypes.int16))
