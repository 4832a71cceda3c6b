"""Products of unlike dtypes are refused where PyTorch refuses them."""
from __future__ import annotations

import pytest

import flambeau
from flambeau.nn import functional as F

half, single, double = (flambeau.ones(3, 3, dtype=dtype) for dtype in (flambeau.float16, flambeau.float32, flambeau.float64))


@pytest.mark.parametrize("multiply", [
    lambda: F.linear(half, single, single[0]),
    lambda: F.linear(half, half, single[0]),
    lambda: F.linear(single, single, double[0]),
    lambda: flambeau.addmm(double, single, single),
    lambda: flambeau.addmv(double[0], single, single[0]),
    lambda: F.embedding_bag(flambeau.tensor([[0]]), single, per_sample_weights=double[:1, :1], mode="sum"),
])
def test_unlike_dtypes_are_refused(multiply):
    with pytest.raises(RuntimeError, match="dtype"):
        multiply()
