"""`torch.special`: special functions. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "ops.special": "digamma erf erfc erfinv gammaln=lgamma i0 i1 logit multigammaln=mvlgamma polygamma psi=digamma",
})
