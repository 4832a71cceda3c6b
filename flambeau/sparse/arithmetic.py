"""Sums, differences, products and quotients with sparse tensors."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import is_array
from flambeau.core.dtype import from_numpy
from flambeau.core.layout import sparse_coo
from flambeau.core.promotion import result_type
from flambeau.core.tensor import TensorBase, wrap
from flambeau.ops import exponential, pointwise
from flambeau.ops.joining import cat
from flambeau.ops.rows import index_select
from flambeau.sparse.coo import CooTensor, make
from flambeau.sparse.masking import has_pattern_of, positions_in, sorted_elements, values_at
from flambeau.sparse.refusals import RefusingMethods


def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """Sparse and sparse is sparse, with the places of both. With a dense tensor it is dense."""
    input, other = (wrap(value) if is_array(value) else value for value in (input, other))
    if not _is_sparse(input) or not _is_sparse(other):
        if not isinstance(other, TensorBase) or not isinstance(input, TensorBase):
            raise RuntimeError(f"add: a number and a sparse tensor {list(_sparse_one(input, other).shape)} would make a dense "
                               "tensor: use to_dense()")
        return pointwise.add(_dense(input), _dense(other), alpha=alpha)
    if input.shape != other.shape:
        raise RuntimeError(f"add: expected sizes of 'self' and 'other' to match, but {list(input.shape)} != "
                           f"{list(other.shape)}")
    if has_pattern_of(input, other):
        return input._rebuilt(pointwise.add(input._entries, other._entries, alpha=alpha))
    first, second = input.to_sparse(), other.to_sparse()
    if first.sparse_dim() != second.sparse_dim():
        raise _unlike("add", first, second)
    return _in_layout_of(input, _together(first, second, alpha))


def _unlike(name: str, first: CooTensor, second: CooTensor) -> RuntimeError:
    return RuntimeError(f"{name}: expected both tensors to have the same number of sparse dims, but got {first.sparse_dim()} "
                        f"and {second.sparse_dim()}")


def _together(first: CooTensor, second: CooTensor, alpha: Any) -> CooTensor:
    dtype = from_numpy(result_type([first._entries._array, second._entries._array], []))
    weighted = second._entries if isinstance(alpha, int) and alpha == 1 else second._entries * alpha
    entries = cat([first._entries.to(dtype), weighted.to(dtype)])
    both = make(cat([first._places, second._places], 1), entries, first.shape)
    return both.coalesce() if first.is_coalesced() and second.is_coalesced() else both


def _in_layout_of(like: Any, result: CooTensor) -> Any:
    if like.layout is sparse_coo:
        return result
    return result.coalesce().to_sparse(layout=like.layout, blocksize=like._block if like._format.blocks else None)


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return add(input, other, alpha=-alpha)


subtract = sub


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return sub(other, input, alpha=alpha)


def mul(input: Any, other: Any) -> Any:
    """Multiply: zero wherever a sparse factor is, and in its layout."""
    if not _is_sparse(input):
        input, other = other, input
    if not isinstance(other, TensorBase) or not _is_sparse(other) and other.ndim == 0:
        return input._rebuilt(pointwise.mul(input._entries, other))
    if _is_sparse(other):
        return _of_both(input, other)
    if tuple(_broadcast(input.shape, other.shape)) != tuple(input.shape):
        raise RuntimeError(f"mul: a sparse tensor {list(input.shape)} cannot be expanded to the size of {list(other.shape)}")
    return input._rebuilt(pointwise.mul(input._entries, values_at(other.expand(input.shape), input)))


def _broadcast(one: Any, other: Any) -> Any:
    from flambeau.ops.shape import broadcast_shapes

    return broadcast_shapes(tuple(one), tuple(other))


def _of_both(input: Any, other: Any) -> Any:
    """Return the products at the places that two sparse tensors have in common."""
    if input.shape != other.shape:
        raise RuntimeError(f"mul: expected sizes of 'self' and 'other' to match, but {list(input.shape)} != "
                           f"{list(other.shape)}")
    if has_pattern_of(input, other) and not (input.is_sparse and not input.is_coalesced()):
        return input._rebuilt(pointwise.mul(input._entries, other._entries))
    first, second = input.to_sparse().coalesce(), other.to_sparse().coalesce()
    if first.sparse_dim() != second.sparse_dim():
        raise _unlike("mul", first, second)
    positions, hit = positions_in(second, list(first._places._array))
    _, theirs = sorted_elements(second)
    own = wrap(hit.nonzero()[0])
    values = pointwise.mul(index_select(first._entries, 0, own), index_select(theirs, 0, wrap(positions[hit])))
    return _in_layout_of(input, make(index_select(first._places, 1, own), values, first.shape, coalesced=True))


multiply = mul


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """Divide by a number, or by a dense tensor that is one."""
    if _is_sparse(other) or isinstance(other, TensorBase) and other.ndim:
        shape = list(other.shape)
        raise RuntimeError("Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
                           f"{shape} for divisor)")
    entries = _one_to_a_place(input)._entries if rounding_mode else input._entries
    values = pointwise.div(entries, other, rounding_mode=rounding_mode)
    return (_one_to_a_place(input) if rounding_mode else input)._rebuilt(values)


divide = true_divide = div


def floor_divide(input: Any, other: Any) -> Any:
    return div(input, other, rounding_mode="floor")


def pow(input: Any, exponent: Any) -> Any:
    """Raise to a power, a positive number: zero stays zero."""
    if not _is_sparse(input) or isinstance(exponent, TensorBase) and (_is_sparse(exponent) or exponent.ndim):
        raise NotImplementedError("pow: of sparse tensors there are the powers with a number for exponent; use to_dense()")
    if not exponent > 0:
        raise RuntimeError("pow: cannot raise a sparse tensor to a power that is not positive: it would make the result dense; "
                           "use to_dense()")
    input = _one_to_a_place(input)
    return input._rebuilt(exponential.pow(input._entries, exponent))


def _one_to_a_place(input: Any) -> Any:
    return input.coalesce() if input.is_sparse else input


def _is_sparse(value: Any) -> bool:
    return isinstance(value, RefusingMethods)


def _sparse_one(input: Any, other: Any) -> Any:
    return input if _is_sparse(input) else other


def _dense(value: Any) -> Any:
    return value.to_dense()


__floordiv__, __pow__, __rsub__ = floor_divide, pow, rsub
