"""The windows of signal processing: curves that fade a stretch of samples in and out."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from operator import index
from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.arrays import Array
from flambeau.core.dtype import as_numpy, default_float, from_numpy
from flambeau.core.promotion import FLOAT32, FLOAT64, kind_of
from flambeau.core.tensor import wrap

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

BLACKMAN = (0.42, 0.5, 0.08)
NUTTALL = (0.3635819, 0.4891775, 0.1365995, 0.0106411)


Curve = Callable[[Any, Array, int], Array]


def taper(name: str, length: int, curve: Curve, sym: bool, dtype: Any, device: Any, requires_grad: bool,
          layout: Any = None) -> Tensor:
    """Make a window of `torch.signal.windows`, which come in float32 and float64 only."""
    if length < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={length}")
    if layout is not None and str(layout) != "torch.strided":
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    kind = default_float() if dtype is None else as_numpy(dtype)
    if kind not in (FLOAT32, FLOAT64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {from_numpy(kind)}")
    return _drawn(length, curve, sym, kind, device, requires_grad)


def _window(name: str, length: int, curve: Curve, periodic: bool, dtype: Any, layout: Any, device: Any,
            requires_grad: bool) -> Tensor:
    """Make a window of `torch` itself, which come in every floating point dtype."""
    length = index(length)
    kind = default_float() if dtype is None else as_numpy(dtype)
    if kind_of(kind) != 2:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {from_numpy(kind)}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if layout is not None and str(layout).startswith("torch.sparse"):
        raise RuntimeError(f"{name} is not implemented for sparse types, got: {layout}")
    return _drawn(length, curve, not periodic, kind, device, requires_grad)


def _drawn(length: int, curve: Curve, sym: bool, kind: Any, device: Any, requires_grad: bool) -> Tensor:
    """Return `curve(xp, places, span)`; the span is one longer than from first to last where the window is periodic."""
    with devices.on(devices.resolve(device)) as xp:
        places = xp.arange(length, dtype="f8")
        window = wrap((curve(xp, places, length - sym) if length > 1 else places + 1).astype(kind))
    window.requires_grad = requires_grad
    return window


def cosines(factors: Iterable[float]) -> Curve:
    """The curve of a weighted sum of cosines, each going round once more often."""
    def curve(xp: Any, places: Array, span: int) -> Array:
        return sum((-1) ** i * factor * xp.cos(2 * math.pi * i / span * places) for i, factor in enumerate(factors))

    return curve


def triangle(xp: Any, places: Array, span: int) -> Array:
    return 1 - xp.abs(places * (2 / span) - 1)


def half_sine(xp: Any, places: Array, span: int) -> Array:
    return xp.sin(math.pi / (span + 1) * (places + 0.5))


def decay(center: float | None, tau: float) -> Curve:
    return lambda xp, places, span: xp.exp(-xp.abs(places - (span / 2 if center is None else center)) / tau)


def bell(std: float) -> Curve:
    return lambda xp, places, span: xp.exp(-((places - span / 2) / std) ** 2 / 2)


def bessel(beta: float) -> Curve:
    def curve(xp: Any, places: Array, span: int) -> Array:
        arch = xp.sqrt(xp.maximum(1 - (places * (2 / span) - 1) ** 2, 0))
        return xp.i0(beta * arch) / xp.i0(xp.asarray(float(beta)))

    return curve


def hann_window(window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
                requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return a raised cosine that starts at zero.

    >>> hann_window(6)
    >>> hann_window(5, periodic=False)
    """
    return _window("hann_window", window_length, cosines((0.5, 0.5)), periodic, dtype, layout, device, requires_grad)


def hamming_window(window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None,
                   layout: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return `alpha - beta * cos`, which starts a little above zero.

    >>> hamming_window(6)
    """
    return _window("hamming_window", window_length, cosines((alpha, beta)), periodic, dtype, layout, device, requires_grad)


def blackman_window(window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
                    requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return a sum of three cosines.

    >>> blackman_window(6)
    """
    return _window("blackman_window", window_length, cosines(BLACKMAN), periodic, dtype, layout, device, requires_grad)


def bartlett_window(window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
                    requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return a triangle.

    >>> bartlett_window(6)
    """
    return _window("bartlett_window", window_length, triangle, periodic, dtype, layout, device, requires_grad)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None, layout: Any = None,
                  device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return a Bessel function's arch; a larger `beta` makes it narrower.

    >>> kaiser_window(6)
    """
    return _window("kaiser_window", window_length, bessel(beta), periodic, dtype, layout, device, requires_grad)
