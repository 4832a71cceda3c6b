"""Batch, layer, group and instance norm, forward and back."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import standardization

kernel(standardization.standardized, "cpu")(native.standardized)
kernel(standardization.standardized_backward, "cpu")(native.standardized_backward)
kernel(standardization.with_statistics, "cpu")(native.with_statistics)
