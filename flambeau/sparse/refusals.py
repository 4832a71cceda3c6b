"""What a sparse tensor cannot do: it has no memory of the usual kind, no strides, and no views."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.sparse import kind_of


def _without(name: str, error: type[Exception], message: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise error(f"{name}: {message.format(kind_of(self))}")

    method.__name__ = name
    method.__doc__ = f"Raise {error.__name__}."
    return method


_NO_MEMORY = "a {} tensor has no storage of its own; its values() and indices have"
_NO_STRIDES = "a {} tensor has no strides; use to_dense()"
_NO_VIEWS = "not implemented for {} tensors; use to_dense(), or write to its values()"


class RefusingMethods(TensorBase):
    """Methods of a plain tensor that a sparse one refuses."""

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Take no notice of the class as one that asks for calls: that starts with the first tensor that is made."""

    storage, untyped_storage, storage_type, share_memory_, is_shared = (
        _without(name, NotImplementedError, "Cannot access storage: " + _NO_MEMORY)
        for name in ("storage", "untyped_storage", "storage_type", "share_memory_", "is_shared"))
    data_ptr = _without("data_ptr", RuntimeError,
                        "Cannot access data pointer of Tensor that doesn't have storage: " + _NO_MEMORY)
    tolist = _without("tolist", RuntimeError, "use to_dense().tolist(): " + _NO_MEMORY)
    stride, contiguous, dim_order = (
        _without(name, RuntimeError, _NO_STRIDES) for name in ("stride", "contiguous", "dim_order"))
    reshape, expand, broadcast_to, resize, resize_as = (
        _without(name, RuntimeError, _NO_VIEWS) for name in ("reshape", "expand", "broadcast_to", "resize", "resize_as"))
    view, as_strided, as_strided_, repeat, tile, flip, resize_ = (
        _without(name, NotImplementedError, _NO_VIEWS)
        for name in ("view", "as_strided", "as_strided_", "repeat", "tile", "flip", "resize_"))
    unique, unique_consecutive, multinomial, bernoulli, polygamma, sum_to_size, map2_ = (
        _without(name, NotImplementedError, _NO_VIEWS)
        for name in ("unique", "unique_consecutive", "multinomial", "bernoulli", "polygamma", "sum_to_size", "map2_"))
    float_power_, fill_diagonal_, squeeze_ = (
        _without(name, NotImplementedError, _NO_VIEWS) for name in ("float_power_", "fill_diagonal_", "squeeze_"))
    __dlpack__ = _without("__dlpack__", BufferError, "Can't export tensors with layout other than torch.strided, not {}")
    bernoulli_, normal_, uniform_, random_, exponential_, geometric_, log_normal_, cauchy_, apply_ = (
        _without(name, NotImplementedError, _NO_VIEWS)
        for name in ("bernoulli_", "normal_", "uniform_", "random_", "exponential_", "geometric_", "log_normal_", "cauchy_",
                     "apply_"))

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return False

    def storage_offset(self) -> int:
        return 0

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError(f"can't convert {kind_of(self)} layout tensor to numpy. Use Tensor.to_dense() first.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.numpy()

    def is_pinned(self, device: Any = None) -> bool:
        return False
