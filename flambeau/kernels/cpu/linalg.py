"""Products of matrices, of any strides, on the pool's own threads."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import linalg

kernel(linalg.matmul, "cpu")(native.matmul)
kernel(linalg.linear, "cpu")(native.linear)
