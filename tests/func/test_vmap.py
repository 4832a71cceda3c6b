"""`vmap`: what it takes, what it refuses, and what it costs."""
from __future__ import annotations

import re
from typing import Any

import numpy
import pytest

import flambeau
from flambeau import func
from flambeau.func import grad, vmap

X = flambeau.arange(6.0).reshape(3, 2)

REFUSED: list[tuple[Any, tuple[Any, ...], type[Exception], str]] = [
    (vmap(flambeau.sum), (), ValueError, "got no inputs"),
    (vmap(flambeau.sum, in_dims="a"), (X,), ValueError, "expected `in_dims` to be int or a (potentially nested) tuple"),
    (vmap(flambeau.add, in_dims=(0,)), (X, X), ValueError, "in_dims is not compatible with the structure of `inputs`"),
    (vmap(flambeau.add, in_dims=(0, 0)), (X, 2.0), ValueError, "We cannot vmap over non-Tensor arguments"),
    (vmap(flambeau.sum, in_dims=2), (X,), ValueError, "Tensor of dimensionality 2 so expected in_dim to satisfy -2 <= "
                                                      "in_dim < 2"),
    (vmap(flambeau.sum, in_dims=0.5), (X,), ValueError, "expected `in_dims` to be int"),
    (vmap(flambeau.add), (X, X[:2]), ValueError, "got sizes [3, 2] for the mapped dimension"),
    (vmap(lambda x: 1), (X,), ValueError, "must only return Tensors, got type <class 'int'>"),
    (vmap(lambda x: x, out_dims=(0, 0)), (X,), ValueError, "out_dims is not compatible with the structure of `outputs`"),
    (vmap(lambda x: x, out_dims=5), (X,), IndexError, "out_dims"),
    (vmap(lambda x: x.sum().item()), (X,), RuntimeError, "calling .item() on a Tensor"),
    (vmap(lambda x: x if x.sum() > 0 else -x), (X,), RuntimeError, "vmap: "),
    (vmap(lambda x: x[x > 1]), (X,), RuntimeError, "use torch.where()"),
    (vmap(lambda x: x + flambeau.randn(2)), (X,), RuntimeError, "called random operation while in randomness error mode"),
    (vmap(lambda x: flambeau.zeros(2).add_(x)), (X,), RuntimeError, "torch.zeros_like(x)"),
    (vmap(lambda x: x.nonzero()), (flambeau.ones(2, 2).triu(),), RuntimeError, "vmap: "),
]


