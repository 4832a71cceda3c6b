"""Parameter groups, `state_dict`, and hooks of optimizers."""
from __future__ import annotations

import copy
import pickle

import pytest

import flambeau as torch


def parameter(*values):
    return torch.tensor(values or (1.0,)).requires_grad_()


def adam_after(steps, params):
    optimizer = torch.optim.Adam(params, lr=0.1)
    for step in range(steps):
        for param in params:
            param.grad = torch.full_like(param.detach(), step + 1.0)
        optimizer.step()
    return optimizer


def test_groups_have_options_of_their_own():
    slow, fast = parameter(), parameter()
    optimizer = torch.optim.SGD([{"params": [slow]}, {"params": fast, "lr": 1.0}], lr=0.1)
    for param in (slow, fast):
        param.grad = torch.ones(1)
    optimizer.step()
    assert (slow.item(), fast.item()) == (pytest.approx(0.9), 0.0)
    optimizer.add_param_group({"params": [parameter()], "momentum": 0.5})
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 1.0, 0.1]


def test_named_parameters_keep_their_names():
    weight, bias = parameter(), parameter()
    optimizer = torch.optim.SGD([("weight", weight), ("bias", bias)])
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    with pytest.raises(ValueError, match="without names"):
        optimizer.add_param_group({"params": [parameter()]})


@pytest.mark.parametrize(("params", "error", "message"), [
    (lambda: parameter(), TypeError, "iterable of Tensors or dicts, but got torch.FloatTensor"),
    (list, ValueError, "empty parameter list"),
    (lambda: [{"params": {parameter()}}], TypeError, "ordered collections"),
    (lambda: [1], TypeError, "one of the params is int"),
    (lambda: [parameter() * 2], ValueError, "non-leaf"),
    (lambda: [{"params": [parameter()]}, 3], TypeError, "param_group must be a dict"),
    (lambda: [("a", parameter()), parameter()], ValueError, "Some param names are missing"),
])
def test_what_cannot_be_optimized_is_refused(params, error, message):
    with pytest.raises(error, match=message):
        torch.optim.SGD(params())


def test_a_parameter_belongs_to_one_group():
    param = parameter()
    with pytest.raises(ValueError, match="more than one parameter group"):
        torch.optim.SGD([{"params": [param]}, {"params": [param]}])
    with pytest.warns(UserWarning, match="duplicate parameters"):
        torch.optim.SGD([param, param])


def test_a_state_dict_has_pytorchs_keys_and_numbers_for_parameters():
    params = [parameter(), parameter(2.0, 3.0)]
    saved = adam_after(2, params).state_dict()
    assert list(saved["state"]) == [0, 1]
    assert sorted(saved["state"][1]) == ["exp_avg", "exp_avg_sq", "step"]
    assert saved["state"][0]["step"].dtype is torch.float32
    assert saved["state"][0]["step"].shape == ()
    assert saved["param_groups"][0]["params"] == [0, 1]


def test_a_loaded_optimizer_goes_on_as_the_saved_one_would():
    params = [parameter(), parameter(2.0, 3.0)]
    first = adam_after(3, params)
    twins = [param.detach().clone().requires_grad_() for param in params]
    second = torch.optim.Adam(twins)
    second.load_state_dict(first.state_dict())
    for optimizer, group in ((first, params), (second, twins)):
        for param in group:
            param.grad = torch.ones_like(param.detach())
        optimizer.step()
    assert second.param_groups[0]["lr"] == 0.1
    assert [param.tolist() for param in params] == [param.tolist() for param in twins]


def test_a_loaded_state_is_a_copy_in_the_dtype_of_the_parameter():
    saved = adam_after(1, [parameter()]).state_dict()
    optimizer = torch.optim.Adam([torch.ones(1, dtype=torch.float64).requires_grad_()])
    optimizer.load_state_dict(saved)
    state = optimizer.state_dict()["state"][0]
    assert state["exp_avg"].dtype is torch.float64
    assert state["step"].dtype is torch.float32
    state["step"].zero_()
    assert saved["state"][0]["step"].item() == 1.0


@pytest.mark.parametrize(("groups", "message"), [
    (lambda: [{"params": [parameter()]}, {"params": [parameter()]}], "different number of parameter groups"),
    (lambda: [parameter(), parameter()], "doesn't match the size"),
])
def test_the_state_of_another_model_is_refused(groups, message):
    saved = adam_after(1, [parameter()]).state_dict()
    with pytest.raises(ValueError, match=message):
        torch.optim.Adam(groups()).load_state_dict(saved)


def test_a_state_from_before_an_option_existed_loads():
    saved = copy.deepcopy(adam_after(1, [parameter()]).state_dict())
    saved["state"][0]["step"] = 1  # a number, as before PyTorch 1.12
    for name in ("maximize", "foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay"):
        del saved["param_groups"][0][name]
    param = parameter()
    optimizer = torch.optim.Adam([param])
    optimizer.load_state_dict(saved)
    param.grad = torch.ones(1)
    optimizer.step()
    assert optimizer.state[param]["step"].item() == 2.0


def test_an_optimizer_can_be_pickled_and_copied():
    optimizer = adam_after(1, [parameter()])
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (param,) = twin.param_groups[0]["params"]
        assert twin.state[param]["step"].item() == 1.0
        param.grad = torch.ones(1)
        twin.step()


