"""Tensors made in inference mode, inside it and after it."""
from __future__ import annotations

import pytest

import flambeau as torch


@pytest.fixture
def made():
    with torch.inference_mode():
        return torch.ones(2) * 3.0


def test_tensors_know_where_they_were_made(made):
    assert made.is_inference() and made.view(2).is_inference() and made.detach().is_inference()
    assert not (made * 2).is_inference() and not made.clone().is_inference()
    with torch.inference_mode(), torch.inference_mode(False):
        assert not torch.ones(1).is_inference()


def test_inside_they_are_written_to_freely(made):
    with torch.inference_mode():
        assert made.add_(1.0).tolist() == [4.0, 4.0]


@pytest.mark.parametrize("write", [lambda x: x.add_(1), lambda x: x.__setitem__(0, 1.0), lambda x: x[:1].zero_()])
def test_outside_they_are_not_written_to(made, write):
    with torch.no_grad(), pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
        write(made)
    assert made.tolist() == [3.0, 3.0]


def test_no_gradient_goes_through_them(made):
    x = torch.ones(2, requires_grad=True)
    (x + made).sum().backward()  # which needs no value of theirs
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        x * made
    with pytest.raises(RuntimeError, match="requires_grad=True on inference tensor outside InferenceMode"):
        made.requires_grad_()


def test_a_clone_is_an_ordinary_tensor(made):
    x = made.clone().requires_grad_()
    (x * x).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_nobody_counts_their_writes(made):
    with pytest.raises(RuntimeError, match="Inference tensors do not track version counter"):
        made._version