@pytest.mark.parametrize(("function", "args", "error", "words"), REFUSED)
def test_bad_input_is_refused_with_pytorchs_class_and_reason(function: Any, args: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        function(*args)


def test_a_strange_randomness_or_chunk_size_is_refused_at_once() -> None:
    with pytest.raises(RuntimeError, match="Only allowed values for randomness"):
        vmap(flambeau.sum, randomness="maybe")
    with pytest.raises(ValueError, match="chunk_size should be None or greater than 0"):
        vmap(flambeau.sum, chunk_size=0)


def test_nothing_is_left_behind_by_a_function_that_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        vmap(lambda x: 1 / 0)(X)  # noqa: B018
    assert flambeau.randn(2).shape == (2,)  # no vmap runs


def test_a_matrix_product_with_shared_weights_is_one_product() -> None:
    calls: list[Any] = []
    op = flambeau.matmul.op
    body, kernels = op.body, op.kernels
    op.body, op.kernels = lambda *args: calls.append(args) or body(*args), {}
    try:
        vmap(lambda x: x @ flambeau.ones(2, 4))(X)
        vmap(lambda x: flambeau.ones(4, 2) @ x)(X)
    finally:
        op.body, op.kernels = body, kernels
    assert len(calls) == 2


def test_a_function_sees_one_example_and_its_shape_strides_and_dtype() -> None:
    seen: list[Any] = []
    vmap(lambda x: seen.append((x.shape, x.stride(), x.dtype, x.ndim, x.numel(), len(x), x.device.type)) or x, in_dims=1)(X)
    assert seen == [((3,), (2,), flambeau.float32, 1, 3, 3, "cpu")]


def test_gradients_go_through_vmap_to_what_it_was_given_and_to_what_it_uses() -> None:
    x, w = X.clone().requires_grad_(), flambeau.tensor([2.0, 3.0], requires_grad=True)
    vmap(lambda a: (a * w).sum())(x).sum().backward()
    assert x.grad.tolist() == [[2.0, 3.0]] * 3
    assert w.grad.tolist() == [6.0, 9.0]


def test_a_write_into_an_example_is_a_write_into_the_batch() -> None:
    batch = X.clone()
    vmap(lambda x: x.mul_(2))(batch)
    assert batch.tolist() == (X * 2).tolist()


def test_a_result_that_all_examples_share_is_repeated_or_left_alone() -> None:
    shared = flambeau.ones(2)
    assert vmap(lambda x: shared)(X).shape == (3, 2)
    assert vmap(lambda x: (x, shared), out_dims=(0, None))(X)[1].shape == (2,)
    with pytest.raises(ValueError, match="out_dims says None"):
        vmap(lambda x: x, out_dims=None)(X)


def test_half_types_and_promotion_are_those_of_one_example() -> None:
    half, number = flambeau.ones(3, 2, dtype=flambeau.float16), flambeau.ones(3, dtype=flambeau.float64)
    assert vmap(lambda x, y: x * y)(half, number).dtype is flambeau.float16  # a 0-dim tensor is weak, the batch of them is not
    assert vmap(flambeau.sum)(half.bool()).dtype is flambeau.int64


def test_a_vmap_within_a_gradient_within_a_vmap_agrees_with_loops() -> None:
    w = flambeau.linspace(0.1, 0.9, 4).reshape(2, 2)

    def loss(a: Any, b: Any) -> Any:
        return vmap(lambda row: (row * a).sin().sum())(w * b).sum()

    found = vmap(vmap(grad(loss, (0, 1)), in_dims=(0, None)), in_dims=(None, 0))(X[:, 0], X[:, 1])
    for j, b in enumerate(X[:, 1]):
        for i, a in enumerate(X[:, 0]):
            for got, want in zip(found, grad(loss, (0, 1))(a, b), strict=True):
                assert got[j, i].item() == pytest.approx(want.item(), abs=1e-5)


def test_the_rows_of_a_batched_gradient_agree_with_one_after_the_other() -> None:
    x = X.clone().requires_grad_()
    y = (x @ x.T).tanh()
    weights = flambeau.randn(4, 3, 3)
    (rows,) = flambeau.autograd.grad(y, x, weights, is_grads_batched=True, retain_graph=True)
    for row, weight in zip(rows, weights, strict=True):
        numpy.testing.assert_allclose(row, flambeau.autograd.grad(y, x, weight, retain_graph=True)[0], rtol=1e-5)


def test_debug_unwrap_shows_all_examples() -> None:
    seen: list[Any] = []
    vmap(vmap(lambda x: seen.append((func.debug_unwrap(x).shape, func.debug_unwrap(x, recurse=False).shape)) or x))(X)
    assert seen == [((3, 2), (2,))] or seen == [((2, 3), (2,))]


def test_the_models_of_an_ensemble_move_their_own_running_statistics() -> None:
    models = [flambeau.nn.BatchNorm1d(2) for _ in range(2)]
    parameters, buffers = func.stack_module_state(models)
    x = flambeau.tensor([[[1.0, 2.0], [3.0, 6.0]], [[0.0, 1.0], [0.0, 5.0]]])
    func.vmap(lambda p, b, x: func.functional_call(models[0], (p, b), (x,)))(parameters, buffers, x)
    assert buffers["running_mean"].tolist() == [[pytest.approx(0.2), pytest.approx(0.4)], [0.0, pytest.approx(0.3)]]
    assert buffers["running_var"].tolist() == [pytest.approx([1.1, 1.7]), pytest.approx([0.9, 1.7])]
    assert buffers["num_batches_tracked"].tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="cannot become, or be written into, one that has not"):
        func.vmap(flambeau.nn.BatchNorm1d(2))(x)


def test_a_number_that_all_share_is_filled_in_where_each_has_a_mask_of_its_own() -> None:
    filled = func.vmap(lambda x: flambeau.masked_fill(x, flambeau.tensor(True), flambeau.tensor(2.0)))(flambeau.zeros(3))
    assert filled.tolist() == [2, 2, 2]
