"""Attention without mask or with a causal one, forward and back."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import attention

kernel(attention.attention, "cpu")(native.attention)
kernel(attention.attention_backward, "cpu")(native.attention_backward)
