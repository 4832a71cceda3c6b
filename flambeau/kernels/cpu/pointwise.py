"""Arithmetic on arrays that broadcast against each other."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import pointwise

kernel(pointwise.add, "cpu")(native.add)
kernel(pointwise.sub, "cpu")(native.sub)
kernel(pointwise.mul, "cpu")(native.mul)
kernel(pointwise.true_divide, "cpu")(native.true_divide)
kernel(pointwise.neg, "cpu")(native.neg)
