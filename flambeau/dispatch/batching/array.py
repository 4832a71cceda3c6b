"""An array for each example of a batch, which looks like the array of one example.

Tensors inside of `vmap` are ordinary tensors around such arrays. The tape, hooks and views never look into an array, so they
need not know; an op's body does, and is given the examples in another way by its rule.
"""
from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from flambeau.core import arrays
from flambeau.core.arrays import Array, namespace_of

_next_number = itertools.count(1).__next__


class Level:
    """One `vmap` that runs: how many examples it has, and how it draws random numbers. The innermost has the highest number."""

    __slots__ = ("number", "randomness", "size")

    def __init__(self, size: int, randomness: str) -> None:
        self.size, self.randomness, self.number = size, randomness, _next_number()


class BatchedArray:
    """`value` holds the examples along its first dim if it `varies`, and else what they all share."""

    __slots__ = ("__weakref__", "level", "value", "varies")
    __array_ufunc__ = None  # an ndarray on the left of an operator leaves it to us

    level: Level
    value: Array  # of the array library, or a batch of a `vmap` further out
    varies: bool

    # ------------------------------------------------------------------------------ what one example looks like

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.value.shape
        return shape[1:] if self.varies else shape

    @property
    def strides(self) -> tuple[int, ...]:
        strides: tuple[int, ...] = self.value.strides
        return strides[1:] if self.varies else strides

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        count: int = self.value.size
        return count // max(self.level.size, 1) if self.varies else count

    @property
    def dtype(self) -> Any:
        return self.value.dtype

    @property
    def itemsize(self) -> int:
        return int(self.value.itemsize)

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def base(self) -> Array:
        return self.value

    @property
    def flags(self) -> Any:
        return self.value[0].flags if self.varies and self.level.size else self.value.flags

    @property
    def device(self) -> Any:
        return self.value.device

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"BatchedArray(level={self.level.number}, examples={self.level.size}, value={self.value!r})"

    # ------------------------------------------------------------------------------ what only one example could answer

    def item(self, *_: Any) -> Any:
        raise RuntimeError("vmap: It looks like you're calling .item() on a Tensor. It has another value for each example, "
                           "and Python has one: write what is done with it in tensor operations")

    def __bool__(self) -> bool:
        raise RuntimeError("vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. It has "
                           "another value for each example: use torch.where() instead of `if`")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("vmap: a tensor that has other values for each example cannot become, or be written into, one that "
                           "has not: convert, print or keep it outside of vmap, and write into x.clone(), torch.zeros_like(x) "
                           "or x.new_zeros(...) of an x that has them too")

    __float__ = __int__ = __complex__ = __index__ = tolist = item

    # ------------------------------------------------------------------------------ what an array of the library can do

    def like(self, value: Array) -> BatchedArray:
        """Return what was made of each example's values in their place."""
        return batched(self.level, value, self.varies)

    def astype(self, dtype: Any, *, copy: bool = True) -> BatchedArray:
        return self.like(self.value.astype(dtype, copy=copy))

    def view(self, dtype: Any = None) -> BatchedArray:
        return self.like(self.value.view() if dtype is None else self.value.view(dtype))

    def copy(self) -> BatchedArray:
        return self.like(self.value.copy())

    def conj(self) -> BatchedArray:
        return self.like(self.value.conj())

    @property
    def real(self) -> BatchedArray:
        return self.like(self.value.real)

    @property
    def imag(self) -> BatchedArray:
        return self.like(self.value.imag)

    def reshape(self, *shape: Any) -> BatchedArray:
        return _apply("shape.reshape", self, shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape)

    def transpose(self, *dims: Any) -> BatchedArray:
        found = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
        return _apply("permutation.permute", self, tuple(found) or tuple(reversed(range(self.ndim))))

    def swapaxes(self, one: int, other: int) -> BatchedArray:
        return _apply("permutation.transpose", self, one, other)

    @property
    def T(self) -> BatchedArray:  # noqa: N802  the array libraries' name
        return self.transpose()

    def sum(self, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> BatchedArray:
        dims = axis if axis is None or isinstance(axis, tuple) else (axis,)
        total: BatchedArray = _apply("reduction.sum", self, dims, keepdims, None)
        return total if dtype is None else total.astype(dtype, copy=False)

    # Over all elements of all examples: these are asked for where arguments are checked, and where one of two ways that lead to
    # the same result is chosen.

    def any(self) -> Any:
        return self.value.any()

    def all(self) -> Any:
        return self.value.all()

    def min(self) -> Any:
        return self.value.min()

    def max(self) -> Any:
        return self.value.max()

    def __getitem__(self, key: Any) -> BatchedArray:
        key = key if isinstance(key, tuple) else (key,)
        return _apply("parts.part", self, key if Ellipsis in key else (*key, ...))

    def __setitem__(self, key: Any, part: Any) -> None:
        from flambeau.dispatch.batching.run import write

        write(self, key if isinstance(key, tuple) else (key,), part)


def _apply(name: str, *values: Any) -> Any:
    from flambeau.dispatch.batching.run import raw
    from flambeau.dispatch.op import find

    return raw(find(name), list(values))


def _operator(name: str, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def call(self: Any, other: Any) -> Any:
        from flambeau.dispatch.batching.run import raw
        from flambeau.dispatch.op import find

        op = find(name)
        return raw(op, list(op.bind((other, self) if swapped else (self, other), {})))

    return call


_BINARY = {"add": "pointwise.add", "sub": "pointwise.sub", "mul": "pointwise.mul", "truediv": "pointwise.true_divide",
           "floordiv": "pointwise.floor_divide", "mod": "pointwise.remainder", "pow": "exponential.pow",
           "matmul": "linalg.matmul", "and": "bitwise.bitwise_and", "or": "bitwise.bitwise_or", "xor": "bitwise.bitwise_xor"}
_COMPARING = ("eq", "ne", "lt", "le", "gt", "ge")
_UNARY = {"neg": "pointwise.neg", "abs": "rounding.abs", "invert": "bitwise.bitwise_not"}


def _unary(name: str) -> Callable[[Any], Any]:
    return lambda self: _apply(name, self)


for _word, _name in _BINARY.items():
    setattr(BatchedArray, f"__{_word}__", _operator(_name))
    setattr(BatchedArray, f"__r{_word}__", _operator(_name, swapped=True))
for _word in _COMPARING:
    setattr(BatchedArray, f"__{_word}__", _operator(f"comparison.{_word}"))
for _word, _name in _UNARY.items():
    setattr(BatchedArray, f"__{_word}__", _unary(_name))
setattr(BatchedArray, "__hash__", object.__hash__)  # noqa: B010  `__eq__` took it away; a slot cannot be assigned to


def batched(level: Level, value: Array, varies: bool) -> BatchedArray:
    """Return a batch whose examples lie along the first dim of `value`, or share all of it."""
    made = object.__new__(type(value) if isinstance(value, BatchedArray) else _kind_beside(namespace_of(value)))
    made.level, made.value, made.varies = level, value, varies
    return made


@functools.cache
def _kind_beside(library: Any) -> type[BatchedArray]:
    """Make the class of batches for an array library: `namespace_of` goes by class."""
    kind = type("BatchedArray", (BatchedArray,), {"__slots__": ()})
    arrays.register(kind, _Namespace(library))
    return kind


class _Namespace:
    """What makes new arrays: the library of a batch's memory. What is made like a batch has memory for each example too."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self.__name__ = f"batches of {library.__name__}"

    def __getattr__(self, name: str) -> Any:
        made = getattr(self.library, name)
        return _like_each(name, made) if name.endswith("_like") else made


def _like_each(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    def call(prototype: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(prototype, BatchedArray):
            return made(prototype, *args, **kwargs)
        return prototype.like(getattr(namespace_of(prototype.value), name)(prototype.value, *args, **kwargs))

    return call
