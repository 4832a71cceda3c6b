"""Grids to sample by that turn, stretch and shift."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, composite, op

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Return the grid by which `grid_sample` makes images of `size` (N, C, H, W), or volumes, moved by matrices `theta`.

    `theta` (N, 2, 3), or (N, 3, 4), takes a point (x, y, 1) of the output to where it is read in the input.

    >>> affine_grid(randn(2, 2, 3), (2, 1, 3, 4), align_corners=False)
    >>> affine_grid(randn(1, 2, 3), (1, 2, 3, 1), align_corners=False)
    >>> affine_grid(randn(1, 3, 4), (1, 1, 2, 3, 2), align_corners=True)
    """
    if align_corners is None:
        _warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
              "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.")
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    dims = len(size) - 2
    if dims not in (2, 3):
        raise NotImplementedError("affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
                                  f"Got size {size}.")
    if tuple(theta.shape[1:]) != (dims, dims + 1):
        raise ValueError(f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. Got "
                         f"{theta.shape}.")
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if align_corners and min(size[2:]) == 1:
        _warn("Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is "
              "not an intended use case of affine_grid. See the documentation of affine_grid for details.")
    return affine_grid_generator(theta, tuple(size), bool(align_corners))


def _warn(message: str) -> None:
    import warnings

    warnings.warn(message, stacklevel=4)


@op(promote=SAME, grad={
    "theta": lambda g, size, align_corners: affine_grid_generator_backward(g, size, align_corners),
})
def affine_grid_generator(theta: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """The same as `affine_grid`, which checks more.

    >>> affine_grid_generator(randn(1, 2, 3), (1, 1, 2, 2), True)
    """
    points = _points(theta, size, align_corners)
    if len(theta) != size[0]:
        raise RuntimeError(f"affine_grid_generator: theta {list(theta.shape)} has {len(theta)} matrices for {size[0]} images")
    return (points @ theta.swapaxes(1, 2)).reshape(size[0], *size[2:], len(size) - 2)


@op(promote=SAME, grad={
    "grad": lambda g, size, align_corners: affine_grid_generator(g, size, align_corners),
})
def affine_grid_generator_backward(grad: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """Add up what each point says of the matrix that moved it.

    >>> affine_grid_generator_backward(randn(1, 2, 2, 2), (1, 1, 2, 2), True)
    """
    dims, points = len(size) - 2, _points(grad, size, align_corners)
    return grad.reshape(size[0], math.prod(size[2:]), dims).swapaxes(1, 2) @ points


def _points(like: Array, size: Sequence[int], align_corners: bool) -> Array:
    """Return the points (x, y, 1) of a grid that moves nothing, row by row: (points, dims + 1)."""
    if len(size) not in (4, 5):
        raise RuntimeError(f"AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs, not {list(size)}.")
    xp = namespace_of(like)
    lines = [_line(xp, count, align_corners) for count in size[2:]]
    grid = xp.meshgrid(*lines, indexing="ij")
    return xp.stack([*reversed(grid), xp.ones_like(grid[0])], -1).reshape(math.prod(size[2:]), len(size) - 1).astype(like.dtype)


def _line(xp: Any, count: int, align_corners: bool) -> Array:
    """Return even steps from -1 to 1, or, unless corners are aligned, the middles of as many even shares of that."""
    if count <= 1:
        return xp.zeros(count)
    line = xp.linspace(-1, 1, count)
    return line if align_corners else line * ((count - 1) / count)
