"""`grad`, `vjp`, `jvp` and what is made of them: results that forget how they came, and refusals."""
from __future__ import annotations

from typing import Any

import pytest

import flambeau
from flambeau import func

X = flambeau.arange(4.0)


def test_results_are_off_the_tape_unless_something_outside_needs_their_gradient() -> None:
    w = flambeau.tensor(2.0, requires_grad=True)
    assert not func.grad(lambda x: x.sin().sum())(X).requires_grad
    assert not func.jvp(flambeau.sin, (X,), (X,))[1].requires_grad
    assert not func.vjp(flambeau.sin, X)[0].requires_grad
    found = func.grad(lambda x: (x * w).sin().sum())(X)
    found.sum().backward()
    assert w.grad.item() == pytest.approx(sum(float((x * 2).cos() - x * 2 * (x * 2).sin()) for x in X), abs=1e-5)


def test_nothing_is_added_to_the_grad_of_what_was_given() -> None:
    x = X.clone().requires_grad_()
    func.grad(lambda x: x.sum())(x)
    func.jacrev(flambeau.sin)(x)
    assert x.grad is None


def test_an_argument_that_is_not_used_has_zeros() -> None:
    assert func.grad(lambda x, y: x.sum(), argnums=(0, 1))(X, X)[1].tolist() == [0.0] * 4
    assert func.jvp(lambda x: flambeau.ones(2), (X,), (X,))[1].tolist() == [0.0, 0.0]


def test_a_gradient_is_taken_within_no_grad_but_not_recorded() -> None:
    x = X.clone().requires_grad_()
    with flambeau.no_grad():
        found = func.grad(lambda x: (x ** 2).sum())(x)
    assert found.tolist() == (X * 2).tolist()
    assert not found.requires_grad


def test_a_function_may_write_into_its_argument() -> None:
    assert func.grad(lambda x: x.mul_(x.detach() + 1).sum())(X.clone()).tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: func.grad(lambda x: x)(X), RuntimeError, "Expected f\\(\\*args\\) to return a scalar tensor, got tensor with 1 "
                                                      "dims"),
    (lambda: func.grad(lambda x: 3.0)(X), RuntimeError, "got object of type float"),
    (lambda: func.grad(lambda x: x.sum(), argnums=1)(X), RuntimeError, "Got argnum=1, but only 1 positional inputs"),
    (lambda: func.grad(lambda x: x.sum(), argnums=())(X), RuntimeError, "argnums must be"),
    (lambda: func.grad(lambda x, y: x.sum(), argnums=(0, -2))(X, X), RuntimeError, "unique"),
    (lambda: func.grad(lambda x: x.sum())(flambeau.arange(3)), RuntimeError, "floating point"),
    (lambda: func.grad(lambda x: x.sum(), has_aux=True)(X), RuntimeError, "has_aux"),
    (lambda: func.jvp(lambda x: x, (X,), (X[:2],)), RuntimeError, "tangent of shape"),
    (lambda: func.jvp(lambda x: x, X, X), RuntimeError, "tuple"),
    (lambda: func.jvp(lambda x: X, (X,), (X,), strict=True), RuntimeError, "strict"),
    (lambda: func.vjp(lambda x: (x, x), X)[1](X), RuntimeError, "structure of cotangents"),
    (lambda: func.vjp(lambda x: x, X)[1](X[:2]), RuntimeError, "cotangent of shape"),
    (lambda: func.jacrev(lambda x: x, chunk_size=0), ValueError, "chunk_size"),
    (lambda: func.functionalize(lambda x: x, remove="views"), RuntimeError, "invalid argument for remove"),
    (lambda: func.rearrange(X, "a -> b"), ValueError, "only on one side"),
    (lambda: func.rearrange(X, "a b -> b a"), ValueError, "for 2 dims, but the tensor has 1"),
    (lambda: func.rearrange(X, "(a b) -> b a"), ValueError, "cannot tell the sizes"),
    (lambda: func.rearrange(X, "(a b) -> b a", a=3), ValueError, "does not divide"),
    (lambda: flambeau.autograd.forward_ad.make_dual(X, X), RuntimeError, "no level exists"),
    (lambda: flambeau.autograd.functional.vjp(lambda x: x, X), RuntimeError, "can only be None if"),
    (lambda: flambeau.autograd.functional.jacobian(lambda x: 1, X), TypeError, "must be either a Tensor"),
    (lambda: flambeau.autograd.functional.jacobian(lambda x: flambeau.ones(1), X, strict=True), RuntimeError, "strict mode"),
    (lambda: flambeau.autograd.functional.hessian(lambda x: x, X), RuntimeError, "single element"),
])
def test_bad_input_is_refused_with_pytorchs_class_and_reason(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_batch_norm_without_statistics_runs_for_each_example() -> None:
    net = func.replace_all_batch_norm_modules_(flambeau.nn.Sequential(flambeau.nn.BatchNorm1d(2)))
    x = flambeau.randn(3, 5, 2)
    want = flambeau.stack([net(each) for each in x])
    assert flambeau.allclose(func.vmap(net)(x), want, atol=1e-6)
    assert net[0].running_mean is None


def test_a_level_of_dual_tensors_ends_with_its_block() -> None:
    forward = flambeau.autograd.forward_ad
    with forward.dual_level():
        dual = forward.make_dual(X, X)
        with pytest.raises(RuntimeError, match="Nested"):
            forward.enter_dual_level()
    assert forward.unpack_dual(dual).tangent is None
    with pytest.raises(RuntimeError, match="exit"):
        forward.exit_dual_level()


def test_forward_mode_follows_a_running_logarithm_of_sums() -> None:
    x = flambeau.tensor([[1.0, -2.0, 3.0], [0.0, 800.0, -800.0]], dtype=flambeau.float64)
    values, slopes = func.jvp(lambda x: flambeau.logcumsumexp(x, 1), (x,), (flambeau.tensor([[1.0, 0.0, 0.0]] * 2).double(),))
    assert slopes[0].tolist() == pytest.approx((flambeau.exp(x[0, 0] - values[0])).tolist())
    assert slopes[1].tolist() == [1, 0, 0]
