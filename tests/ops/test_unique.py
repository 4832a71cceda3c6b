"""What the samples of unique values cannot say."""
from __future__ import annotations

import pytest

import flambeau as torch

nan = float("nan")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_nan_comes_last_and_each_is_another(dtype):
    x = torch.tensor([nan, 1.5, 2.5, nan, -3.0], dtype=dtype)
    values, places, counts = x.unique(return_inverse=True, return_counts=True)
    assert values[:3].tolist() == [-3.0, 1.5, 2.5]
    assert values[3:].isnan().all()
    assert places.tolist() == [3, 1, 2, 4, 0]
    assert counts.tolist() == [1, 1, 1, 1, 1]
