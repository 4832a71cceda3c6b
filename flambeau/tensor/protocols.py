"""What Python and NumPy ask of a tensor: shape, len, iteration, truth, numbers, arrays, copies, text."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy

from flambeau.core import dtype as dtypes
from flambeau.core.arrays import strides_in_elements
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase, fill
from flambeau.dispatch import overriding
from flambeau.dispatch.views import among_several

F = TypeVar("F", bound=Callable[..., Any])


def method(function: F) -> F:
    """Have calls taken by whoever asks for them: what Python calls by itself is looked up on the class, unwatched."""
    guarded = overriding.guarded(function)
    return overriding.named(guarded, "flambeau.tensor", f"Tensor.{function.__name__}")


class ProtocolMethods(TensorBase):
    __slots__ = ()

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_numpy(self._array.dtype)

    @property
    def ndim(self) -> int:
        return int(self._array.ndim)

    @property
    def layout(self) -> Any:
        from flambeau.core.layout import strided

        return strided

    @property
    def itemsize(self) -> int:
        return int(self._array.itemsize)

    @property
    def nbytes(self) -> int:
        return int(self._array.nbytes)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self._array.shape[dim]

    def stride(self, dim: int | None = None) -> Any:
        """Return how many elements apart neighbours along each dim are."""
        strides = strides_in_elements(self._array)
        return strides if dim is None else strides[dim]

    def dim(self) -> int:
        return int(self._array.ndim)

    ndimension = dim

    def numel(self) -> int:
        return int(self._array.size)

    nelement = numel

    def element_size(self) -> int:
        return int(self._array.itemsize)

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex

    def is_signed(self) -> bool:
        return self.dtype.is_signed

    __hash__ = object.__hash__

    @method
    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Any:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(among_several([self[i] for i in range(len(self._array))]))  # type: ignore[index]

    @method
    def __bool__(self) -> bool:
        if self._array.size != 1:
            amount = "no values" if self._array.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {amount} is ambiguous; use .any() or .all()")
        return bool(self._array.item())

    @method
    def __int__(self) -> int:
        return int(self._one_number())

    @method
    def __float__(self) -> float:
        return float(self._one_number())

    @method
    def __complex__(self) -> complex:
        return complex(self._one_number())

    def _one_number(self) -> Any:
        if self._array.size != 1:
            raise ValueError(f"only one element tensors can be converted to Python scalars; this one is of {self.shape}")
        return self.item()

    @method
    def __contains__(self, element: Any) -> bool:
        """Say whether any element equals a number, or any part a tensor that broadcasts."""
        if not isinstance(element, TensorBase | bool | int | float | complex):
            raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
        return bool((self == element).any())  # type: ignore[attr-defined]

    @method
    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    @method
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.numpy()
        return numpy.array(array, dtype=dtype, copy=copy)

    __array_priority__ = 1000  # `array * tensor` is the tensor's business

    @method
    def __dlpack__(self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None,
                   copy: bool | None = None) -> Any:
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return self._array.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    @method
    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()

    @method
    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Copy a leaf with its gradient. Raises RuntimeError for what was computed: its history cannot be copied."""
        if self._node is not None:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol "
                               "at the moment; use .detach().clone()")
        import copy

        twin = fill(object.__new__(type(self)), self._array.copy())
        memo[id(self)] = twin
        twin._requires_grad = self._requires_grad
        twin._grad = copy.deepcopy(self._grad, memo)
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    @method
    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the values, and whether a gradient is wanted; not how they were computed."""
        return _rebuilt, (type(self), numpy.asarray(self.detach().cpu()._array), self._requires_grad,
                          self.__dict__)

    @method
    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from flambeau.tensor.printing import tensor_str

        return tensor_str(self)  # type: ignore[arg-type]

    @method
    def __format__(self, spec: str) -> str:
        from flambeau.tensor import Tensor

        if self._array.ndim == 0 and (spec or type(self) is Tensor):  # a subclass has a text of its own
            return format(self.item(), spec)
        return object.__format__(self, spec)


def _rebuilt(kind: Any, array: Any, requires_grad: bool, attributes: dict[str, Any]) -> Any:
    tensor = fill(object.__new__(kind), array)
    tensor._requires_grad = requires_grad
    tensor.__dict__.update(attributes)
    return tensor
