"""What the samples of the incomplete gamma functions cannot say: the edges, large shapes, and the gradient that is missing."""
from __future__ import annotations

from math import inf, nan

import pytest

import flambeau as torch

SHAPES = [0.0, 0.5, 2.0, 4.0, 200.0, 0.5, -1.0, inf, 22.550819874701677]
POINTS = [1.0, 0.0, 30.0, 4.0, 190.0, inf, 1.0, 1.0, 15.802153759199008]
BELOW = [1.0, 0.0, 0.9999999999970991, 0.566529879633291, 0.24334742710062393, 1.0, nan, 0.0, 0.06398538668672268]


@pytest.mark.parametrize("dtype, exact", [("float64", 1e-12), ("float32", 2e-6)])
def test_shares_below_and_above(dtype, exact):
    shapes, points = (torch.tensor(values, dtype=getattr(torch, dtype)) for values in (SHAPES, POINTS))
    assert torch.igamma(shapes, points).tolist() == pytest.approx(BELOW, rel=exact, nan_ok=True)
    above = [1 - share for share in BELOW]
    assert torch.igammac(shapes, points).tolist() == pytest.approx(above, rel=exact, abs=1e-11, nan_ok=True)


def test_a_small_share_is_not_rounded_away_beside_the_other():
    shape, far = torch.tensor(2.0, dtype=torch.float64), torch.tensor(60.0, dtype=torch.float64)
    assert torch.igammac(shape, far).item() == pytest.approx(61 * 2.718281828459045**-60, rel=1e-12)


def test_there_is_no_gradient_to_the_shape():
    shape = torch.tensor(2.0, requires_grad=True)
    with pytest.raises(NotImplementedError, match="derivative for 'igamma: input' is not implemented"):
        torch.igamma(shape, torch.tensor(1.0)).backward()
