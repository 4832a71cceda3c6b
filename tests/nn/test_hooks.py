"""Hooks of modules: on calls, on gradients of both kinds, and on every module at once."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn.modules import module as everywhere


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([2.0]))

    def forward(self, x, y=0.0):
        return x * self.weight + y


def needing_grad(*values):
    return torch.tensor(values, requires_grad=True)


def test_a_hook_that_returns_another_number_of_gradients_is_refused():
    layer = Scaled()
    layer.register_full_backward_hook(lambda module, given, arrived: (given[0], given[0]))
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        layer(needing_grad(1.0)).backward()


def test_a_pre_hook_that_returns_another_number_of_gradients_is_refused():
    layer = Scaled()
    layer.register_full_backward_pre_hook(lambda module, arrived: (*arrived, *arrived))
    with pytest.raises(RuntimeError, match="invalid number of grad_output, got 2, but expected 1"):
        layer(needing_grad(1.0)).backward()


def test_an_input_without_gradient_stays_without_one_behind_a_hook():
    class Two(nn.Module):
        def forward(self, x, y):
            return x * 2, y * 3

    layer, seen = Two(), []
    layer.register_full_backward_hook(lambda module, given, arrived: seen.append((given, arrived)))
    a, b = layer(needing_grad(1.0), torch.ones(1))
    assert a.requires_grad and not b.requires_grad
    (a + b).backward()
    (given, arrived), = seen
    assert [g.item() for g in given] == [2.0, 0.0]
    assert arrived[0].item() == 1.0 and arrived[1] is None


def test_a_hook_on_gradients_warns_where_no_input_has_one():
    layer, seen = Scaled(), []
    layer.register_full_backward_hook(lambda module, given, arrived: seen.append(given))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        layer(torch.ones(1)).backward()
    assert seen == [(None,)]


def test_a_hook_may_not_make_gradients_up_where_no_input_has_one():
    layer = Scaled()
    layer.register_full_backward_hook(lambda module, given, arrived: (torch.ones(1),))
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="should always return None or None"):
        layer(torch.ones(1)).backward()


def test_a_hook_on_gradients_warns_of_an_output_that_is_no_tensor():
    class Named(nn.Module):
        def forward(self, x):
            return {"out": x}

    layer = Named()
    layer.register_full_backward_hook(lambda *args: None)
    with pytest.warns(UserWarning, match="module output should be a Tensor or a tuple of Tensors"):
        layer(needing_grad(1.0))


def test_a_named_tuple_keeps_its_kind_behind_a_hook():
    from collections import namedtuple

    Pair = namedtuple("Pair", "first second")

    class Named(nn.Module):
        def forward(self, x):
            return Pair(x * 1, x * 2)

    layer = Named()
    layer.register_full_backward_hook(lambda *args: None)
    assert layer(needing_grad(1.0)).second.item() == 2.0


def test_the_old_kind_of_hook_sees_the_op_that_made_the_output():
    layer, seen = Scaled(), []
    layer.register_backward_hook(lambda module, given, arrived: seen.append((given[0].item(), arrived[0].item())))
    x = needing_grad(3.0)
    with pytest.warns(FutureWarning, match="the forward contains multiple autograd Nodes"):
        out = layer(x, torch.ones(1))
    out.backward(torch.tensor([5.0]))
    assert seen == [(5.0, 5.0)] and x.grad.item() == 10.0


def test_both_kinds_of_hooks_on_gradients_do_not_go_together():
    layer = Scaled()
    layer.register_full_backward_hook(lambda *args: None)
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        layer.register_backward_hook(lambda *args: None)


def test_hooks_on_every_module_see_calls_gradients_and_what_is_registered():
    log = []
    handles = [
        everywhere.register_module_forward_pre_hook(lambda module, args: log.append("before")),
        everywhere.register_module_forward_hook(lambda module, args, kwargs, out: log.append(sorted(kwargs)), with_kwargs=True),
        everywhere.register_module_full_backward_pre_hook(lambda module, arrived: log.append("arrived")),
        everywhere.register_module_full_backward_hook(lambda module, given, arrived: log.append("given")),
        everywhere.register_module_parameter_registration_hook(lambda module, name, value: log.append(name)),
        everywhere.register_module_buffer_registration_hook(lambda module, name, value: log.append(name)),
        everywhere.register_module_module_registration_hook(lambda module, name, value: log.append(name)),
    ]
    layer = Scaled()
    layer.register_buffer("mean", torch.ones(1))
    layer.child = nn.Identity()
    layer(needing_grad(1.0), y=torch.ones(1)).backward()
    for handle in handles:
        handle.remove()
    Scaled()(torch.ones(1))
    assert log == ["weight", "mean", "child", "before", ["y"], "arrived", "given"]


def test_what_a_registration_hook_returns_takes_the_place():
    twice = everywhere.register_module_parameter_registration_hook(lambda module, name, value: nn.Parameter(value.data * 2))
    with twice:
        assert Scaled().weight.item() == 4.0


def test_a_hook_that_is_always_called_is_called_after_an_error_and_its_own_becomes_a_warning():
    layer, seen = Scaled(), []
    layer.register_forward_hook(lambda module, args, out: seen.append(out), always_call=True)
    layer.register_forward_hook(lambda module, args, out: 1 / 0, always_call=True)
    with pytest.warns(UserWarning, match="silenced"), pytest.raises(TypeError):
        layer(object())
    assert seen == [None]


def test_hooks_in_a_file_that_does_not_say_so_are_called():
    layer, seen = Scaled(), []
    layer.register_forward_hook(lambda module, args, out: seen.append(out.item()))
    facts = {name: value for name, value in layer.__dict__.items() if name != "_hooked"}
    twin = Scaled.__new__(Scaled)
    twin.__setstate__(facts)
    twin(torch.ones(1))
    assert seen == [2.0]
