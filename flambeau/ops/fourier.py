"""The three Fourier transforms that all others are made of: complex to complex, real to half a spectrum, and back.

A real signal's spectrum is mirrored, so one half says it all: frequencies 0 up to n // 2. All three are linear, and the
transposes of the latter two are each other, but for the frequencies that stand for two.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.core.promotion import COMPLEX64, COMPLEX128, FLOAT64
from flambeau.dispatch.op import op
from flambeau.ops.dims import Sizes
from flambeau.ops.parts import along

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

OPPOSITE = {"backward": "forward", "ortho": "ortho", "forward": "backward"}  # of the way back: who divides by n


@op(grad={"input": lambda g, dims, norm, inverse: transform(g, dims, norm, inverse)}, grad_name="FftC2CBackward0")
def transform(input: Tensor, dims: Sizes, norm: str, inverse: bool) -> Tensor:
    """Return the spectrum along `dims`, one after the other, or (`inverse`) the signal of a spectrum.

    Its matrix is symmetric: the gradient of a real input is the real part of what the engine makes of this rule.

    >>> transform(randn(2, 4), (0, 1), "ortho", False)
    >>> transform(randn(2, 4), (1,), "backward", True)
    """
    if not dims:
        return input.astype(COMPLEX128 if input.dtype in (FLOAT64, COMPLEX128) else COMPLEX64)
    library = namespace_of(input).fft
    if len(dims) == 1:
        return (library.ifft if inverse else library.fft)(input, None, dims[0], norm)
    return (library.ifftn if inverse else library.fftn)(input, None, dims, norm)


@op(complex_rules=True, grad_name="FftR2CBackward0", grad={
    "input": lambda g, input_shape, dim, norm:
        from_half(between_ends_times(g, 0.5, dim, input_shape[dim]), dim, input_shape[dim], OPPOSITE[norm]),
})
def to_half(input: Tensor, dim: int, norm: str) -> Tensor:
    """Return the first half of a real signal's spectrum.

    >>> to_half(randn(2, 4), 0, "backward")
    >>> to_half(randn(2, 5), 1, "forward")
    """
    return namespace_of(input).fft.rfft(input, None, dim, norm)


@op(complex_rules=True, grad_name="FftC2RBackward0", grad={
    "input": lambda g, dim, n, norm: between_ends_times(to_half(g, dim, OPPOSITE[norm]), 2.0, dim, n),
})
def from_half(input: Tensor, dim: int, n: int, norm: str) -> Tensor:
    """Return the real signal of `n` samples whose spectrum starts with `input`.

    >>> from_half(randn(3, 4), 0, 4, "backward")
    >>> from_half(randn(2, 3), 1, 5, "ortho")
    """
    return namespace_of(input).fft.irfft(input, n, dim, norm)


@op(complex_rules=True, grad={"half": lambda g, factor, dim, n: between_ends_times(g, factor, dim, n)})
def between_ends_times(half: Tensor, factor: float, dim: int, n: int) -> Tensor:
    """Multiply the frequencies that also stand for their mirror images: all but 0 and, where `n` is even, n / 2.

    >>> between_ends_times(randn(2, 4), 0.5, 1, 6)
    """
    result = half.copy()
    result[along(dim, slice(1, (n + 1) // 2))] *= factor
    return result
