"""`SparseAdam`: options as PyTorch's, and no dense gradients."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_a_dense_gradient_is_refused():
    parameter = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SparseAdam([parameter])
    assert optimizer.step(lambda: 3) == 3
    parameter.grad = torch.ones(2)
    with pytest.raises(RuntimeError, match="does not support dense gradients, please consider Adam instead"):
        optimizer.step()


@pytest.mark.parametrize("options, message", [
    ({"lr": 0}, "Invalid learning rate: 0"), ({"eps": 0}, "Invalid epsilon value: 0"),
    ({"betas": (0.9, -1)}, "Invalid beta parameter at index 1: -1"), ({"lr": torch.ones(2)}, "Tensor lr must be 1-element")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        torch.optim.SparseAdam([torch.ones(2, requires_grad=True)], **options)


def test_complex_parameters_are_refused():
    with pytest.raises(ValueError, match=r"Complex params at indices \[\[0, 1\]\]"):
        torch.optim.SparseAdam([torch.ones(1, requires_grad=True), torch.ones(2, dtype=torch.complex64, requires_grad=True)])
