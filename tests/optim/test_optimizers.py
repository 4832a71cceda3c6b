"""Every optimizer takes PyTorch's steps."""
from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from problems import OPTIMIZERS, after_steps, wave

import flambeau as torch
from flambeau.optim import elementwise

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
VARIANTS = [(name, place) for name, variants in OPTIMIZERS.items() for place in range(len(variants))]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_steps_are_pytorchs(name, variant):
    found = after_steps(torch, name, OPTIMIZERS[name][variant])
    for ours, theirs in zip(found, RECORDED["steps"][name][variant], strict=True):
        numpy.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_prints_as_pytorchs(name):
    assert repr(getattr(torch.optim, name)([torch.ones(1, 1).requires_grad_()])) == RECORDED["repr"][name]


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in ("Muon", "LBFGS", "Adafactor")])
def test_a_parameter_larger_than_a_block_takes_the_same_steps_as_its_parts(name, monkeypatch):
    whole = after_steps(torch, name, {})
    monkeypatch.setattr(elementwise, "BLOCK", 4)
    assert after_steps(torch, name, {}) == whole


def stepped(name, start, grad, **options):
    param = torch.from_numpy(start).requires_grad_()
    optimizer = getattr(torch.optim, name)([param], **options)
    for _ in range(3):
        param.grad = torch.from_numpy(grad)
        optimizer.step()
    return param.detach().numpy()


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in ("Muon", "LBFGS", "Adafactor")])
def test_a_complex_parameter_steps_as_two_real_ones(name):
    start, grad = (wave((5, 2), shift) for shift in (0, 1))
    together = stepped(name, start.view("c8")[:, 0].copy(), grad.view("c8")[:, 0].copy())
    numpy.testing.assert_array_equal(together.view("f4").reshape(5, 2), stepped(name, start, grad))


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
def test_a_parameter_may_lie_transposed_in_memory_and_so_may_its_gradient(order):
    start, grad = wave((4, 3), 0), wave((4, 3), 1)
    expected = stepped("Adam", start.copy(), grad)
    if order == (1, 0):
        start, grad = numpy.asfortranarray(start), grad
    else:
        start, grad = start.copy(), numpy.asfortranarray(grad)
    numpy.testing.assert_array_equal(stepped("Adam", start, grad), expected)


def test_bfloat16_parameters_stay_bfloat16_and_move():
    param = torch.ones(4, dtype=torch.bfloat16).requires_grad_()
    optimizer = torch.optim.Adam([param], lr=0.1)
    param.grad = torch.ones(4, dtype=torch.bfloat16)
    optimizer.step()
    assert param.dtype is torch.bfloat16
    assert optimizer.state[param]["exp_avg"].dtype is torch.bfloat16
    assert param.tolist() == [0.8984375] * 4  # 0.9, as bfloat16 has it


def test_a_step_shows_in_the_version_of_the_parameter():
    param = torch.ones(2).requires_grad_()
    square = param * param
    param.grad = torch.ones(2)
    torch.optim.SGD([param], lr=0.1).step()
    with pytest.raises(RuntimeError, match=r"SGD\.step"):
        square.sum().backward()


def test_parameters_without_a_gradient_stay_and_have_no_state():
    used, unused = torch.ones(1).requires_grad_(), torch.ones(1).requires_grad_()
    optimizer = torch.optim.Adam([used, unused])
    used.grad = torch.ones(1)
    optimizer.step()
    assert unused.item() == 1.0
    assert list(optimizer.state) == [used]


def test_the_closure_is_recorded_and_its_loss_returned():
    param = torch.ones(1).requires_grad_()
    optimizer = torch.optim.SGD([param], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (param * param).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 1.0
    assert param.item() == 0.0


def test_zero_grad_forgets_or_fills():
    param = torch.ones(2).requires_grad_()
    optimizer = torch.optim.SGD([param])
    param.grad = torch.ones(2)
    grad = param.grad
    optimizer.zero_grad(set_to_none=False)
    assert grad.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert param.grad is None


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam"])
def test_a_differentiable_step_can_be_differentiated(name):
    def final_loss(start):
        weight = start.clone()
        optimizer = getattr(torch.optim, name)([weight], lr=0.1, differentiable=True)
        for _ in range(2):
            (weight.grad,) = torch.autograd.grad((weight**2).sum(), [weight], create_graph=True)
            optimizer.step()
        return (weight**3).sum()

    start = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64).requires_grad_()
    final_loss(start).backward()
    step = 1e-6
    for place in range(3):
        shift = torch.zeros(3, dtype=torch.float64)
        shift[place] = step
        slope = numeric(final_loss, start, shift, step)
        assert start.grad[place].item() == pytest.approx(slope, rel=1e-4, abs=1e-5)


def numeric(function, start, shift, step):
    above, below = (function((start.detach() + sign * shift).requires_grad_()).item() for sign in (1, -1))
    return (above - below) / (2 * step)


def test_a_learning_rate_tensor_gets_a_gradient():
    lr = torch.tensor(0.1, dtype=torch.float64).requires_grad_()
    weight = torch.tensor([2.0], dtype=torch.float64).requires_grad_().clone()
    optimizer = torch.optim.SGD([weight], lr=lr, differentiable=True)
    (weight.grad,) = torch.autograd.grad((weight**2).sum(), [weight], create_graph=True)
    optimizer.step()
    weight.sum().backward()
    assert lr.grad.item() == pytest.approx(-4.0)  # d(w - lr * 2w) / d lr


@pytest.mark.parametrize(("name", "options", "message"), [
    ("SGD", {"lr": -1}, "Invalid learning rate: -1"),
    ("SGD", {"nesterov": True}, "Nesterov momentum requires"),
    ("SGD", {"momentum": -1}, "Invalid momentum value"),
    ("Adam", {"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
    ("Adam", {"betas": (0, 0.9)}, "betas must be either both floats or both Tensors"),
    ("Adam", {"eps": -1}, "Invalid epsilon value"),
    ("Adam", {"lr": float("nan")}, "Invalid learning rate: nan"),
    ("Rprop", {"etas": (1.5, 1.2)}, "Invalid eta values"),
    ("Adadelta", {"rho": 2}, "Invalid rho value"),
    ("Adafactor", {"d": 0.5}, "Clipping threshold d should be >= 1"),
])
def test_options_out_of_range_are_refused(name, options, message):
    with pytest.raises(ValueError, match=message):
        getattr(torch.optim, name)([torch.ones(1).requires_grad_()], **options)


@pytest.mark.parametrize("other", ["foreach", "differentiable"])
def test_fused_does_not_go_with(other):
    with pytest.raises(RuntimeError, match="`fused`"):
        torch.optim.Adam([torch.ones(1).requires_grad_()], fused=True, **{other: True})


def test_capturable_is_for_gpus():
    param = torch.ones(1).requires_grad_()
    param.grad = torch.ones(1)
    with pytest.raises(AssertionError, match="capturable"):
        torch.optim.Adam([param], capturable=True).step()


def test_muon_takes_matrices_only():
    with pytest.raises(ValueError, match="2D parameters"):
        torch.optim.Muon([torch.ones(3).requires_grad_()])


def test_lbfgs_takes_one_group_only():
    groups = [{"params": [torch.ones(1).requires_grad_()]}, {"params": [torch.ones(1).requires_grad_()]}]
    with pytest.raises(ValueError, match="parameter groups"):
        torch.optim.LBFGS(groups)
