"""New tensors like this one, and other values for this one: `new_zeros`, `zero_`, `fill_`, `copy_`."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.dispatch import batching, overriding
from flambeau.ops import creation, filling, resizing


def _like(make: Any) -> Any:
    """Make `new_zeros` of `zeros`: dtype and device are this tensor's unless named."""
    def method(self: Any, *args: Any, dtype: Any = None, device: Any = None, **options: Any) -> Any:
        if "size" in options:
            args = (options.pop("size"), *args)
        made = make(*args, dtype=self.dtype if dtype is None else dtype, device=device or self.device, **options)
        made._array = batching.beside(self._array, made._array)
        return made

    method.__name__ = method.__qualname__ = f"new_{make.__name__}"
    method.__doc__ = f"Call `{make.__name__}` with the dtype and device of this tensor."
    return method


class CreationMethods(TensorBase):
    __slots__ = ()

    new_zeros, new_ones, new_empty = _like(creation.zeros), _like(creation.ones), _like(creation.empty)
    new_full, new_tensor, new_empty_strided = map(_like, (creation.full, creation.tensor, creation.empty_strided))

    fill_, zero_ = filling.fill_, filling.zero_
    copy_, set_ = overriding.method(filling.copy_), overriding.method(filling.set_)
    resize_, resize_as_ = resizing.resize_, overriding.method(resizing.resize_as_)
