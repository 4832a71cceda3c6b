"""Every sample in an op's docstring, forward and backward: whichever kernel answers gives what the body gives."""
from __future__ import annotations

import numpy
import pytest
from kernels.beside import checked
from ops import answers
from ops.samples import RANDOM_FAMILIES, Sample, all_samples

import flambeau
from flambeau.kernels.cpu.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")
SAMPLES = [sample for sample in all_samples() if sample.family not in RANDOM_FAMILIES]
FAMILIES = sorted({sample.family for sample in SAMPLES})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("family", FAMILIES)
def test_kernels_give_what_bodies_give(family: str, dtype: str) -> None:
    with checked():
        for sample in SAMPLES:
            if sample.family == family:
                try_out(sample, dtype)


def try_out(sample: Sample, dtype: str) -> None:
    try:
        result, leaves = answers.call(flambeau, sample.function, sample, dtype, grad=True)
    except (RuntimeError, TypeError, ValueError, IndexError):
        return  # not for this dtype; what it answers then is tested elsewhere
    outputs = [out for out in answers.tensors_in(flambeau, result) if out.requires_grad]
    if leaves and outputs:
        weights = [flambeau.from_numpy(numpy.asarray(answers.weights_for(tuple(out.shape), i, out.is_complex()))).to(out)
                   for i, out in enumerate(outputs)]
        flambeau.autograd.grad(outputs, leaves, weights, allow_unused=True)


def test_activations_are_answered_by_kernels() -> None:
    with checked() as answered:
        flambeau.nn.functional.relu(flambeau.randn(3, 4))
    assert answered == ["relu"]
