"""`torch.signal.windows`: the window functions, symmetric unless told otherwise."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flambeau.ops.tapers import BLACKMAN, NUTTALL, bell, bessel, cosines, decay, half_sine, taper, triangle

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _fixed(name: str, curve: Any, sentence: str) -> Any:
    """Make a window that has no parameters."""
    def window(M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
               requires_grad: bool = False) -> Tensor:
        return taper(name, M, curve, sym, dtype, device, requires_grad, layout)

    window.__name__ = window.__qualname__ = name
    window.__doc__ = sentence
    return window


hann = _fixed("hann", cosines((0.5, 0.5)), "Return a raised cosine that starts at zero.")
blackman = _fixed("blackman", cosines(BLACKMAN), "Return a sum of three cosines.")
nuttall = _fixed("nuttall", cosines(NUTTALL), "Return a sum of four cosines with very low side lobes.")
bartlett = _fixed("bartlett", triangle, "Return a triangle.")
cosine = _fixed("cosine", half_sine, "Return half a period of a sine.")


def general_cosine(M: int, *, a: Iterable[float], sym: bool = True, dtype: Any = None, layout: Any = None,
                   device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a sum of cosines with the factors `a`, signs alternating."""
    if not isinstance(a, Iterable):
        raise TypeError(f"Coefficients must be a list/tuple, not {type(a).__name__}")
    factors = tuple(a)
    if not factors:
        raise ValueError("Coefficients cannot be empty")
    return taper("general_cosine", M, cosines(factors), sym, dtype, device, requires_grad, layout)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, dtype: Any = None, layout: Any = None,
                    device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return `alpha - (1 - alpha) * cos`."""
    return taper("general_hamming", M, cosines((alpha, 1 - alpha)), sym, dtype, device, requires_grad, layout)


def hamming(M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
            requires_grad: bool = False) -> Tensor:
    """Return `0.54 - 0.46 * cos`."""
    return taper("hamming", M, cosines((0.54, 0.46)), sym, dtype, device, requires_grad, layout)


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, dtype: Any = None,
                layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a peak that falls off to a share of 1/e every `tau` samples."""
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    return taper("exponential", M, decay(center, tau), sym, dtype, device, requires_grad, layout)


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
             requires_grad: bool = False) -> Tensor:
    """Return a bell curve of standard deviation `std`, in samples."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return taper("gaussian", M, bell(std), sym, dtype, device, requires_grad, layout)


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
           requires_grad: bool = False) -> Tensor:
    """Return a Bessel function's arch; a larger `beta` makes it narrower."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    return taper("kaiser", M, bessel(beta), sym, dtype, device, requires_grad, layout)
