"""Images (and lines, and volumes) made larger or smaller."""
from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.ops.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from flambeau.ops.dims import array_of
from flambeau.ops.resampling import picked, resampled, resampled_bytes
from flambeau.ops.resampling_taps import Line

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

SMOOTH = {"linear": 1, "bilinear": 2, "bicubic": 2, "lanczos": 2, "trilinear": 3}  # how many dims they are for
CURVES = {"bilinear": "linear", "bicubic": "cubic", "trilinear": "linear"}
ANY_DIMS = ("nearest", "area", "nearest-exact")
AVERAGES = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)
BYTES = ("bilinear", "bicubic", "lanczos")  # what PyTorch resamples bytes by

SizeOrSizes = int | Sequence[int]
FactorOrFactors = float | Sequence[float]


@composite
def interpolate(input: Tensor, size: SizeOrSizes | None = None, scale_factor: FactorOrFactors | None = None,
                mode: str = "nearest", align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
                antialias: bool = False) -> Tensor:
    """Resample lines (N, C, W), images (N, C, H, W) or volumes (N, C, D, H, W) to `size`, or by `scale_factor`.

    `mode`: "nearest", "nearest-exact", "area", or smooth: "linear", "bilinear", "bicubic", "trilinear" by the number of
    dims. `align_corners`: the middles of the corner elements stay where they are, rather than their outer edges.
    `recompute_scale_factor`: use the ratio of the sizes, not the factor given. `antialias`: average over what an output
    element covers when an image gets smaller; "lanczos" always does.

    >>> interpolate(randn(1, 2, 3), scale_factor=2)
    >>> interpolate(randn(1, 1, 5), 3, mode="nearest-exact")
    >>> interpolate(randn(1, 2, 4), 7, mode="linear")
    >>> interpolate(randn(1, 1, 3, 4), (5, 2), mode="bilinear", align_corners=True)
    >>> interpolate(randn(1, 1, 4, 4), scale_factor=(1.6, 0.7), mode="bilinear")
    >>> interpolate(randn(1, 1, 4, 3), (6, 7), mode="bicubic")
    >>> interpolate(randn(1, 1, 7, 6), (3, 9), mode="bilinear", antialias=True)
    >>> interpolate(randn(1, 1, 7, 6), (3, 4), mode="bicubic", antialias=True)
    >>> interpolate(randn(1, 1, 7, 6), (3, 8), mode="lanczos", antialias=True)
    >>> interpolate(randn(1, 1, 2, 3, 2), (3, 2, 5), mode="trilinear")
    >>> interpolate(randn(1, 1, 5, 4), (2, 3), mode="area")
    >>> interpolate(randn(1, 1, 4), scale_factor=1.7, mode="linear", recompute_scale_factor=True)
    """
    if mode in ANY_DIMS and align_corners is not None:
        raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
                         "trilinear")
    shape = tuple(input.shape)
    sizes, factors = _target(shape, size, scale_factor, bool(recompute_scale_factor) or mode == "area" and size is None)
    _check_mode(len(shape) - 2, mode, bool(align_corners), antialias)
    if mode == "area":
        return AVERAGES[len(sizes) - 1](input, sizes)
    _check_sizes(shape, sizes)
    lines = tuple(_line(*line, mode, bool(align_corners), antialias, len(sizes))
                  for line in zip(shape[2:], sizes, factors, strict=True))
    if mode in ANY_DIMS:
        return picked(input, lines)
    is_bytes = array_of(input).dtype.name == "uint8" and mode in BYTES
    return (resampled_bytes if is_bytes else resampled)(input, lines)


def antialiased(input: Tensor, mode: str, align_corners: bool, size: list[int] | None,
                factors: list[float | None]) -> Tensor:
    """Resample images under a filter: to `size`, the factors saying only how far a step is, or by the factors alone."""
    shape = tuple(input.shape)
    for name, given, count in (("input_size", shape, 4), ("output_size", size or factors, 2), ("scale_factors", factors, 2)):
        if len(given) != count:
            raise RuntimeError(f"It is expected {name} equals to {count}, but got size {len(given)}")
    sizes = [math.floor(n * (factor or 1)) for n, factor in zip(shape[2:], factors)] if size is None else size
    _check_sizes(shape, sizes)
    lines = tuple(Line(*line, align_corners, antialias=True)
                  for line in zip(shape[2:], sizes, (CURVES[mode],) * 2, factors, strict=True))
    return (resampled_bytes if array_of(input).dtype.name == "uint8" else resampled)(input, lines)


