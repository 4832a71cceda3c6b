"""What is recorded, how it is walked back, and when it is refused."""
from __future__ import annotations

import gc
import math
import weakref

import pytest

import flambeau as torch
from flambeau import autograd


def test_gradients_add_up_over_uses_and_over_passes():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * x + x).sum().backward()
    (x * 3.0).sum().backward()
    assert x.grad.tolist() == [6.0, 8.0]


def test_two_leaves_never_share_one_gradient():
    a, b = (torch.tensor([1.0], requires_grad=True) for _ in range(2))
    (a + b).backward()
    a.grad.add_(5.0)
    assert b.grad.item() == 1.0


def test_the_gradient_given_by_the_user_is_not_taken_over():
    x, g = torch.tensor([1.0], requires_grad=True), torch.tensor([2.0])
    x.clone().backward(g)
    x.grad.zero_()
    assert g.item() == 2.0


def test_a_second_pass_needs_retain_graph():
    x = torch.tensor([1.0], requires_grad=True)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 4.0
    with pytest.raises(RuntimeError, match="backward through the graph a second time.*retain_graph=True"):
        y.backward()


def test_a_vector_needs_a_gradient_to_go_back_from():
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        torch.tensor([1.0, 2.0], requires_grad=True).backward()


def test_a_constant_has_no_way_back():
    with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
        torch.tensor([1.0]).backward()


def test_a_gradient_of_another_shape_is_refused():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Mismatch in shape: grad_output.*\[3\].*\[2\]"):
        (x * 2).backward(torch.ones(3))


def test_nothing_is_recorded_under_no_grad():
    x = torch.tensor([1.0], requires_grad=True)
    with torch.no_grad():
        y = x * 2
        with torch.enable_grad():
            z = x * 2
    assert not y.requires_grad
    assert z.requires_grad


def test_no_grad_decorates_functions_and_generators():
    x = torch.tensor([1.0], requires_grad=True)

    @torch.no_grad()
    def double(v):
        return v * 2

    @torch.no_grad
    def each(v):
        yield v * 2
        yield v * 3

    assert not double(x).requires_grad
    flags = []
    for value in each(x):
        flags.append((value.requires_grad, torch.is_grad_enabled()))
    assert flags == [(False, True), (False, True)]


def test_a_decorated_generator_gets_what_is_thrown_into_it_and_what_is_sent():
    seen = []

    @torch.no_grad()
    def listening():
        try:
            seen.append((yield 1))
            yield 2
        except ValueError:
            yield 3
        finally:
            seen.append(torch.is_grad_enabled())

    generator = listening()
    assert [next(generator), generator.send("sent"), generator.throw(ValueError()), next(generator, 4)] == [1, 2, 3, 4]
    assert seen == ["sent", False]
    generator = listening()
    next(generator)
    generator.close()
    assert seen == ["sent", False, False]


def test_set_grad_enabled_acts_at_once_and_in_a_block():
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    with torch.set_grad_enabled(False):
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_grad_returns_gradients_and_leaves_grad_alone():
    x = torch.tensor([3.0], requires_grad=True)
    y = x * x
    (g,) = autograd.grad(y, x)
    assert (g.item(), x.grad) == (6.0, None)


def test_grad_reaches_tensors_in_the_middle():
    x = torch.tensor([3.0], requires_grad=True)
    middle = x * 2
    out = middle * middle
    assert autograd.grad(out, [middle, x], retain_graph=True)[0].item() == 12.0
    assert [g.item() for g in autograd.grad(out, [middle, x])] == [12.0, 24.0]


def test_grad_names_an_unused_input_unless_it_is_allowed():
    x, y = (torch.tensor([1.0], requires_grad=True) for _ in range(2))
    with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
        autograd.grad(x * 2, [y])
    assert autograd.grad(x * 2, [y], allow_unused=True) == (None,)
    assert autograd.grad(x * 2, [y], materialize_grads=True)[0].tolist() == [0.0]


def test_backward_to_chosen_inputs_touches_no_other_leaf():
    x, y = (torch.tensor([1.0], requires_grad=True) for _ in range(2))
    (x * y).backward(inputs=[x])
    assert (x.grad.item(), y.grad) == (1.0, None)


def test_gradients_of_gradients():
    x = torch.tensor([2.0], requires_grad=True)
    (g,) = autograd.grad(x * x * x, x, create_graph=True)
    (h,) = autograd.grad(g, x, create_graph=True)
    (third,) = autograd.grad(h, x)
    assert (g.item(), h.item(), third.item()) == (12.0, 12.0, 6.0)


