"""`FloatTensor` and its like: classes by dtype and device, from before tensors had either, that programs still use."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.core import dtype as dtypes
from flambeau.core.layout import strided
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops import creation


class tensortype(type):  # noqa: N801  PyTorch's name
    """The class of these classes: an instance is a tensor of one dtype on one kind of device."""

    dtype: dtypes.dtype
    is_cuda: bool

    def __instancecheck__(cls, tensor: Any) -> bool:
        return (isinstance(tensor, TensorBase) and tensor._array.dtype == cls.dtype.numpy
                and (tensor.device.type == "cuda") is cls.is_cuda)

    def __call__(cls, *data: Any, device: Any = None) -> Any:
        """Make a tensor of a list, array or tensor, or uninitialised of sizes.

        Raises TypeError for a tensor of another class, RuntimeError for a device of another kind.
        """
        place = devices.resolve(device) if device is not None else devices.resolve("cuda" if cls.is_cuda else "cpu")
        if (place.type == "cuda") is not cls.is_cuda:
            raise RuntimeError(f"legacy constructor expects device type: {'cuda' if cls.is_cuda else 'cpu'} but device type: "
                               f"{place.type} was passed")
        if len(data) != 1 or isinstance(data[0], int) or type(data[0]).__name__ == "Size":
            return creation.empty(*data or (0,), dtype=cls.dtype, device=place)
        if isinstance(data[0], TensorBase) and not isinstance(data[0], cls):
            raise TypeError(f"expected {cls} (got {data[0].type()})")
        return data[0].detach() if isinstance(data[0], TensorBase) else creation.tensor(data[0], dtype=cls.dtype, device=place)

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


def _kind(dtype: dtypes.dtype, is_cuda: bool) -> Any:
    module = "torch.cuda" if is_cuda else "torch"
    return tensortype(f"{pytorch_name(dtype.numpy)}Tensor", (), {
        "dtype": dtype, "is_cuda": is_cuda, "is_sparse": False, "layout": strided, "__module__": module,
        "__doc__": f"Tensors of {dtype} on {'a GPU' if is_cuda else 'the CPU'}."})


def _kinds(is_cuda: bool) -> tuple[Any, ...]:
    return tuple(_kind(dtype, is_cuda) for dtype in (
        dtypes.bool_, dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16,
        dtypes.float32, dtypes.float64))


(BoolTensor, ByteTensor, CharTensor, ShortTensor, IntTensor, LongTensor, HalfTensor, BFloat16Tensor, FloatTensor,
 DoubleTensor) = _of_cpu = _kinds(is_cuda=False)
(CudaBoolTensor, CudaByteTensor, CudaCharTensor, CudaShortTensor, CudaIntTensor, CudaLongTensor, CudaHalfTensor,
 CudaBFloat16Tensor, CudaFloatTensor, CudaDoubleTensor) = _of_cuda = _kinds(is_cuda=True)
_NAMED = {f"{kind.__module__}.{kind.__name__}": kind for kind in _of_cpu + _of_cuda}


def set_default_tensor_type(t: Any, /) -> None:
    """Choose dtype and device of new tensors by a class, or its name. Raises TypeError for anything else."""
    if isinstance(t, str):
        t = _NAMED.get(t)
    if not isinstance(t, tensortype):
        raise TypeError("invalid type object: expected a class of tensors such as torch.FloatTensor, or its name")
    dtypes.set_default_dtype(t.dtype)
    devices.set_default_device("cuda" if t.is_cuda else None)


def typename(obj: Any, /) -> str:
    """Return the name of a tensor's class of old, or of the type of anything else, with its module."""
    if isinstance(obj, TensorBase):
        return str(obj.type())
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", "") or ""
    module = module.replace("flambeau", "torch", 1) if module.startswith("flambeau") else module
    name = getattr(kind, "__qualname__", kind.__name__)
    return name if module in ("", "builtins") else f"{module}.{name}"
