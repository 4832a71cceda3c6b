"""`autograd.Function`."""
from __future__ import annotations

import gc
import weakref

import pytest

import flambeau as torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x * x


def test_a_function_gives_its_own_gradient():
    x = torch.tensor([2.0], requires_grad=True)
    y = Cube.apply(x)
    y.backward()
    assert (y.item(), x.grad.item()) == (8.0, 12.0)
    assert y.grad_fn.name() == "CubeBackward"


def test_a_function_can_be_differentiated_twice():
    x = torch.tensor([2.0], requires_grad=True)
    (g,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    assert h.item() == 12.0


def test_a_saved_output_can_be_differentiated_through():
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = torch.tensor([0.5], requires_grad=True)
    (g,) = torch.autograd.grad(Exp.apply(x), x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    assert h.item() == pytest.approx(x.exp().item())


def test_setup_context_is_called_with_inputs_and_output():
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(x, factor):
            return x * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.factor = inputs[1]

        @staticmethod
        def backward(ctx, g):
            return g * ctx.factor, None

    x = torch.tensor([2.0], requires_grad=True)
    Scale.apply(x, 5.0).backward()
    assert x.grad.item() == 5.0


def test_unused_outputs_arrive_as_zeros_or_as_none():
    seen = []

    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, materialize):
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            seen.append(b if b is None else b.item())
            return a * 2, None

    x = torch.tensor([1.0], requires_grad=True)
    Two.apply(x, True)[0].backward()
    Two.apply(x, False)[0].backward()
    assert seen == [0.0, None]


def test_an_input_written_in_place_is_marked_dirty():
    class AddOne(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.add_(1.0)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 7

    x = torch.tensor([1.0], requires_grad=True)
    y = x * 1
    z = AddOne.apply(y)
    assert z is y
    z.backward()
    assert x.grad.item() == 7.0


def test_the_wrong_number_of_gradients_is_an_error():
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, g):
            return g

    x = torch.tensor([1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        Bad.apply(x, x).backward()


def test_a_function_leaves_no_cycle():
    gc.disable()
    try:
        x = torch.tensor([1.0], requires_grad=True)
        y = Cube.apply(x)
        gone = weakref.ref(y)
        y.backward()
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_what_a_function_saved_is_checked_for_writes():
    x = torch.tensor([1.0], requires_grad=True)
    middle = x * 1
    y = Cube.apply(middle)
    middle.add_(1.0)
    with pytest.raises(RuntimeError, match="Cube saved is at version 1"):
        y.backward()
