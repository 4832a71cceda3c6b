"""Activations, forward and backward in one pass each."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import activation

kernel(activation._relu, "cpu")(native.relu)
