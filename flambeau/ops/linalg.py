"""Matrix products."""
from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.fitting import number_for
from flambeau.core.promotion import FLOAT32
from flambeau.dispatch import casting
from flambeau.dispatch.inplace import inplace, pytorch_name, refuse_leaf, write
from flambeau.dispatch.op import composite, op
from flambeau.ops.conversion import cast
from flambeau.ops.dims import array_of
from flambeau.ops.permutation import _transpose, t
from flambeau.ops.pointwise import add, mul
from flambeau.ops.reduction import sum
from flambeau.ops.shape import reshape
from flambeau.ops.splitting import unbind

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])


def _turned(matrices: Tensor) -> Tensor:
    """Exchange the last two dims."""
    return _transpose(matrices, matrices.ndim - 2, matrices.ndim - 1)


def _rows(tensor: Tensor) -> Tensor:
    """Look at all as one matrix; its size is written out, since -1 could be anything where there are no columns."""
    return reshape(tensor, (math.prod(tensor.shape[:-1]), tensor.shape[-1]))


def _for_input(g: Tensor, other: Tensor, input_shape: tuple[int, ...]) -> Tensor:
    if other.ndim == 1:
        return g * other if len(input_shape) == 1 else reshape(g, (*g.shape, 1)) * other
    if len(input_shape) == 1:
        product = matmul(other, reshape(g, (*g.shape, 1)))
        return reshape(product, product.shape[:-1])
    return matmul(g, _turned(other))


def _for_other(g: Tensor, input: Tensor, other_shape: tuple[int, ...]) -> Tensor:
    if input.ndim == 1:
        return g * input if len(other_shape) == 1 else reshape(input, (-1, 1)) * reshape(g, (*g.shape[:-1], 1, -1))
    if len(other_shape) == 1:
        return matmul(t(_rows(input)), reshape(g, (-1,)))
    if len(other_shape) == 2 and input.ndim > 2:  # one product over all rows, rather than a sum of one for each batch
        return matmul(t(_rows(input)), _rows(g))
    return matmul(_turned(input), g)


@op(grad={"input": _for_input, "other": _for_other})
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Multiply matrices, or stacks of them, (…, n, k) by (…, k, m); a vector stands for one row or column.

    >>> matmul(randn(2, 3), randn(3, 4))
    >>> matmul(randn(3), randn(3))
    >>> matmul(randn(2, 3), randn(3))
    >>> matmul(randn(3), randn(2, 3, 4))
    >>> matmul(randn(2, 1, 2, 3), randn(3, 3, 2))
    >>> matmul(randn(2, 4, 3), randn(3, 2))
    """
    if not input.ndim or not other.ndim:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {input.ndim}D and {other.ndim}D")
    if input.shape[-1] != other.shape[-2 if other.ndim > 1 else 0]:
        raise RuntimeError(_unlike("matmul", input, other))
    return multiplied("matmul", input, other)


def multiplied(name: str, one: Array, other: Array) -> Array:
    """Multiply arrays of one dtype; half types in float32."""
    dtype = one.dtype
    if dtype != other.dtype:
        raise RuntimeError(f"{name}: expected m1 and m2 to have the same dtype, but got: {pytorch_name(dtype).lower()} != "
                           f"{pytorch_name(other.dtype).lower()}; convert one of them")
    if dtype is not FLOAT32 and dtype in HALVES:
        return _product(one.astype(FLOAT32), other.astype(FLOAT32)).astype(dtype)
    if dtype.kind == "b":
        raise NotImplementedError('"addmm_impl_cpu_" not implemented for \'Bool\'; convert the tensors first')
    return _product(one, other)


def _product(one: Array, other: Array) -> Array:
    if other.ndim > 2 or one.ndim > 2 and not one.flags.c_contiguous:
        return namespace_of(one).matmul(one, other)
    if one.ndim <= 2:
        return one.dot(other)
    rows = one.reshape(math.prod(one.shape[:-1]), one.shape[-1]).dot(other)  # one product for the whole stack
    return rows.reshape(*one.shape[:-1], *other.shape[1:])


def _unlike(name: str, input: Array, other: Array) -> str:
    if input.ndim == other.ndim == 2:
        (rows, shared), (found, columns) = input.shape, other.shape
        return (f"{name}: mat1 and mat2 shapes cannot be multiplied ({rows}x{shared} and {found}x{columns}); the inner sizes "
                "must be equal")
    return (f"{name}: size mismatch, got input of shape {list(input.shape)} and other of shape {list(other.shape)}; the last "
            "dim of the first must equal the last but one of the second")


@op(grad_name="AddmmBackward0", grad={
    "input": lambda g, weight: matmul(g, weight) if weight.ndim > 1 else reshape(g, (*g.shape, 1)) * weight,
    "weight": lambda g, input: _weight_gradient(g, input),
    "bias": lambda g: sum(_rows(g), 0) if g.ndim > 1 else g,
})
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply (…, in) with a weight of (out, in), and add a bias of (out).

    >>> linear(randn(2, 3), randn(4, 3), randn(4))
    >>> linear(randn(2, 2, 3), randn(4, 3))
    >>> linear(randn(3), randn(4, 3), randn(4))
    >>> linear(randn(2, 3), randn(3))
    >>> linear(randn(2, 2, 0), randn(3, 0), randn(3))
    """
    if weight.ndim > 2:
        raise RuntimeError(f"linear: expected a weight with <= 2 dimensions, but it is {weight.ndim}D")
    if not input.ndim or input.shape[-1] != weight.shape[-1]:
        raise RuntimeError(
            f"linear: mat1 and mat2 shapes cannot be multiplied: input {list(input.shape)} ends in "
            f"{input.shape[-1] if input.ndim else 'no dim'}, but weight {list(weight.shape)} takes {weight.shape[-1]} "
            "features; check in_features, or flatten the input first")
    if bias is not None and not bias.dtype == weight.dtype == input.dtype:
        found = [pytorch_name(array.dtype).lower() for array in (input, weight, bias)]
        raise RuntimeError("linear: expected input, weight and bias to have the same dtype, but got {}, {} and {}; convert "
                           "them to one".format(*found))
    if input.dtype is not FLOAT32 and input.dtype in HALVES and bias is not None:
        return linear.op.body(*(array.astype(FLOAT32) for array in (input, weight, bias))).astype(input.dtype)
    out = multiplied("linear", input, weight.T)
    if bias is not None:
        out += bias
    return out


