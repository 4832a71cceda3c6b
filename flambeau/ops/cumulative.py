"""Running maxima and minima, differences, and areas under curves."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.comparison import logical_xor
from flambeau.ops.conversion import clone
from flambeau.ops.dims import array_of, is_complex
from flambeau.ops.exponential import exp
from flambeau.ops.flat import flat
from flambeau.ops.flipping import flip
from flambeau.ops.joining import cat
from flambeau.ops.parts import along, selected, sliced
from flambeau.ops.products import cumsum
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.scatter import scatter_add
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def running(ufunc: Any, array: Array, axis: int) -> Array:
    """Accumulate a ufunc along an axis; in log2(n) doubling steps where the library has no `accumulate` for it."""
    try:
        return ufunc.accumulate(array, axis)
    except (AttributeError, NotImplementedError, TypeError):
        result, reach = array.copy(), 1
    while reach < array.shape[axis]:
        front, behind = along(axis, slice(None, -reach)), along(axis, slice(reach, None))
        result[behind] = ufunc(result[behind], result[front].copy())
        reach *= 2
    return result


def _best_so_far(name: str, ufunc: str) -> Any:
    def body(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
        xp, axis = namespace_of(input), from_start(dim, input.ndim)
        if not input.ndim or not input.size:
            return input.copy(), xp.zeros(input.shape, "i8")
        refuse(COMPLEX, f"{name}_cpu", input)
        values = running(getattr(xp, ufunc), input, axis)
        places = xp.arange(input.shape[axis]).reshape((-1, *(1,) * (input.ndim - axis - 1)))
        is_best = (input == values) | (input != input)
        return values, running(xp.maximum, xp.where(is_best, places, 0), axis)

    body.__name__ = body.__qualname__ = name
    body.__doc__ = f"""Return the {'largest' if ufunc == 'maximum' else 'smallest'} element so far along `dim`, and where
    it is; the last of equals.

    >>> {name}(randn(2, 3), 1)
    >>> {name}(tensor([1.0, 3.0, 3.0, 2.0]), dim=0)
    """
    return op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad={
        "input": lambda g_values, indices, input_shape, dim: _added_at(g_values, indices, dim, input_shape)})(body)


def _added_at(g: Tensor, indices: Tensor, dim: int, shape: tuple[int, ...]) -> Tensor:
    return scatter_add(flat(g), dim, indices, g) if shape else g


cummax, cummin = _best_so_far("cummax", "maximum"), _best_so_far("cummin", "minimum")


@op(promote=SAME, grad={
    "weights": lambda g, input, total, dim: _from_before(g, input, total, dim),
    "input": lambda g, out: g * out,
    "total": lambda g, weights, input, total, dim: -weights * _from_before(g, input, total, dim),
})
def _from_behind(weights: Tensor, input: Tensor, total: Tensor, dim: int) -> Tensor:
    """At each place, add up weights * exp(input - total) over this place's input, and all weights and totals from it on.

    Linear in the weights, as a gradient is; the exponentials are added up as logarithms, so that nothing overflows.
    """
    return _linear(weights, lambda logs: exp(flip(logcumsumexp(flip(logs - total, (dim,)), dim), (dim,)) + input))


@op(promote=SAME, grad={
    "weights": lambda g, input, total, dim: _from_behind(g, input, total, dim),
    "input": lambda g, weights, input, total, dim: weights * _from_behind(g, input, total, dim),
    "total": lambda g, out: -g * out,
})
def _from_before(weights: Tensor, input: Tensor, total: Tensor, dim: int) -> Tensor:
    """The transpose of `_from_behind`: this place's total, and all weights and inputs up to it."""
    return _linear(weights, lambda logs: exp(logcumsumexp(logs + input, dim) - total))


def _linear(weights: Array, added: Callable[[Array], Array]) -> Array:
    """Add up the positive and the negative weights apart, as logarithms. Complex numbers have logarithms all."""
    xp = namespace_of(weights)
    floor = -1e30  # in place of the logarithm of zero, whose exponential is no number beside another such

    def of(chosen: Array, sizes: Array) -> Array:
        return added(xp.where(chosen, xp.log(xp.where(chosen, sizes, weights.dtype.type(1))), weights.dtype.type(floor)))

    if is_complex(weights):
        return of(weights != 0, weights)
    return of(weights > 0, weights) - of(weights < 0, -weights)


