"""Softmax and its logarithm along the last dim."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import softmax

kernel(softmax._softmax, "cpu")(native.softmax)
kernel(softmax._log_softmax, "cpu")(native.log_softmax)
kernel(softmax.softmax_backward, "cpu")(native.softmax_backward)
kernel(softmax.log_softmax_backward, "cpu")(native.log_softmax_backward)
