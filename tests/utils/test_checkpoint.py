"""Checkpoints: the gradients are those of a plain call, and the function runs again for them."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.utils.checkpoint import (
    CheckpointError,
    DefaultDeviceType,
    GraphExecGroup,
    checkpoint,
    checkpoint_sequential,
    get_device_states,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
    set_device_states,
)

both_ways = pytest.mark.parametrize("use_reentrant", [True, False])


class Counted:
    """A function that counts its calls and differs from the second on, if told to."""

    def __init__(self, first, later=None):
        self.first, self.later, self.calls = first, later or first, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return (self.first if self.calls == 1 else self.later)(*args, **kwargs)


def with_gradient(call):
    x = torch.ones(2, 3, requires_grad=True)
    out = call(x)
    out.pow(2).sum().backward()
    return out.detach(), x.grad


def noisy(x, scale=1.0):
    return nn.functional.dropout(x.exp() * x, 0.5) * scale


@both_ways
def test_gradients_are_those_of_a_plain_call_random_numbers_included(use_reentrant):
    torch.manual_seed(0)
    expected = with_gradient(noisy)
    after = torch.rand(1)
    torch.manual_seed(0)
    run = Counted(noisy)
    found = with_gradient(lambda x: checkpoint(run, x, use_reentrant=use_reentrant))
    assert all(map(torch.equal, found, expected))
    assert torch.equal(torch.rand(1), after)
    assert run.calls == 2


@both_ways
def test_random_numbers_are_drawn_anew_where_their_state_is_not_preserved(use_reentrant):
    torch.manual_seed(0)
    out, grad = with_gradient(lambda x: checkpoint(lambda x: nn.functional.dropout(x, 0.5) * torch.rand(2, 3), x,
                                                   use_reentrant=use_reentrant, preserve_rng_state=False))
    assert not torch.allclose(grad, 2 * out * out)


@both_ways
def test_checkpoints_may_be_nested(use_reentrant):
    def inner(x):
        return checkpoint(torch.exp, x, use_reentrant=use_reentrant) * x

    expected = with_gradient(lambda x: x.exp() * x)
    found = with_gradient(lambda x: checkpoint(inner, x, use_reentrant=use_reentrant))
    assert all(map(torch.equal, found, expected))


@both_ways
@pytest.mark.parametrize("segments", [1, 2, 3, 5])
def test_a_sequential_is_cut_into_segments(use_reentrant, segments):
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3), nn.Sigmoid(), nn.Linear(3, 2))
    expected = with_gradient(net)
    found = with_gradient(lambda x: checkpoint_sequential(net, segments, x, use_reentrant=use_reentrant))
    assert all(map(torch.equal, found, expected))


def test_the_second_run_stops_when_all_that_is_needed_is_there():
    reached = []

    def run(x):
        out = x.exp()
        reached.append(len(reached))
        return out

    with_gradient(lambda x: checkpoint(run, x, use_reentrant=False))
    assert len(reached) == 1
    with set_checkpoint_early_stop(False):
        with_gradient(lambda x: checkpoint(run, x, use_reentrant=False))
    assert len(reached) == 3


def test_no_more_than_the_inputs_is_kept_until_backward():
    made = []

    def run(x):
        made.append(x.exp())
        return made[-1].sin().cos()

    import gc
    import weakref

    x = torch.ones(3, requires_grad=True)
    out = checkpoint(run, x, use_reentrant=False)
    value = weakref.ref(made.pop())
    gc.collect()
    assert value() is None
    out.sum().backward()


def test_gradients_of_gradients_go_through_a_checkpoint():
    x = torch.ones(2, requires_grad=True)
    out = checkpoint(lambda x: x**3, x, use_reentrant=False)
    (first,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    assert (first.tolist(), second.tolist()) == ([3, 3], [6, 6])


def test_keyword_arguments_are_handed_on():
    assert with_gradient(lambda x: checkpoint(lambda x, k: x * k, x, k=3, use_reentrant=False))[1].tolist() == [[18.0] * 3] * 2
    with pytest.raises(ValueError, match="Unexpected keyword arguments: k"):
        checkpoint(noisy, torch.ones(1), k=3, use_reentrant=True)


@pytest.mark.parametrize("first, later, message", [
    (lambda x: x.exp() * x.sin(), torch.exp, "A different number of tensors was saved"),
    (torch.exp, lambda x: x.exp() * x.sin(), "trying to save more tensors during recomputation"),
    (torch.exp, lambda x: x[:1].exp(), "Recomputed values for the following tensors have different metadata"),
])
def test_a_second_run_that_differs_is_noticed(first, later, message):
    with pytest.raises(CheckpointError, match=message):
        with_gradient(lambda x: checkpoint(Counted(first, later), x, use_reentrant=False, early_stop=False))


def test_debugging_lists_the_ops_of_both_runs():
    differing = Counted(lambda x: x.exp().sin(), torch.exp)
    listed = "original forward: exp, sin\nOperations executed during recomputation: exp"
    with pytest.raises(CheckpointError, match=listed), set_checkpoint_debug_enabled(True):
        with_gradient(lambda x: checkpoint(differing, x, use_reentrant=False))


def test_a_backward_inside_backward_cannot_serve_some_inputs_only():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="incompatible with .grad"):
        torch.autograd.grad(checkpoint(torch.exp, x, use_reentrant=True).sum(), x)


@both_ways
def test_the_second_run_has_the_precision_of_the_first(use_reentrant):
    layer, x = nn.Linear(3, 3), torch.ones(2, 3, requires_grad=True)
    seen = []

    def run(x):
        with torch.autocast("cpu", enabled=False):
            layer(x)
        seen.append(layer(x).dtype)
        return layer(x).exp()

    with torch.autocast("cpu"):
        out = checkpoint(run, x, use_reentrant=use_reentrant)
    out.float().sum().backward()
    assert seen == [torch.bfloat16] * 2
    assert layer(x).dtype == torch.float32


def test_not_saying_which_way_warns():
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed explicitly"):
        checkpoint(torch.exp, torch.ones(1, requires_grad=True))


def test_inputs_without_gradient_are_warned_about():
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        checkpoint(torch.exp, torch.ones(1), use_reentrant=True)


def test_within_a_group_a_function_runs_again_once_for_all_backward_passes():
    run = Counted(lambda x: (x.exp().sum(), x.sin().sum()))
    x = torch.ones(3, requires_grad=True)
    first, second = checkpoint(run, x, use_reentrant=False)
    with GraphExecGroup():
        first.backward()
        second.backward()
    assert run.calls == 2
    assert torch.equal(x.grad, x.exp() + x.cos())


def test_backward_passes_of_one_group_must_not_overlap():
    out = checkpoint(lambda x: x.exp().sum(), torch.ones(3, requires_grad=True), use_reentrant=False)
    with GraphExecGroup():
        out.backward(retain_graph=True)
        with pytest.raises(CheckpointError, match="already unpacked once"):
            out.backward()


def test_groups_do_not_nest():
    with GraphExecGroup(), pytest.raises(RuntimeError, match="cannot be nested"), GraphExecGroup():
        pass


def test_a_list_of_functions_in_one_segment_has_no_checkpoint():
    run = Counted(torch.exp)
    checkpoint_sequential([run, torch.sin], 1, torch.ones(2, requires_grad=True), use_reentrant=False).sum().backward()
    assert run.calls == 1


def test_states_of_the_generators_of_gpus_are_read_where_the_arguments_are():
    assert get_device_states(torch.ones(2), [torch.ones(1)], {"a": 3}) == ([], [])
    set_device_states([], [])
    set_device_states([0], [None], device_type="meta")


def test_the_kind_of_device_that_counts_can_be_chosen():
    before = DefaultDeviceType.get_device_type()
    DefaultDeviceType.set_device_type("xpu")
    assert DefaultDeviceType.get_device_type() == "xpu"
    DefaultDeviceType.set_device_type(before)


def test_an_argument_that_was_written_to_after_the_call_is_noticed():
    y = torch.ones(2, requires_grad=True) * 1
    out = checkpoint(torch.exp, y, use_reentrant=False)
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: an argument of a checkpoint"):
        out.sum().backward()