def _weight_gradient(g: Tensor, input: Tensor) -> Tensor:
    rows = _rows(input)
    if g.ndim == input.ndim - 1:  # a weight that is a vector
        return matmul(t(rows), reshape(g, (-1,)))
    return matmul(t(_rows(g)), rows)


def _checked(name: str, value: Any, ndim: int, argument: str) -> None:
    if value.ndim != ndim:
        raise RuntimeError(f"{name}: {argument} must be {ndim}D, but has shape {list(value.shape)}")


@composite
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Multiply two matrices.

    >>> mm(randn(2, 3), randn(3, 4))
    """
    _checked("mm", input, 2, "self")
    _checked("mm", mat2, 2, "mat2")
    return matmul(input, mat2)


@composite
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Multiply two stacks of as many matrices.

    >>> bmm(randn(2, 3, 4), randn(2, 4, 2))
    """
    _checked("bmm", input, 3, "batch1")
    _checked("bmm", mat2, 3, "batch2")
    if input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: [{input.shape[0]}, "
                           f"{input.shape[2]}] but got: [{mat2.shape[0]}, {mat2.shape[1]}].")
    return matmul(input, mat2)


@composite
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Multiply a matrix with a vector.

    >>> mv(randn(2, 3), randn(3))
    """
    _checked("mv", input, 2, "input")
    _checked("mv", vec, 1, "vec")
    return matmul(input, vec)


@composite
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Add up the products of two vectors' elements.

    >>> dot(randn(3), randn(3))
    """
    _checked("dot", input, 1, "self")
    _checked("dot", tensor, 1, "tensor")
    if input.shape != tensor.shape:
        raise RuntimeError(f"inconsistent tensor size, expected tensor [{input.shape[0]}] and src [{tensor.shape[0]}] to have "
                           "the same number of elements")
    return matmul(input, tensor)


def _rounded_once(compute: F) -> F:
    """Have a function compute half types in float32 all the way, and round at the end."""
    @functools.wraps(compute)
    def call(*args: Any, **kwargs: Any) -> Any:
        values = [array_of(value) for value in (*args, *kwargs.values())]
        dtypes = {value.dtype for value in values if is_array(value)}
        if len(dtypes) != 1 or not dtypes <= HALVES:
            return compute(*args, **kwargs)
        wide = [cast(value, FLOAT32) if is_array(array_of(value)) else value for value in (*args, *kwargs.values())]
        return cast(compute(*wide[:len(args)], **dict(zip(kwargs, wide[len(args):], strict=True))), dtypes.pop())

    return call  # same signature, by wraps


