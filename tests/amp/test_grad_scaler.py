"""The factor on the loss: when it grows, when it shrinks, and when a step is left out."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.amp import GradScaler


def problem():
    weight = torch.ones(2, requires_grad=True)
    return weight, torch.optim.SGD([weight], lr=1.0)


def step(scaler, weight, optimizer, slope=1.0):
    optimizer.zero_grad()
    scaler.scale((weight * torch.tensor([slope, 1.0])).sum()).backward()
    scaler.step(optimizer)
    scaler.update()


def test_a_step_is_that_of_the_unscaled_loss():
    weight, optimizer = problem()
    scaler = GradScaler("cpu")
    step(scaler, weight, optimizer, slope=0.5)
    assert weight.tolist() == [0.5, 0.0]
    assert weight.grad.tolist() == [0.5, 1.0]


def test_an_infinite_gradient_leaves_out_the_step_and_halves_the_factor():
    weight, optimizer = problem()
    scaler = GradScaler("cpu")
    for slope in (float("inf"), float("nan")):
        step(scaler, weight, optimizer, slope)
    assert weight.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 2.0**14


def test_good_steps_in_a_row_double_the_factor():
    weight, optimizer = problem()
    scaler = GradScaler("cpu", init_scale=4.0, growth_interval=2)
    factors = []
    for slope in (1.0, 1.0, 1.0, float("inf"), 1.0, 1.0):
        step(scaler, weight, optimizer, slope)
        factors.append(scaler.get_scale())
    assert factors == [4.0, 8.0, 8.0, 4.0, 4.0, 8.0]  # recorded from PyTorch 2.13


def test_the_state_goes_to_another_scaler():
    weight, optimizer = problem()
    scaler = GradScaler("cpu", growth_interval=7)
    step(scaler, weight, optimizer)
    assert scaler.state_dict() == {"scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 7,
                                   "_growth_tracker": 1}
    other = GradScaler("cpu", init_scale=3.0)
    other.load_state_dict(scaler.state_dict())
    assert other.state_dict() == scaler.state_dict()
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        other.load_state_dict({})


def test_gradients_unscaled_by_hand_are_not_unscaled_again():
    weight, optimizer = problem()
    scaler = GradScaler("cpu")
    scaler.scale((weight * 3.0).sum()).backward()
    scaler.unscale_(optimizer)
    assert weight.grad.tolist() == [3.0, 3.0]
    with pytest.raises(RuntimeError, match="already been called on this optimizer"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    assert weight.tolist() == [-2.0, -2.0]
    with pytest.raises(RuntimeError, match=r"step\(\) has already been called"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match=r"unscale_\(\) is being called after step\(\)"):
        scaler.unscale_(optimizer)


def test_scaling_before_anything_was_scaled_is_refused():
    _, optimizer = problem()
    with pytest.raises(AssertionError, match="Attempted step but _scale is None"):
        GradScaler("cpu").step(optimizer)
    with pytest.raises(ValueError, match="Tensor or an iterable"):
        GradScaler("cpu").scale(3)


def test_gradients_in_float16_are_refused():
    weight = torch.ones(2, dtype=torch.float16, requires_grad=True)
    scaler, optimizer = GradScaler("cpu", init_scale=2.0), torch.optim.SGD([weight], lr=1.0)
    scaler.scale(weight.sum()).backward()
    with pytest.raises(ValueError, match="Attempting to unscale FP16 gradients"):
        scaler.step(optimizer)


def test_a_scaler_that_is_off_passes_everything_through():
    weight, optimizer = problem()
    scaler = GradScaler("cpu", enabled=False)
    step(scaler, weight, optimizer)
    assert (weight.tolist(), scaler.get_scale(), scaler.state_dict()) == ([0.0, 0.0], 1.0, {})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_the_usual_scaler_turns_itself_off():
    with pytest.warns(UserWarning, match="CUDA is not available"):
        assert not GradScaler().is_enabled()


def test_outputs_are_scaled_in_their_containers():
    scaled = GradScaler("cpu", init_scale=2.0).scale([torch.ones(1), (torch.ones(1),)])
    assert isinstance(scaled, list) and isinstance(scaled[1], tuple)
    assert scaled[0].item() == scaled[1][0].item() == 2.0


def test_a_step_without_any_gradient_is_a_mistake():
    weight, optimizer = problem()
    scaler = GradScaler("cpu")
    scaler.scale(weight.sum())
    with pytest.raises(AssertionError, match="No inf checks were recorded for this optimizer"):
        scaler.step(optimizer)
    with pytest.raises(AssertionError, match="No inf checks were recorded prior to update"):
        scaler.update()


def test_a_scaler_is_pickled_between_iterations_only():
    import pickle

    weight, optimizer = problem()
    scaler = GradScaler("cpu")
    scaler.scale(weight.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(AssertionError, match="may only be pickled at the beginning of an iteration"):
        pickle.dumps(scaler)
    scaler.step(optimizer)
    scaler.update()
    assert pickle.loads(pickle.dumps(scaler)).state_dict() == scaler.state_dict()
