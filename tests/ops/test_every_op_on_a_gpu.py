"""Each sample in an op's docstring, on a GPU (real, or pretended for the plumbing), held against the CPU's answer."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from ops import answers
from ops.samples import RANDOM_FAMILIES, Sample, all_samples

import flambeau

SAMPLES = [sample for sample in all_samples() if sample.family not in RANDOM_FAMILIES]


def close(there: Any, here: Any) -> None:
    assert there.shape == here.shape
    assert there.dtype == here.dtype
    single = here.dtype in (numpy.float32, numpy.complex64)
    numpy.testing.assert_allclose(there, here, rtol=1e-4 if single else 1e-7, atol=1e-5 if single else 1e-9)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_values_and_gradients_are_the_cpus(gpu: Any, sample: Sample) -> None:
    here = answers.values(flambeau, sample.function, sample)
    there = answers.values(flambeau, sample.function, sample, device="cuda")
    assert there["other"] == here["other"]
    for name in ("out", "grad"):
        assert len(there.get(name, [])) == len(here.get(name, []))
        for mine, wanted in zip(there.get(name, []), here.get(name, []), strict=True):
            if wanted is None:
                assert mine is None
            else:
                close(mine, wanted)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_results_stay_on_the_gpu(gpu: Any, sample: Sample) -> None:
    result, leaves = answers.call(flambeau, sample.function, sample, "float64", device="cuda")
    if leaves or any(isinstance(arg, answers.Given) for arg in sample.arguments()[0]):
        assert {str(out.device) for out in answers.tensors_in(flambeau, result)} <= {"cuda:0"}
