"""Activations, forward and backward in one pass each."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import activation

kernel(activation._relu, "cpu")(native.relu)
kernel(activation.relu_backward, "cpu")(native.relu_backward)
kernel(activation.sigmoid, "cpu")(native.sigmoid)
kernel(activation.sigmoid_backward, "cpu")(native.sigmoid_backward)
kernel(activation._silu, "cpu")(native.silu)
kernel(activation.silu_backward, "cpu")(native.silu_backward)
