"""dtype, device and memory as methods: `to`, `float`, `cuda`, `numpy`, `item`, …"""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.core import dtype as dtypes
from flambeau.core import host_memory, synchronizing
from flambeau.core.layout import preserve_format
from flambeau.core.memory import address_of
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch import overriding
from flambeau.dispatch.apply import apply
from flambeau.ops import conversion

_CAST = conversion.cast.op  # type: ignore[attr-defined]


def _to(name: str, dtype: dtypes.dtype) -> Any:
    def method(self: Any, memory_format: Any = preserve_format) -> Any:
        result = self._cast(dtype.numpy)
        return result if memory_format is preserve_format else conversion.in_format(result, memory_format)

    method.__name__ = name
    method.__doc__ = f"Return this tensor as {dtype}; itself when it is one."
    return method


class ConversionMethods(TensorBase):
    __slots__ = ()

    clone = conversion.clone
    contiguous = conversion.contiguous

    half, float, double = _to("half", dtypes.float16), _to("float", dtypes.float32), _to("double", dtypes.float64)
    bfloat16, cfloat = _to("bfloat16", dtypes.bfloat16), _to("cfloat", dtypes.complex64)
    byte, char, short = _to("byte", dtypes.uint8), _to("char", dtypes.int8), _to("short", dtypes.int16)
    int, long = _to("int", dtypes.int32), _to("long", dtypes.int64)
    bool, cdouble = _to("bool", dtypes.bool_), _to("cdouble", dtypes.complex128)

    def _cast(self, dtype: Any) -> Any:
        return self if self._array.dtype == dtype else apply(_CAST, (self, dtype))

    @property
    def device(self) -> devices.device:
        return devices.device_of(self._array)

    @property
    def is_cuda(self) -> Any:
        return self.device.type == "cuda"

    def to(self, *args: Any, dtype: Any = None, device: Any = None, non_blocking: Any = False, copy: Any = False,
           memory_format: Any = None) -> Any:
        """Return this tensor with another dtype or on another device; itself when nothing changes and not `copy`.

        Takes a dtype, a device, both, or a tensor to be like. With no argument at all it goes to GPU 0.
        """
        nothing = not args and dtype is None and device is None and not copy and memory_format is None
        if nothing:
            device = "cuda:0"
        for arg in args:
            if isinstance(arg, TensorBase):
                device, dtype = arg.device, arg.dtype
            elif isinstance(arg, dtypes.dtype) or arg in (float, int, complex):
                dtype = arg
            elif isinstance(arg, str | int | devices.device) and not isinstance(arg, bool):
                device = arg
        result: Any = self
        if device is not None:
            place = devices.resolve(device)
            if place != self.device:
                result = conversion.move(result, place)
                if not non_blocking:
                    host_memory.wait_for_copy(self._array, place)
        if dtype is not None:
            result = result._cast(dtypes.as_numpy(dtype))
        if memory_format not in (None, preserve_format):
            result = conversion.in_format(result, memory_format)
        return self.clone() if result is self and copy else result

    def type(self, dtype: Any = None, non_blocking: Any = False) -> Any:
        """Return this tensor as `dtype`, or the name of its old-style type, such as 'torch.FloatTensor'."""
        from flambeau.dispatch.inplace import pytorch_name

        if dtype is None:
            place = "torch.cuda" if self.is_cuda else "torch"
            return f"{place}.{pytorch_name(self._array.dtype)}Tensor"
        if isinstance(dtype, str):
            name = dtype.rpartition(".")[2].removesuffix("Tensor")
            found = {pytorch_name(known.numpy): known for known in dtypes.ALL}
            if name not in found:
                raise ValueError(f"invalid type: '{dtype}'")
            dtype = found[name]
        return self._cast(dtypes.as_numpy(dtype))

    @overriding.method
    def type_as(self, other: Any) -> Any:
        return self.to(other.device)._cast(other._array.dtype)

    def cuda(self, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
        """Copy to a GPU, by default the current one; itself when it is there.

        `non_blocking`: do not wait for a copy from page-locked memory; until it is done, what lies there must not change.
        Raises AssertionError without CuPy, RuntimeError without a GPU and for a device of another kind.
        """
        place = devices.device("cuda" if device is None else device)
        if place.type != "cuda":
            raise RuntimeError(f"Invalid device, must be cuda device: {place}; use to({str(place)!r})")
        return self.to(place, non_blocking=non_blocking, memory_format=memory_format)

    def cpu(self, memory_format: Any = None) -> Any:
        return self.to("cpu")

    def share_memory_(self) -> Any:
        """Move to memory that processes forked from now on see the same values in. Views made before stay behind."""
        self._array = host_memory.shared(self._array)
        return self

    def is_shared(self) -> Any:
        return host_memory.is_shared(self._array)

    def pin_memory(self, device: Any = None) -> Any:
        """Copy to page-locked memory, from which copies to a GPU are faster. Raises RuntimeError without a GPU."""
        array = host_memory.pinned(self._array)
        return self if array is self._array else wrap(array)

    def is_pinned(self, device: Any = None) -> Any:
        return host_memory.is_pinned(self._array)

    def numpy(self, *, force: Any = False) -> Any:
        """Return the NumPy array that holds this tensor's values: the same memory.

        Raises RuntimeError for a tensor that needs a gradient, TypeError for one on a GPU; `force` copies instead.
        """
        if force:
            return self.detach().cpu()._array
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self.is_cuda:
            raise TypeError(f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy the "
                            "tensor to host memory first.")
        if self._array.dtype == dtypes.bfloat16.numpy:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._array

    def item(self) -> Any:
        """Return the one element as a Python number.

        Raises RuntimeError for more elements or none.
        """
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        dtypes.refuse_packed(self._array.dtype, "item")
        if synchronizing.mode and self.is_cuda:
            synchronizing.noticed("item()")
        value = self._array.item()
        return float(value) if self._array.dtype in dtypes.HALVES else value

    def tolist(self) -> Any:
        array = self._array
        dtypes.refuse_packed(array.dtype, "tolist")
        if synchronizing.mode and self.is_cuda:
            synchronizing.noticed("tolist()")
        if array.dtype in dtypes.HALVES:
            array = array.astype("f4")
        return array.tolist()

    def is_contiguous(self, memory_format: Any = None) -> Any:
        return conversion.is_laid_out(self._array, memory_format)

    def data_ptr(self) -> Any:
        return address_of(self._array) if self._array.size else 0


