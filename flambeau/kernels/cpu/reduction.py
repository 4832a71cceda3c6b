"""Sums and means."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import reduction

kernel(reduction.sum, "cpu")(native.sum)
kernel(reduction.mean, "cpu")(native.mean)
