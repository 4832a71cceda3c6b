"""Reading and writing whole slices along a dim, by a list of indices."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.fitting import number_for
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import as_input, row_by_row
from flambeau.dispatch.op import composite, op
from flambeau.dispatch.views import on_its_own
from flambeau.ops.addressing import from_start, refuse_beyond, refuse_outside
from flambeau.ops.dims import array_of
from flambeau.ops.indexing import pick, replaced_at, scattered
from flambeau.ops.masking import choose, masked_fill
from flambeau.ops.pointwise import mul
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def raw_of(tensor: Any) -> Array:
    return tensor._array if isinstance(tensor, TensorBase) else tensor


def _refuse_non_list(index: Array, title: str, error: type[Exception] = IndexError) -> None:
    """Raise unless `index` is a list of integers, or one."""
    if index.ndim > 1:
        raise error(f"{title}(): Index is supposed to be a vector, not of shape {list(index.shape)}")
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError(f"{title}(): Expected dtype int32 or int64 for index, not {pytorch_name(index.dtype)}")


@op(layout=row_by_row, grad_name="IndexSelectBackward0", grad={
    "input": lambda g, input_shape, indices, dims: scattered(g, indices, input_shape, dims)})
def _rows_picked(input: Tensor, indices: Sequence[Tensor], dims: tuple[int, ...]) -> Tensor:
    return pick(input, indices, dims)


@composite
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Copy the slices of `input` along `dim` that `index` lists.

    >>> index_select(randn(3, 4), 0, tensor([2, 0, 2]))
    >>> index_select(randn(3, 4), -1, tensor([1]))
    """
    raw, shape = raw_of(index), input.shape
    dim = from_start(dim, len(shape))
    _refuse_non_list(raw, "index_select")
    try:
        refuse_outside(raw, dim, shape[dim] if shape else 1, IndexError)
    except IndexError as error:
        raise IndexError(f"index out of range in self: {error}") from None
    if not shape:
        return on_its_own(reshape(index_select(reshape(input, (1,)), 0, index), ()))
    return rows_picked(input, _as_list(index), dim)


def rows_picked(input: Any, index: Any, dim: int) -> Any:
    """Copy slices of `input` that are known to be there."""
    return _rows_picked(input, [index], (dim,))


def _as_list(index: Any) -> Any:
    return index if index.ndim else reshape(index, (1,))


def refuse_unlike_rows(title: str, input: Any, dim: int, index: Any, source: Any) -> None:
    """Raise unless `source` has one slice of the shape of those of `input` for each index, all within bounds."""
    error = IndexError if title == "index_copy" else RuntimeError
    shape, given = tuple(input.shape), tuple(source.shape)
    dim = from_start(dim, len(shape))
    _refuse_non_list(raw_of(index), title)
    _refuse_other_dtype(title, raw_of(input), raw_of(source))
    if without(dim, given) != without(dim, shape):
        kind = error if len(given) != len(shape) else RuntimeError
        raise kind(f"{title}(): source tensor shape must match self tensor shape, excluding the specified dimension "
                   f"{dim}. Got self.shape = {list(shape)} source.shape = {list(given)}")
    if given and dim >= len(given):
        raise RuntimeError(f"{title}(): Indexing dim {dim} is out of bounds of the source tensor with dim {len(given)}")
    count = given[dim] if given else 1
    if raw_of(index).size != count:
        raise error(f"{title}(): Number of indices ({raw_of(index).size}) should be equal to source.size(dim): "
                    f"({count}), for dim: {dim}")
    refuse_outside(raw_of(index), dim, shape[dim] if shape else 1, error)


def without(dim: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:dim] + shape[dim + 1:]


def _refuse_other_dtype(title: str, input: Array, source: Array) -> None:
    if input.dtype != source.dtype:
        raise RuntimeError(f"{title}(): self and source expected to have the same dtype, but got (self) "
                           f"{pytorch_name(input.dtype)} and (source) {pytorch_name(source.dtype)}")


def _declare(grad_name: str) -> Any:
    """Make the op that writes or adds slices; PyTorch has two names for it on the tape."""
    @op(layout=row_by_row, grad_name=grad_name, grad={
        "input": lambda g, indices, dims, accumulate: g if accumulate else replaced_at(g, indices, 0.0, dims, False),
        "values": lambda g, indices, dims: pick(g, indices, dims),
    })
    def rows_replaced(input: Tensor, indices: Sequence[Tensor], values: Tensor, dims: tuple[int, ...],
                      accumulate: bool) -> Tensor:
        return replaced_at(input, indices, values, dims, accumulate)

    return rows_replaced


_copied, _added = _declare("IndexCopyBackward0"), _declare("IndexAddBackward0")


def _with_rows(input: Any, dim: int, index: Any, source: Any, accumulate: bool) -> Any:
    if not input.ndim:
        return reshape(_with_rows(reshape(input, (1,)), 0, index, reshape(source, (1,)), accumulate), ())
    dim = from_start(dim, input.ndim)
    return (_added if accumulate else _copied)(input, [_as_list(index)], source, (dim,), accumulate)


@composite
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim`, times `alpha`, added to the slice that `index` names.

    >>> index_add(randn(3, 4), 0, tensor([2, 0, 2]), randn(3, 4))
    >>> index_add(randn(3, 4), 1, tensor([1]), randn(3, 1), alpha=0.5)
    """
    refuse_unlike_rows("index_add", input, dim, index, source)
    scaled = source if alpha == 1 else mul(source, number_for(array_of(source).dtype, alpha))
    return _with_rows(input, dim, index, scaled, True)


@composite
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim` in the place that `index` names.

    >>> index_copy(randn(3, 4), 0, tensor([2, 0]), randn(2, 4))
    >>> index_copy(randn(3, 4), 1, tensor([3]), randn(3, 1))
    """
    refuse_unlike_rows("index_copy", input, dim, index, source)
    return _with_rows(input, dim, index, source, False)


@op()
def _marked(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """A mask of the slices along `dim` that `index` lists, that broadcasts to `input`."""
    _refuse_non_list(index, "index_fill")
    dim = from_start(dim, input.ndim)
    size = input.shape[dim] if input.ndim else 1
    refuse_beyond(index, dim, size)
    marks = namespace_of(input).zeros(size, bool)
    marks[index] = True
    return marks.reshape((size,) + (1,) * (input.ndim - dim - 1) if input.ndim else ())


@op(layout=as_input, grad_name="IndexFillBackward0", grad={
    "input": lambda g, mask: masked_fill(g, mask, 0.0), "value": lambda g, mask: choose(mask, g, 0.0)})
def _rows_filled(input: Tensor, mask: Tensor, value: Tensor | float) -> Tensor:
    return masked_fill(input, mask, value)


@composite
def index_fill(input: Tensor, dim: int, index: Tensor, value: Tensor | float) -> Tensor:
    """Copy `input`, with `value` in the slices along `dim` that `index` lists.

    >>> index_fill(randn(3, 4), 0, tensor([2, 0]), 1.5)
    >>> index_fill(randn(3, 4), 1, tensor([1, 3]), randn())
    """
    if isinstance(value, complex) and not input.dtype.is_complex:
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    return _rows_filled(input, _marked(input, dim, index), value)
