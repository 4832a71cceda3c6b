"""The same samples with fresh numbers, beside PyTorch itself: `pytest -m live`, where torch is installed."""
from __future__ import annotations

import os

import numpy
import pytest
from ops import answers
from ops.samples import RANDOM_FAMILIES, Sample, all_samples

import flambeau

torch = pytest.importorskip("torch", reason="live comparisons need PyTorch; the recorded ones do not")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("FLAMBEAU_SEED", "1"))
SAMPLES = [sample for sample in all_samples() if sample.family not in RANDOM_FAMILIES]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_values_and_gradients_with_fresh_numbers(sample: Sample) -> None:
    reference = answers.resolve(torch, sample)
    if reference is None:
        pytest.skip("PyTorch has no function of this name")
    if "absent" in answers.recorded(sample.family).get(sample.line, {}):
        pytest.skip("PyTorch refuses this call with gradients")
    want = answers.values(torch, reference, sample, SEED)
    got = answers.values(flambeau, sample.function, sample, SEED)
    assert got["other"] == want["other"]
    for mine, theirs in zip([*got["out"], *got.get("grad", [])], [*want["out"], *want.get("grad", [])], strict=True):
        if mine is not None or theirs is not None:
            close(numpy.zeros(()) if mine is None else mine, numpy.zeros(()) if theirs is None else theirs)


def close(mine: object, theirs: numpy.ndarray) -> None:
    exact = theirs.dtype not in (numpy.float32, numpy.complex64)  # some answers are float32 whatever goes in
    numpy.testing.assert_allclose(mine, theirs, rtol=1e-7 if exact else 1e-5, atol=1e-9 if exact else 1e-6)
