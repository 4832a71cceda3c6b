"""The Gaussian error linear unit."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import gelu

kernel(gelu._gelu, "cpu")(native.gelu)
kernel(gelu.gelu_backward, "cpu")(native.gelu_backward)
kernel(gelu._tanh_gelu, "cpu")(native.tanh_gelu)
