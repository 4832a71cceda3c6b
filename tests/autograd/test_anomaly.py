"""Anomaly mode."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_a_nan_gradient_stops_the_pass_and_shows_the_forward_line():
    x = torch.tensor([0.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        y = (x * 0.0).sqrt()  # the forward call to be found
        with pytest.raises(RuntimeError, match="returned nan values in its 0th output") as caught:
            (y * 0.0).sum().backward()
    assert "the forward call to be found" in caught.value.__notes__[0]


def test_the_mode_ends_with_its_block():
    from flambeau.autograd import listeners

    with torch.autograd.set_detect_anomaly(True):
        assert listeners.count == 1
    assert listeners.count == 0
