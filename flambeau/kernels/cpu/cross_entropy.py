"""Cross-entropy with a class for each row."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import cross_entropy

kernel(cross_entropy._cross_entropy, "cpu")(native.cross_entropy)
kernel(cross_entropy.cross_entropy_backward, "cpu")(native.cross_entropy_backward)
