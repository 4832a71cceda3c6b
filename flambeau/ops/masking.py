"""Choosing by a mask, and finding what is not zero."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.fitting import number_for
from flambeau.core.promotion import BOOL, result_type
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.blending import blend
from flambeau.ops.parts import selected

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, promoted=("input", "other"), scalars=("input", "other"), grad_name="WhereBackward0", grad={
    "input": lambda g, condition: choose(condition, g, 0.0),
    "other": lambda g, condition: choose(condition, 0.0, g),
})
def choose(condition: Tensor, input: Tensor | float, other: Tensor | float) -> Tensor:
    """Take elements of `input` where `condition` holds, elsewhere of `other`: `where` with all its arguments.

    >>> choose(mask(2, 3), randn(2, 3), randn(3))
    >>> choose(mask(3), randn(2, 3), 0.0)
    """
    if condition.dtype.kind != "b":
        if condition.dtype.name != "uint8":
            raise RuntimeError("where expected condition to be a boolean tensor, but got a tensor with dtype "
                               f"{pytorch_name(condition.dtype)}; compare it with 0 first")
        condition = condition != 0
    xp = namespace_of(condition)
    if not is_array(input) and not is_array(other):
        return xp.where(condition, *xp.asarray((input, other), result_type((), (input, other))))
    return blend(xp, condition, _counted(input, other), _counted(other, input))


def _counted(value: Any, beside: Any) -> Any:
    """Return a number as the integers beside it have it."""
    return value if is_array(value) or beside.dtype.kind not in "iu" else number_for(beside.dtype, value)


@composite
def where(condition: Tensor, input: Tensor | float | None = None, other: Tensor | float | None = None) -> Any:
    """Take elements of `input` where `condition` holds, elsewhere of `other`; alone, return the indices where it holds.

    >>> where(mask(2, 3), randn(2, 3), randn(3))
    >>> where(mask(2, 3), randn(2, 3), 0.5)
    >>> where(mask(2, 3))
    """
    if input is not None and other is not None:
        return choose(condition, input, other)
    if input is not None or other is not None:
        raise TypeError("where() received an invalid combination of arguments: give a condition alone, or condition, "
                        "input and other")
    return nonzero(condition, as_tuple=True)


@op()
def argwhere(input: Tensor) -> Tensor:
    """Return the indices of the elements that are not zero, one row for each.

    >>> argwhere(tensor([[0, 1], [2, 0]]))
    >>> argwhere(tensor(1.0))
    """
    return namespace_of(input).argwhere(input)


@composite
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Return the indices of the elements that are not zero: one row for each, or a tensor for each dim.

    >>> nonzero(tensor([[0, 1], [2, 0]]))
    >>> nonzero(tensor([0.5, 0.0, 1.0]), as_tuple=True)
    """
    if not as_tuple:
        return argwhere(input)
    found = argwhere(input if input.ndim else input.reshape((1,)))
    return tuple(selected(found, (..., dim)) for dim in range(found.shape[1]))


@op()
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """Return the indices of the first `size` elements that are not zero, one row for each, filled up with `fill_value`.

    >>> nonzero_static(tensor([[0, 1], [2, 3]]), size=2)
    >>> nonzero_static(tensor([[0, 1], [2, 0]]), size=3)
    """
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, but got {size}")
    xp = namespace_of(input)
    found = xp.argwhere(input)[:size]
    rest = xp.full((size - len(found), input.ndim), fill_value, found.dtype)
    return xp.concatenate([found, rest])


def _refuse_non_bool(mask: Array, title: str) -> None:
    if mask.dtype != BOOL:
        raise RuntimeError(f"{title} only supports boolean masks, but got mask with dtype {pytorch_name(mask.dtype)}; "
                           "compare it with 0 first")


@op(layout=row_by_row, grad={"input": lambda g, mask: masked_fill(g, mask, 0.0), "value": lambda g, mask: choose(mask, g, 0.0)})
def masked_fill(input: Tensor, mask: Tensor, value: Tensor | float) -> Tensor:
    """Copy `input`, with `value` where `mask` holds.

    >>> masked_fill(randn(2, 3), mask(2, 3), 1.5)
    >>> masked_fill(randn(3), mask(2, 3), randn())
    """
    _refuse_non_bool(mask, "masked_fill_")
    xp = namespace_of(input)
    return blend(xp, mask, as_cell(input, value, "masked_fill_"), input)


def as_cell(array: Array, value: Any, title: str) -> Array:
    """Return the number or 0-d tensor that is to be written to `array`, in its dtype."""
    if not is_array(value):
        value = number_for(array.dtype, value)
    elif value.ndim:
        raise RuntimeError(f"{title} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} "
                           "dimension(s).")
    elif value.dtype.kind == "c" != array.dtype.kind:
        raise RuntimeError(f"value cannot be converted to type {array.dtype.name} without overflow: it is complex")
    return namespace_of(array).asarray(value).astype(array.dtype)


@op(grad={"input": lambda g, mask, input_shape: masked_scatter(_zeros(g, mask, input_shape), mask, g)})
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Copy the elements where `mask` holds into one dim.

    >>> masked_select(randn(2, 3), mask(2, 3))
    >>> masked_select(randn(2, 3), mask(3))
    """
    if mask.dtype != BOOL:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, not {pytorch_name(mask.dtype)}")
    input, mask = namespace_of(input).broadcast_arrays(input, mask)
    return input[mask]


@op()
def _zeros(like: Tensor, mask: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Zeros for the gradient of a tensor of `shape` that was broadcast against a mask."""
    xp = namespace_of(like)
    return xp.where(mask, xp.zeros(shape, like.dtype), xp.zeros((), like.dtype))


@op(grad={
    "input": lambda g, mask: masked_fill(g, mask, 0.0),
    "source": lambda g, mask, source_shape: _unscattered(g, mask, source_shape),
})
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Copy `input`, with the first elements of `source`, in order, where `mask` holds.

    >>> masked_scatter(randn(2, 3), mask(2, 3), randn(6))
    >>> masked_scatter(randn(2, 3), mask(3), randn(3, 2))
    """
    _refuse_non_bool(mask, "masked_scatter_")
    if input.dtype != source.dtype:
        raise RuntimeError("masked_scatter: expected self and source to have same dtypes but got "
                           f"{pytorch_name(input.dtype)} and {pytorch_name(source.dtype)}")
    result, mask = (part.copy() for part in namespace_of(input).broadcast_arrays(input, mask))
    count = int(mask.sum())
    if count > source.size:
        raise RuntimeError(f"masked_scatter: Number of elements of source < number of ones in mask: {source.size} are "
                           f"given, {count} needed")
    result[mask] = source.reshape(-1)[:count]
    return result


@op(grad={"grad": lambda g, mask, grad_shape: masked_scatter(_zeros(g, mask, grad_shape), mask, g)})
def _unscattered(grad: Tensor, mask: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The gradient of a masked scatter's source: what arrived where the mask holds, then zeros."""
    xp = namespace_of(grad)
    result = xp.zeros(shape, grad.dtype)
    found = grad[xp.broadcast_to(mask, grad.shape)]
    result.reshape(-1)[:found.size] = found
    return result
