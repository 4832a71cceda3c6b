"""`torch.masked`: reductions and normalizations of the elements that a mask leaves. A page of names."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "ops.masked_extremes": "amax amin argmax argmin median",
    "ops.masked_shares": "log_softmax logaddexp logsumexp softmax softmin",
    "ops.masked_spread": "norm normalize std var",
    "ops.masked_sums": "cumprod cumsum mean prod sum",
}, public=public)