def _factor(number: Any, tensor: Any) -> Any:
    """Return a factor in the kind of number that it will meet."""
    return number_for(array_of(tensor).dtype, number)


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Say whether a tensor can be expanded to a shape."""
    return len(shape) <= len(whole) and all(n in (1, m) for n, m in zip(reversed(shape), reversed(whole), strict=False))


def _plus(base: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """Return `beta * base + alpha * product`, the factors cast to the dtype; a beta of 0 leaves even NaN out."""
    if not is_array(array_of(base)):
        raise TypeError(f"argument 'input' (position 1) must be Tensor, not {type(base).__name__}")
    if base.dtype != product.dtype and not casting.is_on():
        raise RuntimeError(f"self and mat2 must have the same dtype, but got {base.dtype} and {product.dtype}; convert one")
    if base.shape != product.shape and not _fits(tuple(base.shape), tuple(product.shape)):
        raise RuntimeError(f"the tensor to add to, of sizes {list(base.shape)}, cannot be expanded to those of the product, "
                           f"{list(product.shape)}")
    beta, alpha = _factor(beta, product), _factor(alpha, product)
    product = product if alpha == 1 else mul(product, alpha)
    if beta == 0:
        return product
    return add(product, base if beta == 1 else mul(base, beta))


@composite
@_rounded_once
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Add `alpha` times the product of two matrices to `beta` times `input`.

    >>> addmm(randn(2, 4), randn(2, 3), randn(3, 4))
    >>> addmm(randn(4), randn(2, 3), randn(3, 4), beta=0.5, alpha=2)
    """
    return _plus(input, mm(mat1, mat2), beta, alpha)


@composite
@_rounded_once
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Add `alpha` times a matrix times a vector to `beta` times `input`.

    >>> addmv(randn(2), randn(2, 3), randn(3), beta=0.5, alpha=2)
    """
    return _plus(input, mv(mat, vec), beta, alpha)


@composite
@_rounded_once
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Add `alpha` times the products of two stacks of matrices to `beta` times `input`.

    >>> baddbmm(randn(2, 3, 2), randn(2, 3, 4), randn(2, 4, 2), beta=0.5, alpha=2)
    """
    return _plus(input, bmm(batch1, batch2), beta, alpha)


@composite
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Add `alpha` times the sum of the products of two stacks of matrices to `beta` times `input`.

    >>> addbmm(randn(3, 2), randn(2, 3, 4), randn(2, 4, 2), beta=0.5, alpha=2)
    """
    if input.ndim > 2:
        raise RuntimeError(f"addbmm: the sum of products is a matrix, but input has shape {list(input.shape)}")
    if array_of(batch1).dtype in HALVES:
        return _added_in_turn(input, batch1, batch2, beta, alpha)
    products = bmm(batch1, batch2)
    return _plus(input, cast(sum(products, 0), array_of(products).dtype), beta, alpha)  # whole numbers add up in int64


def _added_in_turn(total: Any, batch1: Any, batch2: Any, beta: Any, alpha: Any) -> Any:
    """Add one product after the other, rounding each time: so does PyTorch, which half types show."""
    _checked("addbmm", batch1, 3, "batch1")
    _checked("addbmm", batch2, 3, "batch2")
    for one, two in zip(unbind(batch1), unbind(batch2), strict=True):
        total, beta = addmm(total, one, two, beta=beta, alpha=alpha), 1
    return total


def addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Write what `addbmm` returns over `input`, which grows where it is broadcast: PyTorch lets no other op do so."""
    refuse_leaf(input)
    result = addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
    if input._view is None and input.shape != result.shape:
        input._array = namespace_of(input._array).empty(result.shape, input._array.dtype)
    written: Tensor = write(input, result, "addbmm_")
    return written


@composite
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Multiply each element of one vector with each of another.

    >>> outer(randn(2), randn(3))
    """
    _checked("outer", input, 1, "self")
    _checked("outer", vec2, 1, "vec2")
    return mul(reshape(input, (-1, 1)), vec2)


@composite
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Add `alpha` times the outer product of two vectors to `beta` times `input`.

    >>> addr(randn(2, 3), randn(2), randn(3), beta=0.5, alpha=2)
    """
    beta, alpha = (_rounded(factor, vec1) for factor in (beta, alpha))
    return _plus(input, outer(vec1 if alpha == 1 else mul(vec1, alpha), vec2), beta, 1)


def _rounded(number: Any, tensor: Any) -> Any:
    """Return a factor as the tensor's dtype has it; half types are rounded at each step here, as in PyTorch."""
    dtype = array_of(tensor).dtype
    return float(dtype.type(number)) if dtype in HALVES else _factor(number, tensor)


ger = outer
addmv_ = inplace(addmv)
