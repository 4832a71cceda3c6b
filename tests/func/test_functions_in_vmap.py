"""A user's `Function` inside of `vmap`, with a `vmap` of its own or without."""
from __future__ import annotations

from typing import Any

import pytest

import flambeau as torch
from flambeau.autograd import Function
from flambeau.func import grad, jacrev, vmap

X = torch.arange(6.0).reshape(2, 3) / 3


class Multiplied(Function):
    """A product that leaves the ops of this library: it needs a `vmap` of its own."""

    seen: list[Any] = []

    @staticmethod
    def forward(x: Any, y: Any) -> Any:
        return torch.tensor(x.detach().numpy() * y.detach().numpy())

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(inputs[0])

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, y = ctx.saved_tensors
        return Multiplied.apply(g, y), Multiplied.apply(g, x)

    @staticmethod
    def vmap(info: Any, in_dims: Any, x: Any, y: Any) -> Any:
        Multiplied.seen.append((info.batch_size, info.randomness, in_dims))
        x = x.unsqueeze(-1) if in_dims[0] is None else x.movedim(in_dims[0], -1)
        y = y.unsqueeze(-1) if in_dims[1] is None else y.movedim(in_dims[1], -1)
        return Multiplied.apply(x, y), -1


class Squared(Function):
    """Made of ops: the forward sees one example."""

    @staticmethod
    def forward(x: Any) -> Any:
        return x * x

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return 2 * ctx.saved_tensors[0] * g


def test_its_vmap_gets_the_tensors_of_all_examples() -> None:
    Multiplied.seen.clear()
    assert torch.equal(vmap(Multiplied.apply, in_dims=(0, None))(X, X[0]), X * X[0])
    assert Multiplied.seen == [(2, "error", (0, None))]


def test_it_is_called_in_a_gradient_of_each_example_and_in_that_of_all() -> None:
    assert torch.allclose(vmap(grad(lambda x: Multiplied.apply(x, x).sum()))(X), 2 * X)
    assert torch.allclose(grad(lambda x: vmap(lambda one: Multiplied.apply(one, one))(x).sum())(X), 2 * X)


def test_vmaps_in_each_other_call_it_once_for_each() -> None:
    Multiplied.seen.clear()
    assert torch.equal(vmap(vmap(lambda x: Multiplied.apply(x, x)))(X), X * X)
    assert [size for size, *_ in Multiplied.seen] == [3, 2]


def test_what_the_examples_share_gets_the_sum_of_their_gradients() -> None:
    found = grad(lambda w: vmap(lambda x: Multiplied.apply(x, w))(X).sum())(torch.ones(3))
    assert torch.allclose(found, X.sum(0))


def test_jacobians_go_through_it() -> None:
    assert torch.allclose(jacrev(lambda x: Multiplied.apply(x, x))(X[1]), torch.diag(2 * X[1]))


def test_without_a_vmap_the_forward_sees_one_example() -> None:
    assert torch.equal(vmap(Squared.apply)(X), X * X)
    assert torch.allclose(vmap(grad(lambda x: Squared.apply(x).sum()))(X), 2 * X)
    found = grad(lambda w: vmap(lambda x: Squared.apply(x * w))(X).sum())(torch.ones(3))
    assert torch.allclose(found, 2 * (X * X).sum(0))


def test_an_argument_that_is_written_to_in_place_comes_out_as_itself() -> None:
    class Raised(Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x.add_(1)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.mark_dirty(inputs[0])

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return Raised.apply(x), in_dims[0]

    assert torch.equal(vmap(lambda x: Raised.apply(x.clone()))(X), X + 1)


def test_a_vmap_beside_one_to_be_derived_is_refused() -> None:
    class Both(Multiplied):
        generate_vmap_rule = True

    with pytest.raises(RuntimeError, match="avoid ambiguity"):
        vmap(Both.apply)(X, X)


def test_a_vmap_says_where_its_examples_lie() -> None:
    class Silent(Squared):
        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return x

    with pytest.raises(RuntimeError, match="two returns"):
        vmap(Silent.apply)(X)


def test_outputs_that_are_no_tensors_or_are_shared_need_no_dim() -> None:
    class Scaled(Function):
        @staticmethod
        def forward(x: Any, factor: float) -> Any:
            return x * factor, factor

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any, factor: float) -> Any:
            return Scaled.apply(x, factor), (in_dims[0], None)

    assert torch.equal(vmap(lambda x: Scaled.apply(x, 3.0)[0])(X), 3 * X)
