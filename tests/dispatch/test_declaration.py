"""What a declaration gives: binding of arguments, saving of only what is named, joint rules, several outputs."""
from __future__ import annotations

from collections.abc import Sequence

import pytest

import flambeau as torch
from flambeau.core.tensor import TensorBase as Tensor
from flambeau.dispatch.op import SAME, op, registry


def saved(tensor):
    return tensor.grad_fn.plan.names


def test_a_rule_saves_only_what_it_names_and_only_if_it_will_run():
    x, constant = torch.ones(3, requires_grad=True), torch.ones(3)
    assert saved(x * x) == ("other", "input")
    assert saved(x * constant) == ("other",)
    assert saved(x + constant) == ()
    assert saved(x.exp()) == ("out",)


def test_arguments_are_bound_as_python_binds_them():
    x = torch.ones(2, 3)
    assert torch.sum(x, dim=1).tolist() == torch.sum(x, 1).tolist() == torch.sum(input=x, dim=1).tolist()
    with pytest.raises(TypeError, match=r"sum\(\) got an unexpected keyword argument 'dmi'.*dim"):
        torch.sum(x, dmi=1)
    with pytest.raises(TypeError, match=r"multiple values for argument 'input'"):
        torch.mul(x, x, input=x)
    with pytest.raises(TypeError, match=r"mul\(\) missing required argument 'other'"):
        torch.mul(x)
    with pytest.raises(TypeError, match=r"add\(\) takes 2 positional arguments but 3 were given"):
        torch.add(x, x, 2)


@pytest.fixture
def declared():
    """Ops of this file, taken out of the registry again."""
    before = set(registry)
    yield
    for name in set(registry) - before:
        del registry[name]


def test_a_joint_rule_is_told_what_is_needed(declared):
    asked = []

    def both(g, input, other, needs):
        asked.append(needs)
        return (g * other if needs[0] else None, g * input if needs[1] else None)

    @op(promote=SAME, grad={("input", "other"): both})
    def product(input: Tensor, other: Tensor) -> Tensor:
        return input * other

    x, y = torch.tensor([2.0], requires_grad=True), torch.tensor([3.0])
    product(x, y).backward()
    assert (x.grad.item(), asked) == (3.0, [(True, False)])


def test_an_output_nobody_used_sends_zeros(declared):
    @op(outputs=("low", "high"), grad={"input": lambda g_low, g_high: g_low + g_high * 10})
    def both(input: Tensor) -> tuple[Tensor, Tensor]:
        return input * 1, input * 1

    x = torch.tensor([1.0], requires_grad=True)
    both(x)[1].backward()
    low, high = both(x)
    (low + high).backward()
    assert x.grad.item() == 21.0


def test_a_sequence_argument_gives_each_member_its_gradient(declared):
    @op(promote=SAME, grad={"tensors": lambda g, tensors, scale: [g * scale * i for i, _ in enumerate(tensors, 1)]})
    def weighted(tensors: Sequence[Tensor], scale: float) -> Tensor:
        return sum(scale * i * tensor for i, tensor in enumerate(tensors, 1))

    x, y, z = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0]), torch.tensor([1.0], requires_grad=True)
    weighted([x, y, z], 2.0).backward()
    assert (x.grad.item(), y.grad, z.grad.item()) == (2.0, None, 6.0)
    with pytest.raises(TypeError, match="expected Tensor as element 1 in argument 0"):
        weighted([x, 3.0], 1.0)


def test_a_rule_that_asks_for_what_is_not_there_is_named(declared):
    @op(grad={"input": lambda g, wings: g})
    def flightless(input: Tensor) -> Tensor:
        return input * 1

    with pytest.raises(TypeError, match="the rule of flightless asks for 'wings'"):
        flightless(torch.ones(1, requires_grad=True))


def test_an_op_called_on_arrays_computes_arrays():
    import numpy

    assert isinstance(torch.mul(numpy.ones(2), 3.0), numpy.ndarray)


def test_what_is_too_large_for_a_half_type_is_infinite_without_a_warning():
    assert torch.exp(torch.tensor([20.0], dtype=torch.float16)).tolist() == [float("inf")]
