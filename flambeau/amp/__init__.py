"""Automatic mixed precision: matrix products in a half type, sums and losses in float32."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "amp.autocast_mode": "autocast is_autocast_available",
    "amp.custom": "custom_bwd custom_fwd",
    "amp.grad_scaler": "GradScaler",
}, parts="autocast_mode grad_scaler")
