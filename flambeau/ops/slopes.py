"""The slope of sampled functions: differences of second order, on grids of any spacing."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import composite
from flambeau.ops.dims import from_start
from flambeau.ops.joining import cat
from flambeau.ops.parts import along

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def gradient(input: Tensor, *, spacing: Any = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1
             ) -> tuple[Tensor, ...]:
    """Estimate the slope along each of `dim`, or of all dims, from the neighbours of each element.

    `spacing`: the distance of neighbours, one for all dims or one each, or a tensor of coordinates for each dim. Inner
    elements are of second order (Fornberg 1988, "Generation of finite difference formulas on arbitrarily spaced grids"),
    those at the ends of `edge_order`, 1 or 2. Raises RuntimeError for dims too short and spacings that do not fit.

    >>> gradient(randn(4))
    >>> gradient(randn(4, 3), spacing=2.0, edge_order=2)
    >>> gradient(randn(4, 3), spacing=(tensor([0.0, 1.0, 3.0, 4.5]),), dim=0)
    """
    dims = _dims(input, dim)
    spacing = 1 if spacing is None else spacing
    spacings = _spacings(input, spacing, dims, dim is not None)
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if any(input.shape[d] <= edge_order for d in dims):
        raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    floats = input if input.is_floating_point() or input.is_complex() else input.float()
    return tuple(_slope(floats, step, d, edge_order) for d, step in zip(dims, spacings, strict=True))


def _dims(input: Tensor, dim: Any) -> list[int]:
    if dim is None:
        return list(range(input.ndim))
    dims = [from_start(d, input.ndim) for d in ([dim] if isinstance(dim, int) else dim)]
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"dim {next(d for d in dims if dims.count(d) > 1)} appears multiple times in the list of dims")
    return dims


def _spacings(input: Tensor, spacing: Any, dims: list[int], is_given: bool) -> list[Any]:
    if not isinstance(spacing, list | tuple):
        return [spacing] * len(dims)
    if len(spacing) != len(dims):
        wanted = f"'dim={dims}'" if is_given else f"'self.dim() = {input.ndim}', since dim argument was not given"
        raise RuntimeError("torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
                           f"{wanted}, but got a list of length {len(spacing)}")
    for step, dim in zip(spacing, dims, strict=True):
        if isinstance(step, TensorBase) and (step._array.ndim != 1 or len(step._array) != input.shape[dim]):
            raise RuntimeError("torch.gradient expected each element of a list of tensors to be 1-d and as long as its dim: "
                               f"{input.shape[dim]}, but got {list(step._array.shape)}")
    return list(spacing)


def _slope(f: Any, step: Any, dim: int, edge_order: int) -> Any:
    """Return the slope along one dim."""
    def part(start: int | None, stop: int | None) -> Any:
        return f[along(dim, slice(start, stop))]

    before, after = _gaps(f, step, dim)
    left, middle, right = part(None, -2), part(1, -1), part(2, None)
    inner = (before / (after * (before + after)) * right + (after - before) / (before * after) * middle
             - after / (before * (before + after)) * left)
    first, last = (_gap_at(before, after, dim, end) for end in (0, -1))
    if edge_order == 1:
        ends = (part(1, 2) - part(0, 1)) / first[0], (part(-1, None) - part(-2, -1)) / last[1]
    else:
        ends = _edge(part(0, 1), part(1, 2), part(2, 3), *first), -_edge(
            part(-1, None), part(-2, -1), part(-3, -2), *last[::-1])
    return cat([ends[0], inner, ends[1]], dim)


def _gaps(f: Any, step: Any, dim: int) -> tuple[Any, Any]:
    """Return how far each inner element's neighbours are, before and after it."""
    if not isinstance(step, TensorBase):
        return step, step
    gaps: Any = step[1:] - step[:-1]  # type: ignore[index]
    gaps = gaps.to(f.dtype).reshape([-1 if d == dim else 1 for d in range(f.ndim)])
    if f.shape[dim] == 2:
        return gaps, gaps
    return gaps[along(dim, slice(None, -1))], gaps[along(dim, slice(1, None))]


def _gap_at(before: Any, after: Any, dim: int, end: int) -> tuple[Any, Any]:
    """Return the two gaps nearest to an end, in order."""
    if not isinstance(before, TensorBase):
        return before, after
    place = along(dim, slice(end, None) if end else slice(0, 1))
    return before[place], after[place]  # type: ignore[index]


def _edge(f0: Any, f1: Any, f2: Any, near: Any, far: Any) -> Any:
    """The slope at f0 of the parabola through three points, `near` and `far` being the gaps from f0 on."""
    both = near + far
    return -(near + both) / (near * both) * f0 + both / (near * far) * f1 - near / (far * both) * f2
