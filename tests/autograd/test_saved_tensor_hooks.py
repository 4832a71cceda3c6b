"""`autograd.graph`: hooks on what the tape saves, and on several gradients at once."""
from __future__ import annotations

import threading

import numpy
import pytest

import flambeau as torch
from flambeau.autograd import graph


def halved_and_doubled():
    seen = []

    def pack(tensor):
        seen.append(tensor.clone())
        return tensor.detach().numpy() / 2

    return graph.saved_tensors_hooks(pack, lambda kept: torch.as_tensor(kept * 2)), seen


def test_backward_works_with_what_unpack_returns():
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
    hooks, seen = halved_and_doubled()
    with hooks:
        out = (x * y).sum()
    out.backward()
    assert sorted(tensor.tolist() for tensor in seen) == [[1.0, 2.0], [3.0, 4.0]]
    assert x.grad.tolist() == [3.0, 4.0] and y.grad.tolist() == [1.0, 2.0]


def test_each_saved_output_and_list_of_tensors_goes_through_the_hooks():
    x = torch.tensor([0.5, -0.5], requires_grad=True)
    hooks, seen = halved_and_doubled()
    with hooks:
        joined = torch.stack([x.exp(), x.tanh()])
    torch.autograd.backward(joined.sum())
    numpy.testing.assert_allclose(x.grad.numpy(), numpy.exp([0.5, -0.5]) + 1 - numpy.tanh([0.5, -0.5]) ** 2, rtol=1e-6)
    assert len(seen) == 2


def test_gradients_of_gradients_reach_through_unpacked_values():
    x = torch.tensor(2.0, requires_grad=True)
    hooks, _ = halved_and_doubled()
    with hooks:
        y = x * x * x
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    (bend,) = torch.autograd.grad(slope, x)
    assert (slope.item(), bend.item()) == (12.0, 12.0)


def test_an_inplace_write_hands_the_hooks_the_values_before_it():
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    with graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
        y = x * 1
        z = y * 1
        z.mul_(y)
    z.sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


def test_a_functions_saved_tensors_go_through_the_hooks():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    x = torch.tensor(2.0, requires_grad=True)
    hooks, seen = halved_and_doubled()
    with hooks:
        y = Cube.apply(x)
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    (bend,) = torch.autograd.grad(slope, x)
    assert len(seen) == 1
    assert (slope.item(), bend.item()) == (12.0, 12.0)


def test_the_innermost_hooks_are_asked():
    asked = []

    def naming(name):
        return graph.saved_tensors_hooks(lambda tensor: asked.append(name) or tensor, lambda tensor: tensor)

    x = torch.ones(2, requires_grad=True)
    with naming("outer"):
        x.exp()
        with naming("inner"):
            x.exp()
    x.exp()
    assert asked[:2] == ["outer", "inner"]


def test_hooks_of_one_thread_leave_the_others_alone():
    seen = []
    x = torch.ones(2, requires_grad=True)
    with graph.saved_tensors_hooks(lambda tensor: seen.append(1) or tensor, lambda tensor: tensor):
        other = threading.Thread(target=lambda: x.exp().sum().backward())
        other.start()
        other.join()
    assert seen == []
    assert x.grad is not None


def test_a_pack_hook_that_writes_to_its_tensor_is_refused():
    x = torch.ones(2, requires_grad=True)
    with graph.saved_tensors_hooks(lambda tensor: tensor.mul_(2), lambda tensor: tensor), \
            pytest.raises(RuntimeError, match="pack hook is modifying its input in place"):
        x.exp()


def test_an_unpack_hook_must_return_a_tensor():
    x = torch.ones(2, requires_grad=True)
    with graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: 7):
        y = x.exp().sum()
    with pytest.raises(TypeError, match="unpack_hook expected to be a Tensor but got result of type int"):
        y.backward()


def test_disabled_hooks_say_why():
    with graph.disable_saved_tensors_hooks("not in here"), pytest.raises(RuntimeError, match="not in here"), \
            graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
        pass


def test_saved_tensors_may_be_overwritten_where_that_is_allowed():
    x = torch.ones(2, requires_grad=True)
    with graph.allow_mutation_on_saved_tensors():
        y = x * 2
        z = y * y
        y.zero_()
        z.sum().backward()
    assert x.grad.tolist() == [8.0, 8.0]


def test_tensors_saved_on_the_cpu_come_back():
    x = torch.ones(2, requires_grad=True)
    with graph.save_on_cpu():
        y = x.exp().sum()
    y.backward()
    numpy.testing.assert_allclose(x.grad.numpy(), [numpy.e] * 2, rtol=1e-6)


def test_a_hook_on_several_gradients_is_called_once_with_all():
    a, b, c = (torch.ones(2, requires_grad=True) for _ in range(3))
    got = []
    handle = graph.register_multi_grad_hook([a, b, c], got.append)
    (a * 2 + b * 3).sum().backward()
    assert [None if g is None else g.tolist() for g in got[0]] == [[2.0, 2.0], [3.0, 3.0], None]
    handle.remove()
    (a + c).sum().backward()
    assert len(got) == 1


def test_a_hook_on_any_gradient_is_called_with_the_first():
    a, b = (torch.ones(2, requires_grad=True) for _ in range(2))
    got = []
    graph.register_multi_grad_hook([a * 1, b], got.append, mode="any")
    for _ in range(2):
        (a * 2 + b).sum().backward()
    assert [g.tolist() for g in got] == [[1.0, 1.0], [1.0, 1.0]]


def test_a_gradient_edge_names_the_entry_and_the_output():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    edge = graph.get_gradient_edge(y)
    assert edge.node is y.grad_fn
    assert edge.output_nr == 0
    with pytest.raises(RuntimeError, match="does not require gradients"):
        graph.get_gradient_edge(torch.ones(2))
