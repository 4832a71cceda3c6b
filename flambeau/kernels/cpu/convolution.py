"""Convolutions: forward, and back to the input and the weight."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import convolution

kernel(convolution.convolve, "cpu")(native.convolve)
kernel(convolution.convolve_transposed, "cpu")(native.convolve_transposed)
kernel(convolution.convolve_weight, "cpu")(native.convolve_weight)
