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


class Doubled(torch.autograd.Function):
    """Writes twice its input over the input; its gradient is 10 times what arrives, to be told apart."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return g * 10


def test_a_view_that_a_function_wrote_to_hands_its_gradient_to_the_base():
    x = torch.ones(3, requires_grad=True)
    y = x * 1
    Doubled.apply(y[:2])
    y.sum().backward()
    assert x.grad.tolist() == [10.0, 10.0, 1.0]


def test_a_leaf_that_needs_its_value_cannot_be_marked_dirty():
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad has been used in an in-place operation"):
        Doubled.apply(torch.ones(2, requires_grad=True))


def test_a_write_in_a_function_is_noticed_by_who_saved_the_value():
    y, w = torch.ones(2), torch.ones(2, requires_grad=True)
    z = y * w
    Doubled.apply(y)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_what_is_marked_dirty_must_be_returned():
    class Forgetful(Doubled):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x * 2

    with pytest.raises(RuntimeError, match="marked as dirty during the forward method were not returned"):
        Forgetful.apply(torch.ones(2))


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k=3):
        ctx.k = k
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None


def test_an_input_returned_as_it_is_cannot_be_written_to():
    x = torch.ones(2, requires_grad=True)
    y = Same.apply(x)
    assert y._is_view()
    with pytest.raises(RuntimeError, match="custom Function"):
        y.mul_(2.0)
    assert x.tolist() == [1.0, 1.0]


def test_a_tensor_given_by_name_gets_its_gradient():
    x = torch.ones(2, requires_grad=True)
    Same.apply(k=5, x=x).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_what_forward_left_in_ctx_is_found_at_grad_fn():
    x = torch.ones(2, requires_grad=True)
    node = Same.apply(x).grad_fn
    assert node.k == 3
    assert node.saved_tensors[0] is x
    assert type(node).__name__ == node.name() == "SameBackward"
    with pytest.raises(AttributeError):
        _ = node.nothing


WRONG_GRADIENTS = {
    "a number": (lambda g: (5, None), "expected Variable or None"),
    "one for a number": (lambda g: (g, g), "not a Variable"),
    "a number of dims too few": (lambda g: (g.sum(), None), "does not fit"),
    "a size that cannot stretch": (lambda g: (g[:1], None), "does not fit"),
}


@pytest.mark.parametrize(("backward", "message"), WRONG_GRADIENTS.values(), ids=WRONG_GRADIENTS)
def test_a_gradient_that_is_none_is_a_runtime_error(backward, message):
    wrong = type("Wrong", (Same,), {"backward": staticmethod(lambda ctx, g: backward(g))})
    with pytest.raises(RuntimeError, match=message):
        wrong.apply(torch.ones(2, requires_grad=True), 2).sum().backward()


def test_only_tensors_are_saved_for_backward():
    class Odd(Same):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(5)
            return x * 1

    with pytest.raises(TypeError, match="save_for_backward can only save variables"):
        Odd.apply(torch.ones(2, requires_grad=True))


def test_vjp_is_another_name_of_backward():
    class Named(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vjp(ctx, g):
            return g * 2

    x = torch.ones(2, requires_grad=True)
    Named.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