def test_step_hooks_run_around_each_step():
    seen = []
    param = parameter()
    param.grad = torch.ones(1)
    optimizer = torch.optim.SGD([param], lr=1.0)
    optimizer.register_step_pre_hook(lambda opt, args, kwargs: seen.append(("before", param.item())))
    handle = optimizer.register_step_post_hook(lambda opt, args, kwargs: seen.append(("after", param.item())))
    optimizer.step()
    handle.remove()
    optimizer.step()
    assert seen == [("before", 1.0), ("after", 0.0), ("before", 0.0)]


def test_hooks_run_once_when_a_subclass_calls_its_base():
    class Twice(torch.optim.SGD):
        def step(self, closure=None):
            super().step(closure)
            return super().step(closure)

    calls = []
    optimizer = Twice([parameter()])
    optimizer.register_step_post_hook(lambda *_: calls.append(1))
    optimizer.step()
    assert calls == [1]


def test_hooks_of_all_optimizers_can_be_removed():
    from flambeau.optim.optimizer import register_optimizer_step_pre_hook

    calls = []
    with register_optimizer_step_pre_hook(lambda *_: calls.append(1)):
        torch.optim.SGD([parameter()]).step()
    torch.optim.SGD([parameter()]).step()
    assert calls == [1]


def test_state_dict_hooks_may_replace_what_is_saved_and_loaded():
    optimizer = torch.optim.SGD([parameter()], lr=0.1)
    optimizer.register_state_dict_post_hook(lambda opt, saved: {**saved, "extra": 1})
    assert optimizer.state_dict()["extra"] == 1

    def doubled(opt, saved):
        saved["param_groups"][0]["lr"] *= 2
        return saved

    optimizer.register_load_state_dict_pre_hook(doubled)
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.2


def test_groups_are_printed_with_a_line_between_them():
    first, second = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    optimizer = torch.optim.Optimizer([{"params": first}, {"params": second, "lr": 2}], {"lr": 1})
    assert repr(optimizer) == "Optimizer (\nParameter Group 0\n    lr: 1\n\nParameter Group 1\n    lr: 2\n)"


def test_betas_are_two():
    for kind in (torch.optim.Adam, torch.optim.Adamax, torch.optim.NAdam, torch.optim.RAdam):
        with pytest.raises(IndexError):
            kind([torch.ones(1, requires_grad=True)], betas=(0.9,))


def test_betas_that_are_tensors_become_scalars():
    betas = torch.tensor([0.9]), torch.tensor([0.99])
    optimizer = torch.optim.Adam([torch.ones(1, requires_grad=True)], betas=betas)
    assert [beta.shape for beta in optimizer.param_groups[0]["betas"]] == [(), ()]


def test_lbfgs_keeps_what_it_computed_as_tensors_and_what_it_was_given_as_numbers():
    weight = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], lr=0.5, max_iter=3, history_size=2)

    def closure():
        optimizer.zero_grad()
        loss = (weight ** 4).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    state = optimizer.state_dict()["state"][0]
    assert list(state)[:3] == ["func_evals", "n_iter", "al"]
    assert state["t"] == 0.5 and isinstance(state["t"], float)
    assert state["H_diag"].shape == state["ro"][0].shape == state["al"][0].shape == ()
    twin = torch.optim.LBFGS([weight.detach().clone().requires_grad_()], lr=0.5, max_iter=3, history_size=2)
    twin.load_state_dict(optimizer.state_dict())
    assert [type(value) for value in twin.state_dict()["state"][0].values()] == [type(value) for value in state.values()]


def test_an_optimizer_steps_on_other_parameters_for_a_while():
    own, other = parameter(1.0), torch.tensor([5.0])
    optimizer = torch.optim.SGD([own], lr=0.5, momentum=0.5)
    own.grad = torch.ones(1)
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    state["param_groups"][0]["lr"] = 2.0
    with torch.optim.swap_in_optimizer_params_and_state(optimizer, {"w": other}, state):
        other.grad = torch.ones(1)
        optimizer.step()
        optimizer.param_groups[0]["lr"] = 7.0
    assert other.tolist() == [2.0] and own.tolist() == [0.5]
    assert state["state"][0]["momentum_buffer"].tolist() == [1.5]
    assert optimizer.param_groups[0]["lr"] == 0.5 and optimizer.param_groups[0]["params"] == [own]
    assert optimizer.state[own]["momentum_buffer"].tolist() == [1.0]


def test_what_is_swapped_in_has_to_fit():
    own = parameter(1.0)
    optimizer = torch.optim.SGD([own], lr=0.5, momentum=0.5)
    swap = torch.optim.swap_in_optimizer_params_and_state
    with pytest.raises(RuntimeError, match="requires initialized optimizer state"), swap(optimizer, {}, {}):
        pass
    own.grad = torch.ones(1)
    optimizer.step()
    state = optimizer.state_dict()
    for params, swapped, complaint in (
        ({}, state, "0 parameters were given to swap in for 1"),
        ({"w": own}, {"state": {}}, "a dict of 'state' and 'param_groups'"),
        ({"w": own}, {**state, "param_groups": []}, "groups of"),
        ({"w": own}, {**state, "state": {9: {}}}, r"extra keys \[9\]"),
    ):
        with pytest.raises(RuntimeError, match=complaint), swap(optimizer, params, swapped):
            pass


def test_rprop_is_differentiated_through_its_step():
    start = torch.tensor([1.0, 2.0], requires_grad=True)
    moved = start * 1.0
    optimizer = torch.optim.Rprop([moved], lr=0.1, differentiable=True)
    moved.grad = start ** 2
    optimizer.step()
    moved.sum().backward()
    assert start.grad.tolist() == [1.0, 1.0]
