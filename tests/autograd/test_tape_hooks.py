"""Hooks on tensors and nodes."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_a_hook_replaces_the_gradient_of_a_leaf():
    x = torch.tensor([1.0], requires_grad=True)
    handle = x.register_hook(lambda g: g * 10)
    (x * 2).backward()
    assert x.grad.item() == 20.0
    handle.remove()
    (x * 2).backward()
    assert x.grad.item() == 22.0


def test_a_hook_in_the_middle_acts_on_what_lies_before_it():
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * 3)
    (y * 5).backward()
    assert x.grad.item() == 30.0


def test_a_hook_runs_once_with_the_whole_gradient():
    seen = []
    x = torch.tensor([1.0], requires_grad=True)
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5.0]


def test_retain_grad_keeps_the_gradient_that_hooks_left():
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 3)
    (y * 5).backward()
    assert y.retains_grad
    assert y.grad.item() == 15.0


def test_a_hook_after_accumulation_sees_the_new_grad():
    seen = []
    x = torch.tensor([1.0], requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda leaf: seen.append(leaf.grad.item()))
    (x * 2).backward()
    assert seen == [2.0]


def test_hooks_of_nodes_see_gradients_on_both_sides():
    seen = []
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 4
    y.grad_fn.register_hook(lambda sent, arrived: seen.append((sent[0].item(), arrived[0].item())))
    y.grad_fn.register_prehook(lambda arrived: (arrived[0] * 2,))
    y.backward()
    assert seen == [(8.0, 2.0)]
    assert x.grad.item() == 8.0


def test_a_constant_takes_no_hook():
    with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"):
        torch.tensor([1.0]).register_hook(print)


def test_hooks_see_recorded_gradients_under_create_graph():
    x = torch.tensor([2.0], requires_grad=True)
    x.register_hook(lambda g: g * x)
    (x * x).backward(create_graph=True)
    assert x.grad.requires_grad


WRONG_HOOKS = {
    "a number": (lambda g: 5, TypeError, "expected Variable, but hook returned 'int'"),
    "another shape": (lambda g: torch.ones(3), RuntimeError, "has changed the size of value"),
    "another dtype": (lambda g: g.double(), RuntimeError, "has changed the type of value"),
}


@pytest.mark.parametrize(("hook", "error", "message"), WRONG_HOOKS.values(), ids=WRONG_HOOKS)
def test_a_hook_that_returns_no_gradient_for_its_tensor_is_an_error(hook, error, message):
    x = torch.ones(2, requires_grad=True)
    x.register_hook(hook)
    with pytest.raises(error, match=message):
        (x * 2).sum().backward()
    assert x.grad is None


def test_a_retained_gradient_is_that_of_the_tensor_after_a_write():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    assert y.retains_grad
    assert y.grad.tolist() == [1.0, 1.0]


def test_a_nodes_hook_sees_none_for_an_input_that_needs_no_gradient():
    seen = []
    x = torch.ones(2, requires_grad=True)
    y = x * torch.ones(2)
    y.grad_fn.register_hook(lambda sent, arrived: seen.append(sent))
    y.sum().backward()
    assert [g is None for g in seen[0]] == [False, True]
    assert y.grad_fn.next_functions[1] == (None, 0)


def test_a_nodes_hook_must_return_a_tuple_of_as_many():
    for returned, error in ((5, TypeError), ((torch.ones(2),), RuntimeError)):
        y = torch.ones(2, requires_grad=True) * torch.ones(2)
        y.grad_fn.register_hook(lambda sent, arrived, returned=returned: returned)
        with pytest.raises(error):
            y.sum().backward()


def test_the_end_of_the_tape_is_one_node_that_takes_hooks():
    log = []
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    end = y.grad_fn.next_functions[0][0]
    assert type(end).__name__ == "AccumulateGrad"
    assert end is (x + 1).grad_fn.next_functions[0][0]
    end.register_prehook(lambda arrived: (arrived[0] * 5,))
    end.register_hook(lambda sent, arrived: log.append((sent, x.grad.tolist())))
    y.sum().backward()
    assert log == [((), [10.0, 10.0])]


def test_hooks_at_the_end_of_the_tape_go_with_the_tape():
    log = []
    x = torch.ones(2, requires_grad=True)
    (x * 2).grad_fn.next_functions[0][0].register_hook(lambda sent, arrived: log.append(1))
    x.sum().backward()
    assert log == []


def test_a_nodes_class_has_the_name_of_its_op():
    assert type((torch.ones(2, requires_grad=True) * 2).grad_fn).__name__ == "MulBackward0"
