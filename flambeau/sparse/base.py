"""What all sparse tensors have in common: values on the tape, a size, and a pattern that says where the values are."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flambeau import autograd
from flambeau.core import dtype as dtypes
from flambeau.core.arrays import Array
from flambeau.core.size import Size
from flambeau.core.tensor import Storage
from flambeau.dispatch import overriding
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops.activation import relu
from flambeau.sparse import calls
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor import Tensor


def _in_place(name: str) -> Any:
    """Make the in-place form of a method where a plain tensor's does not look who asks for calls."""
    def method(self: Any, *args: Any) -> Any:
        return calls.in_place(name, (self, *args), {})

    method.__name__ = f"{name}_"
    return method


class SparseTensor(RefusingMethods, Tensor):
    """Values at some places of a tensor; at all others it is zero. The values stand on the tape for the whole.

    Public functions that are called with one are answered by `calls`. Only what is inside of the framework, and asks for
    the memory of a tensor, gets the dense form.
    """

    __slots__ = ("_entries", "_size")

    _entries: Any  # a tensor that is this one's alone, so that it can be a leaf of its own
    _size: tuple[int, ...]

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        return calls.answer(func, args, kwargs or {})

    # ------------------------------------------------------------------------------ what a layout says

    def _rebuilt(self, values: Any, moved: Callable[[Any], Any] = lambda indices: indices) -> Any:
        """Return a tensor of this pattern with other values; `moved` is applied to the indices."""
        raise NotImplementedError

    def _parts(self) -> tuple[Any, ...]:
        """Return what PyTorch's files have of a tensor of this layout."""
        raise NotImplementedError

    def _take(self, other: Any) -> None:
        """Become what `other`, a tensor of this layout, is."""
        self._entries, self._size = other._entries, other._size

    @property
    def _array(self) -> Array:
        """The dense form."""
        return self.to_dense()._array

    # ------------------------------------------------------------------------------ size, dtype, device

    @property
    def shape(self) -> Size:
        return Size(self._size)

    @property
    def ndim(self) -> int:
        return len(self._size)

    @property
    def dtype(self) -> Any:
        return self._entries.dtype

    @property
    def device(self) -> Any:
        return self._entries.device

    @property
    def itemsize(self) -> int:
        return int(self._entries.itemsize)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self._size[dim]

    def dim(self) -> int:
        return len(self._size)

    ndimension = dim

    def numel(self) -> int:
        return math.prod(self._size)

    nelement = numel

    def element_size(self) -> int:
        return self.itemsize

    def is_floating_point(self) -> bool:
        return bool(self._entries.is_floating_point())

    def is_complex(self) -> bool:
        return bool(self._entries.is_complex())

    def is_same_size(self, other: Any) -> bool:
        return bool(self.shape == other.shape)

    @property
    def T(self) -> Any:  # noqa: N802  PyTorch's name
        return self.t()

    @property
    def mT(self) -> Any:  # noqa: N802  PyTorch's name
        return self.transpose(-2, -1)

    @property
    def H(self) -> Any:  # noqa: N802  PyTorch's name
        return self.t().conj()

    mH = property(lambda self: self.mT.conj())  # noqa: N815  PyTorch's name
    real = property(lambda self: self._rebuilt(self._entries.real))
    imag = property(lambda self: self._rebuilt(self._entries.imag))

    def conj(self) -> Any:
        return self._rebuilt(self._entries.conj())

    def permute(self, *dims: Any) -> Any:
        from flambeau.sparse.reshaping import permute

        return permute(self, *dims)

    def __iter__(self) -> Any:
        return iter(self.unbind(0))

    def new_zeros(self, *size: Any, dtype: Any = None, device: Any = None, **options: Any) -> Any:
        """Return a tensor of this layout that has no values."""
        from flambeau.sparse.filling import empty

        size = size[0] if len(size) == 1 and not isinstance(size[0], int) else size
        return empty(self, tuple(size), dtype, device).requires_grad_(bool(options.get("requires_grad")))

    new_empty = new_zeros

    def __len__(self) -> int:
        if not self._size:
            raise TypeError("len() of a 0-d tensor")
        return self._size[0]

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        return bool(self.to_dense())

    def item(self) -> Any:
        if self.numel() != 1:
            raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        return self.to_dense().item()

    def _one(self) -> Any:
        if self.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.to_dense().item()

    def __float__(self) -> float:
        return float(self._one())

    def __int__(self) -> int:
        return int(self._one())

    def __complex__(self) -> complex:
        return complex(self._one())

    def __format__(self, spec: str) -> str:
        return object.__format__(self, spec)

    def relu(self, inplace: bool = False) -> Any:
        return calls.on_values(relu, "relu", self)

    t_, transpose_, swapaxes_, swapdims_, unsqueeze_ = map(
        _in_place, ("t", "transpose", "swapaxes", "swapdims", "unsqueeze"))

    # ------------------------------------------------------------------------------ copies

    def _cast(self, dtype: Any) -> Any:
        values = self._entries._cast(dtype)
        return self if values is self._entries else self._rebuilt(values)

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Return this tensor with another dtype or on another device; itself when nothing changes and not `copy`."""
        values = self._entries.to(*args, **kwargs)
        if values is self._entries:
            return self
        return self._rebuilt(values, lambda indices: indices.to(values.device, copy=bool(kwargs.get("copy"))))

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        if dtype is None:
            return f"torch.sparse.{pytorch_name(self._entries._array.dtype)}Tensor"
        return self._cast(dtypes.as_numpy(dtype))

    def clone(self, *, memory_format: Any = None) -> Any:
        return self._rebuilt(self._entries.clone(), lambda indices: indices.clone())

    def detach(self) -> Any:
        return self._rebuilt(self._entries.detach())

    data = property(detach, doc="The same values, off the tape.")

    def detach_(self) -> Any:
        self._entries = self._entries.detach()
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not self.is_leaf:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at "
                               "the moment; deepcopy a detach()")
        copied = memo[id(self)] = self.detach().clone().requires_grad_(self.requires_grad)
        return copied

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        from flambeau.sparse.printing import sparse_str

        return sparse_str(self)

    # ------------------------------------------------------------------------------ the tape

    def _carrier(self) -> Any:
        return self._entries

    def _gradient_for_carrier(self, g: Any) -> Any:
        """Return what a gradient, sparse or dense, has at the places of this tensor."""
        from flambeau.sparse.masking import values_at

        return values_at(g, self)

    def _gradient_of_carrier(self, g: Any) -> Any:
        return self._rebuilt(g)

    @property
    def requires_grad(self) -> bool:
        return bool(self._entries.requires_grad)

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self._entries.requires_grad = wanted

    @property
    def grad(self) -> Any:
        """What backward passes added up for this tensor, at its places; None before the first."""
        return None if self._entries.grad is None else self._rebuilt(self._entries.grad)

    @grad.setter
    def grad(self, value: Any) -> None:
        self._entries.grad = None if value is None else self._gradient_for_carrier(value)

    @grad.deleter
    def grad(self) -> None:
        self._entries.grad = None

    @property
    def grad_fn(self) -> Any:
        return self._entries.grad_fn

    @property
    def is_leaf(self) -> bool:
        return bool(self._entries.is_leaf)

    @property
    def output_nr(self) -> int:
        return int(self._entries.output_nr)

    def retain_grad(self) -> None:
        self._entries.retain_grad()

    @property
    def retains_grad(self) -> bool:
        return bool(self._entries.retains_grad)

    def register_hook(self, hook: Callable[[Any], Any]) -> Any:
        """Call `hook(grad)` with the sparse gradient in each backward pass; what it returns takes the gradient's place."""
        def on_values(g: Any) -> Any:
            returned = hook(self._rebuilt(g))
            return None if returned is None else self._gradient_for_carrier(returned)

        return self._entries.register_hook(on_values)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], Any]) -> Any:
        return self._entries.register_post_accumulate_grad_hook(lambda _: hook(self))

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)


class _Noticed:
    """Whether there was a sparse tensor yet: from the first one on, public functions look out for them."""

    yet = False


def bare(kind: Any, values: Any, size: Any) -> Any:
    """Return a sparse tensor without its pattern, which the caller adds."""
    if not _Noticed.yet:
        _Noticed.yet = True
        overriding.counted(1)
    made = object.__new__(kind)
    made._entries, made._size = values, tuple(map(int, size))
    made._storage, made._requires_grad, made._number = Storage(), False, 0
    made._node = made._grad = made._view = made._hooks = None
    return made
