"""What the samples of borders cannot say: more cut off than there is, and batches of nothing."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn.functional import pad


def test_what_is_repeated_lies_where_it_lay_before_the_cut():
    line = torch.arange(4.0).reshape(1, 1, 4).requires_grad_()
    longer = pad(line, (-4, 6), "replicate")
    assert longer.tolist() == [[[3.0] * 6]]
    longer.sum().backward()
    assert line.grad.tolist() == [[[0, 0, 0, 6]]]
    assert pad(line, (-4, 2), "reflect").tolist() == [[[2, 1]]]


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_an_empty_batch_gets_its_borders(mode):
    assert pad(torch.ones(0, 3, 4), (1, 2), mode).shape == (0, 3, 7)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_nothing_cannot_be_repeated(mode):
    with pytest.raises(RuntimeError):
        pad(torch.ones(2, 3, 0), (1, 1), mode)
