"""Moving a whole module: to another dtype or device."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flambeau.autograd.mode import no_grad
from flambeau.core import device as devices
from flambeau.core import dtype as dtypes
from flambeau.core.tensor import TensorBase

C = TypeVar("C", bound="Conversion")


class Conversion:
    """The part of `Module` that changes where and how its tensors are kept. All changes are in place."""

    def _apply(self: C, fn: Callable[[Any], Any], recurse: bool = True) -> C:
        """Replace the values of every parameter, gradient and buffer by `fn` of them; parameters stay the same objects."""
        if recurse:
            for child in self.children():  # type: ignore[attr-defined]
                child._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():  # type: ignore[attr-defined]
                if parameter is not None:
                    _convert(parameter, fn)
        for name, buffer in self._buffers.items():  # type: ignore[attr-defined]
            if buffer is not None:
                self._buffers[name] = fn(buffer)  # type: ignore[attr-defined]
        return self

    def to(self: C, *args: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False,
           memory_format: Any = None) -> C:
        """Move all tensors to a device, those of floating point to a dtype, and those of 4 or 5 dims to a memory format.

        Takes a device, a dtype, both, or a tensor to be like; with no argument at all it goes to GPU 0. Raises TypeError
        for a dtype of whole numbers.
        """
        if not args and dtype is None and device is None and memory_format is None:
            device = "cuda:0"
        for arg in args:
            if isinstance(arg, TensorBase):
                device, dtype = arg.device, arg.dtype
            elif isinstance(arg, dtypes.dtype):
                dtype = arg
            elif isinstance(arg, str | int | devices.device) and not isinstance(arg, bool):
                device = arg
            elif not isinstance(arg, bool | None):
                raise TypeError("to() received an invalid combination of arguments: it takes a device, a dtype, both, or a "
                                f"tensor, not {type(arg).__name__}")
        _check_dtype(dtype)
        place = None if device is None else devices.resolve(device)

        def moved(tensor: Any) -> Any:
            options = {} if place is None else {"device": place}
            if dtype is not None and (tensor.is_floating_point() or tensor.is_complex()):
                options["dtype"] = dtype
            if memory_format is not None and tensor.dim() in (4, 5):
                options["memory_format"] = memory_format
            return tensor.to(**options) if options else tensor

        return self._apply(moved)

    def cuda(self: C, device: Any = None) -> C:
        return self.to("cuda" if device is None else device)

    def cpu(self: C) -> C:
        return self.to("cpu")

    def type(self: C, dst_type: Any) -> C:
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self: C) -> C:
        return self._floats(dtypes.float32)

    def double(self: C) -> C:
        return self._floats(dtypes.float64)

    def half(self: C) -> C:
        return self._floats(dtypes.float16)

    def bfloat16(self: C) -> C:
        return self._floats(dtypes.bfloat16)

    def _floats(self: C, dtype: dtypes.dtype) -> C:
        return self._apply(lambda tensor: tensor.to(dtype) if tensor.is_floating_point() else tensor)

    def to_empty(self: C, *, device: Any, recurse: bool = True) -> C:
        """Move to a device without the values."""
        from flambeau.ops.creation import empty_like

        return self._apply(lambda tensor: empty_like(tensor, device=device), recurse)

    def share_memory(self: C) -> C:
        """Move all tensors to memory that processes forked from now on see the same values in."""
        return self._apply(lambda tensor: tensor.share_memory_())


def _check_dtype(dtype: Any) -> None:
    if dtype is None:
        return
    if not (dtype.is_floating_point or dtype.is_complex):
        raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
    if dtype.is_complex:
        import warnings

        warnings.warn("Complex modules are a new feature: some modules might not work as expected when using complex tensors "
                      "as parameters or buffers.", stacklevel=3)


def _convert(parameter: Any, fn: Callable[[Any], Any]) -> None:
    grad = parameter.grad
    parameter.grad = None
    parameter.data = fn(parameter.data)
    if grad is not None:
        parameter.grad = fn(grad.detach()).requires_grad_(grad.requires_grad)
