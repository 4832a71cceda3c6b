"""The gradients of convolutions by themselves are those of the tape."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn import functional as F
from flambeau.nn import grad


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2, "padding": 1}])
def test_both_are_those_of_the_tape(dims, options):
    x = torch.randn(2, 4, *(5,) * dims, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(6, 4 // options.get("groups", 1), *(3,) * dims, dtype=torch.float64, requires_grad=True)
    out = getattr(F, f"conv{dims}d")(x, weight, **options)
    g = torch.randn_like(out)
    out.backward(g)
    of_input = getattr(grad, f"conv{dims}d_input")(x.shape, weight.detach(), g, **options)
    of_weight = getattr(grad, f"conv{dims}d_weight")(x.detach(), weight.shape, g, **options)
    assert torch.allclose(of_input, x.grad) and torch.allclose(of_weight, weight.grad)
