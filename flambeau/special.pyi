# From the page's table, by tools/make_stubs.py.
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format
from flambeau.core.random import Generator
from flambeau.core.size import Size

from flambeau.ops.softmax import log_softmax as log_softmax
from flambeau.ops.softmax import softmax as softmax
from flambeau.tensor import Tensor as Tensor

__all__ = ['Tensor', 'airy_ai', 'bessel_j0', 'bessel_j1', 'bessel_y0', 'bessel_y1', 'chebyshev_polynomial_t', 'chebyshev_polynomial_u', 'chebyshev_polynomial_v', 'chebyshev_polynomial_w', 'digamma', 'entr', 'erf', 'erfc', 'erfcx', 'erfinv', 'exp2', 'expit', 'expm1', 'gammainc', 'gammaincc', 'gammaln', 'hermite_polynomial_h', 'hermite_polynomial_he', 'i0', 'i0e', 'i1', 'i1e', 'laguerre_polynomial_l', 'legendre_polynomial_p', 'log1p', 'log_ndtr', 'log_softmax', 'logit', 'logsumexp', 'modified_bessel_i0', 'modified_bessel_i1', 'modified_bessel_k0', 'modified_bessel_k1', 'multigammaln', 'ndtr', 'ndtri', 'polygamma', 'psi', 'round', 'scaled_modified_bessel_k0', 'scaled_modified_bessel_k1', 'shifted_chebyshev_polynomial_t', 'shifted_chebyshev_polynomial_u', 'shifted_chebyshev_polynomial_v', 'shifted_chebyshev_polynomial_w', 'sinc', 'softmax', 'spherical_bessel_j0', 'xlog1py', 'xlogy', 'zeta']

def expit(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return 1 / (1 + exp(-input))."""

def airy_ai(x: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return Airy's function Ai, by Chebyshev series (tools/make_series.py; Abramowitz and Stegun, 10.4.59 and 10.4.60)."""

def bessel_j0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the Bessel function of the first kind, of order 0."""

def bessel_j1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the Bessel function of the first kind, of order 1."""

def bessel_y0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the Bessel function of the second kind, of order 0."""

def bessel_y1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the Bessel function of the second kind, of order 1."""

def i0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0."""

def i0e(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(-|input|) i0(input), which does not overflow."""

def i1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 1."""

def i1e(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(-|input|) i1(input), which does not overflow."""

def modified_bessel_i0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0; as in PyTorch without a gradient, which `i0` has."""

def modified_bessel_i1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 1; as in PyTorch without a gradient, which `i1` has."""

def modified_bessel_k0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the second kind, of order 0."""

def modified_bessel_k1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the second kind, of order 1."""

def scaled_modified_bessel_k0(x: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(x) modified_bessel_k0(x), which does not vanish."""

def scaled_modified_bessel_k1(x: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(x) modified_bessel_k1(x), which does not vanish."""

def spherical_bessel_j0(x: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the spherical Bessel function of the first kind, of order 0: sin(x) / x."""

def entr(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return -input * log(input), the entropy's terms: 0 for a share of 0, minus infinity below."""

def logit(input: Tensor, eps: builtins.float | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return log(input / (1 - input)), the inverse of sigmoid; `eps` keeps the input from 0 and 1."""

def xlog1py(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return input * log1p(other), which is 0 where `input` is 0."""

def erf(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the error function: twice the area under the normal density of variance 1/2, from 0 on (Cody, 1969)."""

def erfc(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return 1 - erf(input), exact where that is small (Cody, 1969)."""

def erfcx(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(input²) erfc(input), which neither overflows nor vanishes for large numbers (Cody, 1969)."""

def erfinv(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the number whose error function `input` is (Wichura's AS 241)."""

def log_ndtr(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of `ndtr`, exact where that is small."""

def ndtr(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the share of the standard normal distribution that lies below `input`."""

def ndtri(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the number below which the share `input` of the standard normal distribution lies (Wichura's AS 241)."""

def exp2(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Raise 2 to a power."""

def expm1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(input) - 1, exact near zero."""

def log1p(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return log(1 + input), exact near zero."""

def xlogy(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return input * log(other), which is 0 where `input` is 0."""

def digamma(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the slope of `lgamma` (Abramowitz and Stegun, 6.3.5, 6.3.7 and 6.3.18)."""

def gammaln(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of the size of the gamma function: a Chebyshev series on [1, 3], Stirling's from 9 on."""

def multigammaln(input: Tensor, p: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of the gamma function of `p` dims."""

def polygamma(n: builtins.int, input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the derivative number `n` of `digamma`."""

def psi(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the slope of `lgamma` (Abramowitz and Stegun, 6.3.5, 6.3.7 and 6.3.18)."""

def zeta(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Hurwitz's zeta function: the sum of (k + other) ** -input over all k (Euler and Maclaurin's formula)."""

def gammainc(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies below `other`."""

def gammaincc(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies above `other`."""

def chebyshev_polynomial_t(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Chebyshev's polynomial of the first kind: T(cos t) = cos(n t)."""

def chebyshev_polynomial_u(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Chebyshev's polynomial of the second kind: U(cos t) = sin((n + 1) t) / sin(t)."""

def chebyshev_polynomial_v(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Chebyshev's polynomial of the third kind: V(cos t) = cos((n + 1/2) t) / cos(t / 2)."""

def chebyshev_polynomial_w(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Chebyshev's polynomial of the fourth kind: W(cos t) = sin((n + 1/2) t) / sin(t / 2)."""

def hermite_polynomial_h(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Hermite's polynomial as physicists have it."""

def hermite_polynomial_he(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Hermite's polynomial as statisticians have it."""

def laguerre_polynomial_l(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Laguerre's polynomial."""

def legendre_polynomial_p(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return Legendre's polynomial."""

def shifted_chebyshev_polynomial_t(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return `chebyshev_polynomial_t` of 2 x - 1, orthogonal from 0 to 1."""

def shifted_chebyshev_polynomial_u(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return `chebyshev_polynomial_u` of 2 x - 1, orthogonal from 0 to 1."""

def shifted_chebyshev_polynomial_v(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return `chebyshev_polynomial_v` of 2 x - 1, orthogonal from 0 to 1."""

def shifted_chebyshev_polynomial_w(x: Tensor | builtins.float, n: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return `chebyshev_polynomial_w` of 2 x - 1, orthogonal from 0 to 1."""

def logsumexp(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None, keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Take the logarithm of the sum of exponentials, without overflow."""

def round(input: Tensor, *, decimals: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Round to the nearest number of `decimals` digits after the point, a half to the even one."""

def sinc(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return sin(π input) / (π input), which is 1 at 0."""