@op(layout=row_by_row, promote=SAME, grad={
    "input": lambda g, input, out, dim: _from_behind(g, input, out, dim) if input.ndim else g})
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """Take the logarithm of the running sum of exponentials, without overflow.

    >>> logcumsumexp(randn(2, 3), 1)
    """
    xp, axis = namespace_of(input), from_start(dim, input.ndim)
    refuse(NOT_FLOAT, "logcumsumexp_out_cpu", input)
    if not input.ndim or not input.size:
        return input.copy()
    if input.dtype.kind == "c":
        return xp.ascontiguousarray(xp.moveaxis(_complex_steps(xp, xp.moveaxis(input, axis, 0)), 0, axis))
    return running(xp.logaddexp, input, axis)


def _complex_steps(xp: Any, input: Array) -> Array:
    """Go along the first axis in order: the imaginary part depends on the way, by multiples of 2 pi."""
    result = input.copy()
    for i in range(1, len(input)):
        before, new = result[i - 1], input[i]
        larger = xp.where(before.real > new.real, before, new)
        smaller = xp.where(before.real > new.real, new, before)
        result[i] = larger + xp.log1p(xp.exp(smaller - larger))
    return result


@composite
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
    """Return the differences between neighbours along `dim`, taken `n` times.

    >>> diff(randn(4))
    >>> diff(randn(2, 4), n=2)
    >>> diff(randn(2, 3), dim=0, prepend=randn(1, 3), append=randn(2, 3))
    >>> diff(mask(5))
    """
    if not input.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = from_start(dim, input.ndim)
    if n == 0:
        return clone(input)
    pieces = [piece for piece in (prepend, input, append) if piece is not None]
    for piece in pieces:
        if piece.ndim != input.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    result = cat(pieces, axis) if len(pieces) > 1 else input
    for _ in range(min(n, result.shape[axis])):
        later, earlier = sliced(result, along(axis, slice(1, None))), sliced(result, along(axis, slice(None, -1)))
        result = logical_xor(later, earlier) if array_of(result).dtype.kind == "b" else later - earlier
    return result


def _steps(x: Tensor, ndim: int, dim: int, what: str) -> Tensor:
    """Return the widths between the places `x`, laid along `dim`."""
    if x.ndim == 0:
        raise RuntimeError(f"{what}: the places x need at least one dim")
    widths = diff(x, 1, 0 if x.ndim == 1 else dim)
    return reshape(widths, (-1, *(1,) * (ndim - dim - 1))) if x.ndim == 1 else widths


def _checked(y: Tensor, x: Tensor | None, dim: int, what: str) -> int:
    for name, values in (("y", y), ("x", x)):
        if values is not None and array_of(values).dtype.kind == "b":
            raise RuntimeError(f"{what}: received a bool input for `{name}`, but bool is not supported")
    return from_start(dim, y.ndim)


def _areas(y: Tensor, x: Tensor | None, dx: float, dim: int, what: str) -> tuple[Tensor, int]:
    axis = _checked(y, x, dim, what)
    heights = sliced(y, along(axis, slice(1, None))) + sliced(y, along(axis, slice(None, -1)))
    if x is None:
        return heights * (dx / 2.0), axis
    if x.ndim == 1 and x.shape[0] != y.shape[axis]:
        raise RuntimeError(f"{what}: There must be one `x` value for each sample point: got {x.shape[0]} for "
                           f"{y.shape[axis]}")
    extra = max(x.ndim - y.ndim, 0)
    return heights * _steps(x, y.ndim, axis + extra, what) / 2.0, axis + extra


@composite
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """Return the area under the points `y`, at places `x` or `dx` apart, by the trapezoidal rule.

    >>> trapezoid(randn(2, 4))
    >>> trapezoid(randn(2, 4), randn(4))
    >>> trapezoid(randn(3, 2), dx=0.5, dim=0)
    """
    if not y.shape[from_start(dim, y.ndim)]:
        return sum(y, dim)
    if x is None:
        axis = _checked(y, x, dim, "trapezoid")
        ends = selected(y, along(axis, 0)) + selected(y, along(axis, -1))
        return (sum(y, axis) - ends * 0.5) * dx
    areas, axis = _areas(y, x, dx, dim, "trapezoid")
    return sum(areas, axis)


trapz = trapezoid


@composite
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """Return the areas under the points `y` up to each, by the trapezoidal rule.

    >>> cumulative_trapezoid(randn(2, 4))
    >>> cumulative_trapezoid(randn(2, 4), randn(4))
    """
    areas, axis = _areas(y, x, dx, dim, "cumulative_trapezoid")
    return cumsum(areas, axis)
