"""`nn.AdaptiveLogSoftmaxWithLoss`. Numbers are PyTorch 2.13's from the same seeds."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn

X = torch.arange(12.0).reshape(3, 4).sin()


def layer():
    torch.manual_seed(0)
    return nn.AdaptiveLogSoftmaxWithLoss(4, 9, [2, 5], div_value=2.0)


def test_values_and_gradients_are_pytorchs():
    adaptive = layer()
    output, loss = adaptive(X, torch.tensor([1, 3, 8]))
    assert output.tolist() == pytest.approx([-1.116041, -3.03245, -2.95714], abs=1e-5)
    assert loss.item() == pytest.approx(2.368544, abs=1e-5)
    loss.backward()
    found = adaptive.tail[1][0].weight.grad.flatten().tolist()
    assert found == pytest.approx([-0.323342, -0.134689, 0.177797, 0.326817], abs=1e-5)


def test_log_prob_agrees_with_the_loss_and_adds_up_to_one():
    adaptive, target = layer(), torch.tensor([1, 3, 8])
    everything = adaptive.log_prob(X)
    assert everything.exp().sum(1).tolist() == pytest.approx([1.0] * 3)
    assert everything.gather(1, target[:, None])[:, 0].tolist() == pytest.approx(adaptive(X, target).output.tolist())


def test_predict_is_the_most_probable_class():
    adaptive = layer()
    assert adaptive.predict(X).tolist() == [1, 1, 0]
    with torch.no_grad():
        adaptive.head.weight[2:] += X[2]  # now a cluster is the best entry for the last row
    assert adaptive.predict(X).tolist() == adaptive.log_prob(X).argmax(1).tolist()


def test_one_row_alone_gives_one_number():
    output, loss = layer()(X[0], torch.tensor(1))
    assert output.shape == ()
    assert loss.item() == -output.item()


@pytest.mark.parametrize(("input", "target", "message"), [
    (X, torch.tensor([1, 3]), "same size in the batch dimension"),
    (X[None], torch.tensor([1]), "1D target tensor expects 2D input tensors"),
    (X, torch.tensor(1), "0D target tensor expects 1D input tensors"),
    (X, torch.tensor([[1]]), "multi-target not supported"),
    (X, torch.tensor([1, 3, 9]), r"Target values should be in \[0, 8\]"),
])
def test_wrong_targets_are_refused(input, target, message):
    with pytest.raises(RuntimeError, match=message):
        layer()(input, target)


@pytest.mark.parametrize("cutoffs", [[], [0, 3], [3, 3], [5, 2], [9], [1.5]])
def test_cutoffs_must_rise_between_the_classes(cutoffs):
    with pytest.raises(ValueError, match="cutoffs should be a sequence"):
        nn.AdaptiveLogSoftmaxWithLoss(4, 9, cutoffs)
