"""`torch.special`: special functions. A page of names."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "ops.activation": "expit=sigmoid",
    "ops.airy": "airy_ai",
    "ops.bessel":
        "bessel_j0 bessel_j1 bessel_y0 bessel_y1 i0 i0e i1 i1e modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 "
        "modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0",
    "ops.entropy": "entr logit xlog1py",
    "ops.error_function": "erf erfc erfcx erfinv log_ndtr ndtr ndtri",
    "ops.exponential": "exp2 expm1 log1p xlogy",
    "ops.gamma": "digamma gammaln=lgamma multigammaln=mvlgamma polygamma psi=digamma zeta",
    "ops.incomplete_gamma": "gammainc=igamma gammaincc=igammac",
    "ops.orthogonal":
        "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w hermite_polynomial_h "
        "hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p shifted_chebyshev_polynomial_t "
        "shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w",
    "ops.reduction": "logsumexp",
    "ops.rounding": "round",
    "ops.softmax": "log_softmax softmax",
    "ops.trigonometry": "sinc",
    "tensor": "Tensor",
}, public=public)
