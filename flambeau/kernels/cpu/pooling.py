"""Pools, forward and back."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import pooling

kernel(pooling.max_pool, "cpu")(native.max_pool)
kernel(pooling.max_pool_backward, "cpu")(native.max_pool_backward)
