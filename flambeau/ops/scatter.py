"""Reading and writing one element for each index along a dim."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import combine_at, flat_positions, fresh, from_start, lattice, refuse_outside
from flambeau.ops.masking import as_cell
from flambeau.ops.parts import zeros_around

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

REDUCTIONS = {"add": "sum", "multiply": "prod"}  # what `scatter` calls those of `scatter_reduce`


@op(grad={"input": lambda g, input_shape, dim, index: _gathered_from(g, input_shape, dim, index)})
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Read, for each element of `index`, the element of `input` at that place along `dim`.

    >>> gather(randn(3, 4), 1, tensor([[0, 3], [1, 1], [2, 0]]))
    >>> gather(randn(3, 4), 0, tensor([[2, 0, 1, 1]]))
    """
    positions = cells_of(input, dim, index, "gather")
    return input.reshape(-1).take(positions).reshape(index.shape)


@op(grad={"grad": lambda g, dim, index: gather(g, dim, index)})
def _gathered_from(grad: Tensor, shape: tuple[int, ...], dim: int, index: Tensor) -> Tensor:
    result = namespace_of(grad).zeros(shape, grad.dtype)
    combine_at("add", result.reshape(-1), cells_of(result, dim, index, "gather"), grad)
    return result


def cells_of(input: Array, dim: int, index: Array, title: str, src: Array | None = None) -> Array:
    """Return the flat position in `input` for each element of `index`.

    Raises RuntimeError where an index or a shape does not fit.
    """
    if index.size and (index.dtype.kind != "i" or index.dtype.itemsize < 4):
        raise RuntimeError(f"{title}(): Expected dtype int32/int64 for index, not {pytorch_name(index.dtype)}")
    shape, sizes = input.shape or (1,), index.shape or (1,)
    dim = from_start(dim, len(shape))
    if src is not None and src.dtype != input.dtype:
        raise RuntimeError(f"{title}(): Expected self.dtype to be equal to src.dtype, but they are "
                           f"{pytorch_name(input.dtype)} and {pytorch_name(src.dtype)}")
    if index.size == 0:
        return index.astype(INT64)
    _refuse_misfit(input, dim, index, title, src)
    index = index.reshape(sizes)
    refuse_outside(index, dim, shape[dim])
    return flat_positions(lattice(index, dim), shape)


def _refuse_misfit(input: Array, dim: int, index: Array, title: str, src: Array | None) -> None:
    shape, sizes = input.shape or (1,), index.shape or (1,)
    if len(shape) != len(sizes) or (src is not None and len(src.shape or (1,)) != len(sizes)):
        other = "input" if src is None else f"self tensor, and as src, {list(src.shape)},"
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {other} tensor: {title} got an "
                           f"index of shape {list(index.shape)} for {list(input.shape)}")
    if any(n > limit for d, (n, limit) in enumerate(zip(sizes, shape, strict=True)) if d != dim):
        raise RuntimeError(f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart "
                           f"from dimension {dim}")
    if src is not None and any(n > limit for n, limit in zip(sizes, src.shape or (1,), strict=True)):
        raise RuntimeError(f"Expected index {list(index.shape)} to be no larger size than src {list(src.shape)}")


def corner(src: Array, index: Array) -> Array:
    """The part of `src` that an index of smaller shape uses."""
    return src[tuple(slice(size) for size in index.shape)]


@composite
def scatter(input: Tensor, dim: int, index: Tensor, src: Tensor | float | None = None, value: float | None = None, *,
            reduce: str | None = None) -> Tensor:
    """Copy `input`, with each element of `src` (or the number `value`) written where `index` says along `dim`.

    >>> scatter(randn(3, 4), 1, tensor([[0, 3], [1, 2]]), randn(2, 2))
    >>> scatter(randn(3, 4), 0, tensor([[2, 0, 1]]), 1.5)
    >>> scatter(randn(3, 4), 0, tensor([[2, 0, 1]]), value=2.0)
    """
    given: Any = value if src is None else src
    if given is None:
        raise TypeError("scatter() missing required argument 'src': give a tensor `src` or a number `value`")
    if reduce is None:
        return overwritten(input, dim, index, given)
    if reduce not in REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either add or multiply, got {reduce}.")
    if not hasattr(given, "shape"):
        given = _repeated(input, index, given)
    from flambeau.ops.scatter_reduce import scatter_reduce  # which is made of the ops here

    return scatter_reduce(input, dim, index, given, REDUCTIONS[reduce])


@op()
def _repeated(input: Tensor, index: Tensor, value: float) -> Tensor:
    return namespace_of(input).full(index.shape, value, input.dtype)


@op(grad={
    "input": lambda g, dim, index: overwritten(g, dim, index, 0.0),
    "src": lambda g, dim, index, src_shape: read_back(g, dim, index, src_shape),
}, grad_name="ScatterBackward0")
def overwritten(input: Tensor, dim: int, index: Tensor, src: Tensor | float) -> Tensor:
    result, is_tensor = fresh(input), is_array(src)
    positions = cells_of(input, dim, index, "scatter", src if is_tensor else None)
    result.reshape(-1)[positions] = corner(src, index) if is_tensor else as_cell(input, src, "scatter")
    return result


def read_back(g: Any, dim: int, index: Any, shape: tuple[int, ...]) -> Any:
    """The gradient of what was scattered: read from where it went; zeros for what the index did not use."""
    read = gather(g, dim, index)
    return read if read.shape == shape else zeros_around(read, shape, tuple(slice(size) for size in index.shape))


@op(grad={
    "input": lambda g: g,
    "src": lambda g, dim, index, src_shape: read_back(g, dim, index, src_shape),
})
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Copy `input`, with each element of `src` added where `index` says along `dim`.

    >>> scatter_add(randn(3, 4), 1, tensor([[0, 0], [1, 2]]), randn(2, 2))
    >>> scatter_add(randn(3), 0, tensor([2, 0, 2, 2]), randn(4))
    """
    result = fresh(input)
    positions = cells_of(input, dim, index, "scatter_add", src)
    combine_at("add", result.reshape(-1), positions, corner(src, index))
    return result
