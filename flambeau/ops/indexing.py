"""`x[index]` in all of PyTorch's forms, and the ops that pick by index tensors and masks, and write there."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import overriding
from flambeau.dispatch.apply import apply
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import as_input
from flambeau.dispatch.op import composite, op
from flambeau.dispatch.overriding import UNHEARD
from flambeau.ops import addressing
from flambeau.ops.parts import EVERYTHING, aliased, selected, sliced, unsqueezed
from flambeau.ops.picked_layout import as_picked
from flambeau.ops.shape import reshape
from flambeau.ops.subscript import Subscript, plain, read

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


# The op by the last step of a key that does something.
_VIEWS = {type(...): aliased.op, int: selected.op, slice: sliced.op, type(None): unsqueezed.op}


def getitem(input: Tensor, index: Any) -> Tensor:
    """Return `input[index]`: a view where ints, slices, None and Ellipsis alone pick, a copy where tensors do."""
    if overriding.users and (heard := overriding.asked(TensorBase._public.__getitem__, (input, index), {})) is not UNHEARD:
        return heard
    quick = plain(index)
    if quick is not None:
        try:
            return apply(_VIEWS[quick[1].__class__], (input, quick[0]))
        except IndexError:
            pass  # `read` has better words for it
    subscript = read(input._array, index)
    view = viewed(input, subscript)
    return pick(view, subscript.picks, subscript.dims) if subscript.picks else view


def viewed(input: Tensor, subscript: Subscript) -> Any:
    """The part of `input` that index tensors are to pick from, or all there is to pick."""
    if subscript.last is Ellipsis and subscript.picks:
        return input
    return apply(_VIEWS[subscript.last.__class__], (input, subscript.key))


def _key(ndim: int, indices: Sequence[Array], dims: Sequence[int]) -> tuple[Any, ...]:
    """The key that a NumPy array of `ndim` takes; a mask stands for as many dims as it has."""
    key: list[Any] = [EVERYTHING] * (ndim if indices[0].dtype.kind != "b" else dims[0] + 1)
    for index, dim in zip(indices, dims, strict=True):
        key[dim] = index
    return tuple(key)


@op(layout=as_picked, grad={"input": lambda g, input_shape, indices, dims: scattered(g, indices, input_shape, dims)},
    grad_name="IndexBackward0")
def pick(input: Tensor, indices: Sequence[Tensor], dims: tuple[int, ...]) -> Tensor:
    """Copy the elements that index tensors at `dims` pick, or one mask whose dims start there.

    >>> pick(randn(3, 4), [tensor([0, 2, 0])], (1,))
    >>> pick(randn(3, 4, 2), [tensor([[0], [2]]), tensor([1, 0])], (0, 2))
    >>> pick(randn(2, 3), [mask(2, 3)], (0,))
    """
    xp = namespace_of(input)
    addressing.checked(input, indices, dims)
    try:
        if len(indices) == 1 and indices[0].dtype.kind != "b" and input.flags.c_contiguous:
            return input.take(indices[0], dims[0])  # quicker than input[key]
        return xp.ascontiguousarray(input[_key(input.ndim, indices, dims)])
    except IndexError:
        addressing.checked(input, indices, dims, failed=True)
        raise


@op(grad={"grad": lambda g, indices, dims: pick(g, indices, dims)})
def scattered(grad: Tensor, indices: Sequence[Tensor], shape: tuple[int, ...], dims: tuple[int, ...]) -> Tensor:
    """Add each element of `grad` to the place among zeros where it was picked: the gradient of `pick`.

    >>> scattered(randn(3, 3), [tensor([0, 2, 0])], (3, 4), (1,))
    """
    result = namespace_of(grad).zeros(shape, grad.dtype)
    is_mask = indices[0].dtype.kind == "b"  # which picks nothing twice
    (put_into if is_mask else _add_into)(result, indices, grad, dims)
    return result


def put_into(array: Array, indices: Sequence[Array], values: Any, dims: Sequence[int]) -> None:
    """Write into an array where indices point."""
    addressing.checked(array, indices, dims)
    try:
        if not array.size and is_array(values):  # NumPy takes any shape where there is nothing to write to
            namespace_of(array).broadcast_to(values, array[_key(array.ndim, indices, dims)].shape)
        array[_key(array.ndim, indices, dims)] = values
    except IndexError:
        addressing.checked(array, indices, dims, failed=True)
        raise
    except (TypeError, ValueError) as error:
        place = array[_key(array.ndim, indices, dims)].shape
        raise RuntimeError(f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing "
                           f"result of shape {list(place)}") from error


def _add_into(array: Array, indices: Sequence[Array], values: Any, dims: Sequence[int]) -> None:
    """Add to a contiguous array where indices point."""
    if indices[0].dtype.kind == "b":
        array[_key(array.ndim, indices, dims)] += values
        return
    for index, dim in zip(indices, dims, strict=True):
        addressing.refuse_beyond(index, dim, array.shape[dim])
    xp = namespace_of(array)
    positions = addressing.flat_positions(addressing.whole_key(array.shape, indices, dims), array.shape)
    values = xp.broadcast_to(xp.asarray(values, array.dtype), positions.shape)
    addressing.combine_at("add", array.reshape(-1), positions, values)


@op(layout=as_input, grad={
    "input": lambda g, indices, dims, accumulate: g if accumulate else replaced_at(g, indices, 0.0, dims, False),
    "values": lambda g, indices, dims: pick(g, indices, dims),
}, grad_name="IndexPutBackward0")
def replaced_at(input: Tensor, indices: Sequence[Tensor], values: Tensor | float, dims: tuple[int, ...],
                accumulate: bool) -> Tensor:
    """Copy `input`, with `values` in the places that `pick` would take.

    >>> replaced_at(randn(3, 4), [tensor([0, 2])], randn(3, 2), (1,), False)
    >>> replaced_at(randn(3, 4), [tensor([0, 0])], randn(2, 4), (0,), True)
    """
    result = addressing.fresh(input)
    (_add_into if accumulate else put_into)(result, indices, values, dims)
    return result


@composite
def index_put(input: Tensor, indices: tuple[Tensor, ...], values: Tensor, accumulate: bool = False) -> Tensor:
    """Copy `input`, with `values` at (or, with `accumulate`, added to) the places that index tensors or masks pick.

    >>> index_put(randn(3, 4), (tensor([0, 2]),), randn(4))
    >>> index_put(randn(3, 4), (tensor([0, 0]), tensor([1, 1])), randn(2), accumulate=True)
    >>> index_put(randn(3, 4), (mask(3, 4),), randn(1))
    """
    for number, index in enumerate(indices):
        if not isinstance(index, TensorBase):
            raise TypeError(f"expected Tensor as element {number} in argument 0, but got {type(index).__name__}")
    subscript = read(input._array, tuple(index if index.ndim else reshape(index, (1,)) for index in indices))
    refuse_other_dtype(input._array, values)
    if values.ndim > subscript.picked_ndim(input.ndim):
        raise RuntimeError(f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to an indexing "
                           f"result of {subscript.picked_ndim(input.ndim)} dims")
    return replaced_by(input, subscript, values, accumulate)


def replaced_by(input: Tensor, subscript: Subscript, values: Any, accumulate: bool = False) -> Tensor:
    values = without_leading_ones(values, subscript.picked_ndim(input._array.ndim))
    return replaced_at(input, subscript.picks, values, subscript.dims, accumulate)


def without_leading_ones(values: Any, ndim: int) -> Any:
    """Drop dims of size one in front that the place to be written to has not."""
    while getattr(values, "ndim", 0) > ndim and values.shape[0] == 1:
        values = selected(values, (0, ...))
    return values


def refuse_other_dtype(target: Array, values: Any) -> None:
    if isinstance(values, TensorBase) and values._array.dtype != target.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{pytorch_name(target.dtype)} for the destination and {pytorch_name(values._array.dtype)} for the source; "
            "convert the values with .to()"
        )
