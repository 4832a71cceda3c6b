"""Images (and lines, and volumes) made larger or smaller."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import float64
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import composite
from flambeau.ops.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from flambeau.ops.bounds import clamp
from flambeau.ops.conversion import cast
from flambeau.ops.resampling import Taps, antialiased_taps, cubic_taps, linear_taps, nearest_index, resampled
from flambeau.ops.rounding import round
from flambeau.ops.rows import index_select

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_DIMS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
_ANY = ("nearest", "nearest-exact", "area")
_SMOOTH = "linear | bilinear | bicubic | trilinear"


@composite
def interpolate(input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None,
                mode: str = "nearest", align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
                antialias: bool = False) -> Tensor:
    """Resample lines (N, C, W), images (N, C, H, W) or volumes (N, C, D, H, W) to `size`, or by `scale_factor`.

    `mode`: "nearest", "nearest-exact", "area", or smooth: "linear", "bilinear", "bicubic", "trilinear" by the number of dims.
    `align_corners`: the middles of the corner elements stay where they are, rather than their outer edges.
    `recompute_scale_factor`: use the ratio of the sizes, not the factor given. `antialias`: average over what an output
    element covers when an image gets smaller.

    >>> interpolate(randn(1, 2, 3), scale_factor=2)
    >>> interpolate(randn(1, 1, 5), 3, mode="nearest-exact")
    >>> interpolate(randn(1, 2, 4), 7, mode="linear")
    >>> interpolate(randn(1, 1, 3, 4), (5, 2), mode="bilinear", align_corners=True)
    >>> interpolate(randn(1, 1, 4, 4), scale_factor=(1.6, 0.7), mode="bilinear")
    >>> interpolate(randn(1, 1, 4, 3), (6, 7), mode="bicubic")
    >>> interpolate(randn(1, 1, 7, 6), (3, 9), mode="bilinear", antialias=True)
    >>> interpolate(randn(1, 1, 7, 6), (3, 4), mode="bicubic", antialias=True)
    >>> interpolate(randn(1, 1, 2, 3, 2), (3, 2, 5), mode="trilinear")
    >>> interpolate(randn(1, 1, 5, 4), (2, 3), mode="area")
    >>> interpolate(randn(1, 1, 4), scale_factor=1.7, mode="linear", recompute_scale_factor=True)
    """
    dims = input.ndim - 2
    _check_mode(dims, mode, align_corners, antialias)
    sizes, factors = _target(tuple(input.shape[2:]), size, scale_factor, recompute_scale_factor)
    _check_sizes(tuple(input.shape), sizes)
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dims - 1](input, sizes)
    if mode in _ANY:
        return _nearest(input, sizes, factors, mode == "nearest-exact")
    return _smooth(input, sizes, factors, mode, bool(align_corners), antialias)


def _nearest(input: Any, sizes: Sequence[int], factors: Sequence[float | None], exact: bool) -> Any:
    for dim, (size, factor) in enumerate(zip(sizes, factors, strict=True), 2):
        index = nearest_index(input.shape[dim], size, factor, exact)
        if not numpy.array_equal(index, numpy.arange(input.shape[dim])):
            input = index_select(input, dim, _beside(index, input))
    return input.clone() if isinstance(input, TensorBase) and input._is_view() else input


def _beside(index: Any, input: Any) -> Any:
    """An index where the input is: a tensor for a tensor, an array for an array."""
    from flambeau.ops.creation import from_numpy

    if isinstance(input, TensorBase):
        return from_numpy(index).to(input.device)
    return namespace_of(input).asarray(index)


def _smooth(input: Any, sizes: Sequence[int], factors: Sequence[float | None], mode: str, align_corners: bool,
            antialias: bool) -> Any:
    is_bytes = getattr(input, "_array", input).dtype.kind not in "fcV"
    kind = numpy.float64 if input.dtype in (float64, float64.numpy) else numpy.float32
    result = input
    for dim in reversed(range(2, input.ndim)):
        taps = _taps(input.shape[dim], sizes[dim - 2], factors[dim - 2], mode, align_corners, antialias, kind)
        result = resampled(result, dim, taps)
    if not is_bytes:
        return result
    return cast(clamp(round(result), 0, 255), getattr(input, "_array", input).dtype)


def _taps(inputs: int, outputs: int, factor: float | None, mode: str, align_corners: bool, antialias: bool, kind: Any) -> Taps:
    if antialias:
        return antialiased_taps(inputs, outputs, align_corners, factor, kind, mode == "bicubic")
    return (cubic_taps if mode == "bicubic" else linear_taps)(inputs, outputs, align_corners, factor, kind)


def _target(sizes: tuple[int, ...], size: Any, scale_factor: Any, recompute: bool | None) -> tuple[list[int], list[Any]]:
    """The sizes to reach, and the factors that say how far a step is (None: the ratio of the sizes)."""
    dims = len(sizes)
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return [int(n) for n in _each("output size", size, dims)], [None] * dims
    factors = [float(factor) for factor in _each("scale_factor", scale_factor, dims)]
    reached = [math.floor(n * factor) for n, factor in zip(sizes, factors, strict=True)]
    return reached, [None] * dims if recompute else factors


def _each(name: str, given: Any, dims: int) -> list[Any]:
    if not isinstance(given, list | tuple):
        return [given] * dims
    if len(given) != dims:
        raise ValueError(f"Input and {name} must have the same number of spatial dimensions, but got input with {dims} spatial "
                         f"dimensions and {name} of {list(given)}.")
    return list(given)


def _check_mode(dims: int, mode: str, align_corners: bool | None, antialias: bool) -> None:
    if mode in _ANY and align_corners is not None:
        raise ValueError(f"align_corners option can only be set with the interpolating modes: {_SMOOTH}")
    if antialias and not (mode in ("bilinear", "bicubic") and dims == 2):
        raise ValueError("Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input")
    if mode not in _DIMS and mode not in _ANY or not 1 <= dims <= 3:
        raise NotImplementedError(f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {dims + 2}D) for the modes: "
                                  f"nearest | {_SMOOTH} | area | nearest-exact (got {mode})")
    if _DIMS.get(mode, dims) != dims:
        raise NotImplementedError(f"Got {dims + 2}D input, but {mode} mode needs {_DIMS[mode] + 2}D input")


def _check_sizes(shape: tuple[int, ...], sizes: Sequence[int]) -> None:
    if min(shape[1:]) <= 0 or min(sizes) <= 0:
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input of size {list(shape[2:])} and "
                           f"output of size {list(sizes)}")


def upsample(input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None,
             mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """The older name of `interpolate`; warns."""
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: int | Sequence[int] | None = None,
                     scale_factor: float | Sequence[float] | None = None) -> Tensor:
    """The older name of `interpolate` with mode "nearest"; warns."""
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: int | Sequence[int] | None = None,
                      scale_factor: float | Sequence[float] | None = None) -> Tensor:
    """The older name of `interpolate` with mode "bilinear" and aligned corners; warns."""
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)


def _warn(name: str) -> None:
    import warnings

    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)