def test_a_million_ops_deep_is_no_deeper_than_one():
    x = torch.tensor([1.0], requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    assert x.grad.item() == 1.0


def test_the_tape_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        x = torch.tensor([1.0], requires_grad=True)
        y = (x * 2).exp()
        z = y.reshape(1, 1) * y
        gone = [weakref.ref(tensor) for tensor in (y, z)]
        z.sum().backward()
        del y, z
        assert [ref() for ref in gone] == [None, None]
    finally:
        gc.enable()


def test_a_leaf_keeps_its_dtype_in_its_gradient():
    x = torch.tensor([1.0], dtype=torch.float16, requires_grad=True)
    (x * torch.tensor([2.0])).sum().backward()
    assert x.grad.dtype == torch.float16


def test_broadcasting_is_undone():
    x = torch.ones(3, 1).requires_grad_()
    (x * torch.ones(2, 3, 4)).sum().backward()
    assert x.grad.tolist() == [[8.0]] * 3


def test_integers_cannot_require_gradients():
    with pytest.raises(RuntimeError, match="only Tensors of floating point and complex dtype can require gradients"):
        torch.tensor([1]).requires_grad_()


def test_the_flag_of_a_computed_tensor_is_fixed():
    y = torch.tensor([1.0], requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="you can only change requires_grad flags of leaf variables"):
        y.requires_grad = False


def test_grad_fn_knows_its_name_and_what_came_before():
    x = torch.tensor([1.0], requires_grad=True)
    y = (x * 2) + 1
    assert y.grad_fn.name() == "AddBackward0"
    assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"
    assert y.grad_fn.next_functions[0][0].next_functions[0][0].variable is x


def test_an_error_in_a_rule_is_not_swallowed():
    class Broken(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Broken.apply(torch.tensor([1.0], requires_grad=True)).backward()


def test_a_node_that_saved_no_tensor_may_be_walked_twice():
    x = torch.ones(2, requires_grad=True)
    y = x.sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_power_has_as_many_derivatives_as_asked_for():
    x = torch.tensor(3.0, requires_grad=True)
    y = x ** 3
    found = []
    for _ in range(4):
        y, = autograd.grad(y, x, create_graph=True)
        found.append(y.item())
    assert found == [27.0, 18.0, 6.0, 0.0]


def test_a_complex_number_has_no_implied_gradient():
    z = torch.tensor([1 + 2j], requires_grad=True)
    with pytest.raises(RuntimeError, match="only for real scalar outputs"):
        z.sum().backward()


def test_a_tensor_is_not_its_own_gradient():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="own grad"):
        x.grad = x


BAD_REQUESTS = {
    "no inputs": (lambda x: autograd.grad(x.sum(), []), RuntimeError),
    "a word": (lambda x: autograd.grad(x.sum(), "x"), RuntimeError),
    "a constant to reach": (lambda x: x.sum().backward(inputs=[torch.ones(2)]), RuntimeError),
    "zeros for the unused, which is forbidden":
        (lambda x: autograd.grad(x.sum(), x, allow_unused=False, materialize_grads=True), ValueError),
}


@pytest.mark.parametrize(("ask", "error"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_request_that_makes_no_sense_is_refused(ask, error):
    with pytest.raises(error):
        ask(torch.ones(2, requires_grad=True))


def test_rows_of_gradients_give_rows_of_results():
    x, unused = torch.tensor([1.0, 2.0, 3.0], requires_grad=True), torch.ones(1, requires_grad=True)
    jacobian, nothing = autograd.grad(x ** 2, [x, unused], torch.eye(3), is_grads_batched=True, allow_unused=True)
    assert jacobian.tolist() == [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]]
    assert nothing is None


def test_rows_of_gradients_can_be_differentiated():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    jacobian, = autograd.grad(x ** 3, x, torch.eye(2), is_grads_batched=True, create_graph=True)
    assert autograd.grad(jacobian.sum(), x)[0].tolist() == [6.0, 12.0]


def test_rows_of_gradients_must_fit_the_output():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="first dimension of each grad_output as the batch dimension"):
        autograd.grad(x ** 2, x, torch.eye(4), is_grads_batched=True)


def test_edges_stand_for_tensors():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = y * y
    edge = autograd.graph.get_gradient_edge
    assert [g.tolist() for g in autograd.grad(z.sum(), [edge(y), edge(x)], retain_graph=True)] == [[4.0, 4.0], [8.0, 8.0]]
    assert autograd.grad(edge(z), x, torch.ones(2))[0].tolist() == [8.0, 8.0]


def test_gradients_without_dims_that_meet_stay_arrays():
    x = torch.tensor(0.25, requires_grad=True)
    y = x.logaddexp(x)
    view = y.view_as(x)
    view.sqrt_()
    torch.autograd.backward([y, view], [torch.ones(()), torch.ones(())])
    assert x.grad.item() == pytest.approx(1 / (0.25 + math.log(2)) ** 0.5)


def test_a_mask_that_was_written_to_is_named():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    mask = torch.tensor([True, False])
    y = x.tan()
    y[mask] = 1.0
    mask.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation.*array of bool"):
        y.sum().backward()