def _line(inputs: int, outputs: int, factor: float | None, mode: str, align_corners: bool, antialias: bool,
          dims: int) -> Line:
    if mode == "nearest" and dims == 2 and outputs in (inputs, 2 * inputs):
        factor = None  # so PyTorch does, for images alone
    return Line(inputs, outputs, CURVES.get(mode, mode), factor, align_corners, antialias)


def _target(shape: tuple[int, ...], size: Any, scale_factor: Any, recompute: bool) -> tuple[list[int], list[float | None]]:
    """Return the sizes to reach, and the factors that say how far a step is (None: the ratio of the sizes)."""
    sizes = shape[2:]
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        wanted = [_whole(count) for count in _each("output", "output size", size, sizes)]
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return wanted, [None] * len(sizes)
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    factors = [float(factor) for factor in _each("scale_factor", "scale_factor of shape", scale_factor, sizes)]
    reached = [math.floor(count * factor) for count, factor in zip(sizes, factors, strict=True)]
    return reached, [None] * len(sizes) if recompute else [factor if factor > 0 else None for factor in factors]


def _each(name: str, title: str, given: Any, sizes: tuple[int, ...]) -> list[Any]:
    """Return one for each dim from one for all, or a list of them."""
    if not isinstance(given, list | tuple):
        return [given] * len(sizes)
    if len(given) != len(sizes):
        raise ValueError(f"Input and {name} must have the same number of spatial dimensions, but got input with spatial "
                         f"dimensions of {list(sizes)} and {title} {given}. Please provide input tensor in (N, C, d1, d2, "
                         "...,dK) format and one number for each of d1, d2, ...,dK.")
    return list(given)


def _whole(size: Any) -> int:
    try:
        return index(size)
    except TypeError:
        raise TypeError("expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got "
                        f"size with types {type(size)}") from None


def _check_mode(dims: int, mode: str, align_corners: bool, antialias: bool) -> None:
    if antialias and not (mode in BYTES and dims == 2):
        raise ValueError("Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor "
                         "as input")
    if dims == 2 and mode == "lanczos" and (align_corners or not antialias):
        raise ValueError("Lanczos mode does not support align_corners=True" if align_corners else
                         "Lanczos mode requires antialias=True")
    if 1 <= dims <= 3 and (mode in ANY_DIMS or SMOOTH.get(mode) == dims):
        return
    if 1 <= dims <= 3 and mode in SMOOTH:
        raise NotImplementedError(f"Got {dims + 2}D input, but {mode} mode needs {SMOOTH[mode] + 2}D input")
    raise NotImplementedError(f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {dims + 2}D) for the modes: "
                              "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got "
                              f"{mode})")


def _check_sizes(shape: tuple[int, ...], sizes: list[int]) -> None:
    """Raise RuntimeError where anything but the batch is empty."""
    if min(shape[2:]) <= 0 or min(sizes) <= 0:
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input of size {list(shape[2:])} and "
                           f"output of size {sizes}")
    if not shape[1]:
        raise RuntimeError(f"Non-empty {len(shape)}D data tensor expected but got a tensor with sizes {list(shape)}")


def upsample(input: Tensor, size: SizeOrSizes | None = None, scale_factor: FactorOrFactors | None = None,
             mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """The older name of `interpolate`; warns."""
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: SizeOrSizes | None = None, scale_factor: FactorOrFactors | None = None) -> Tensor:
    """The older name of `interpolate` with mode "nearest"; warns."""
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: SizeOrSizes | None = None, scale_factor: FactorOrFactors | None = None) -> Tensor:
    """The older name of `interpolate` with mode "bilinear" and aligned corners; warns."""
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)


def _warn(name: str) -> None:
    import warnings

    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)
