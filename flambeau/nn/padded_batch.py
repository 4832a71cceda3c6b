"""Where an encoder may leave out padding, as PyTorch's does in evaluation."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import is_grad_enabled
from flambeau.ops.creation import arange


def drop_padding(layer: Any, src: Any, padding: Any, mask_check: bool) -> Any:
    """Return which positions (N, S) of `src` are padding that is left out altogether; None where PyTorch keeps it.

    It is left out in evaluation, of a batch whose sequences all start at the left, while no gradient is wanted. With
    `mask_check` off each sequence is taken for that many positions from the left as it has outside the padding.
    """
    if layer.training or src.dim() != 3 or _wants_gradient(layer, src):
        return None
    kept = padding == 0
    left_out = arange(src.shape[1], device=src.device) >= kept.sum(1, keepdim=True)
    return None if mask_check and bool((left_out == kept).any()) else left_out


def _wants_gradient(layer: Any, src: Any) -> bool:
    return is_grad_enabled() and (src.requires_grad or any(weight.requires_grad for weight in layer.parameters()))
