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
