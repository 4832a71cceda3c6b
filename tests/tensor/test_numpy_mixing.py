"""Programs that mix NumPy and tensors get what they get with PyTorch: the kinds of results were recorded from it."""
from __future__ import annotations

import numpy as np
import pytest

import flambeau as torch

T = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
I = torch.tensor([3, 1, 2])  # noqa: E741
P = torch.tensor([0.1, 0.7, 0.6])


@pytest.mark.parametrize("call", [
    lambda: np.concatenate([T, T]), lambda: np.stack([T, T]), lambda: np.vstack([T, T]), lambda: np.where(T > 1, T, 0),
    lambda: np.sort(I), lambda: np.unique(I), lambda: np.dot(T, T), lambda: np.einsum("ij,jk", T, T), lambda: np.ravel(T),
    lambda: np.isclose(T, T), lambda: np.zeros_like(T), lambda: np.asarray(T), lambda: np.array([T, T]),
    lambda: np.array([P[0], P[1]]), lambda: np.bincount(I), lambda: np.histogram(P)[0], lambda: np.array([5, 6, 7, 8])[I],
])
def test_these_are_arrays_where_no_gradient_is_wanted(call):
    assert type(call()) is np.ndarray


@pytest.mark.parametrize("call, dtype", [
    (lambda: np.exp(T), torch.float32), (lambda: np.exp(I), torch.float64), (lambda: np.add(T, np.ones(2)), torch.float64),
    (lambda: np.float64(2) * T, torch.float32), (lambda: np.float64(2) - I, torch.float32),
    (lambda: np.argmax(T, axis=1), torch.int64),
    (lambda: np.transpose(T), torch.float32), (lambda: np.reshape(T, -1), torch.float32),
    (lambda: np.add.reduce(T), torch.float32),
    (lambda: np.exp(T, dtype="f8"), torch.float64), (lambda: np.linalg.inv(T), torch.float32),
    (lambda: np.cumsum(T), torch.float32),
    (lambda: np.clip(T, 0, 1), torch.float32), (lambda: np.ones(2) == T, torch.bool), (lambda: np.ptp(T), torch.float32),
])
def test_these_are_tensors(call, dtype):
    result = call()
    assert (type(result), result.dtype) == (torch.Tensor, dtype)


@pytest.mark.parametrize("call, wanted", [
    (lambda: np.sum(T, axis=0), [4, 6]), (lambda: np.mean(T, axis=1), [1.5, 3.5]), (lambda: np.mean(I > 1), 2 / 3),
    (lambda: np.max(T), 4), (lambda: np.std(T), 1.118034), (lambda: np.any(T > 3), True), (lambda: np.prod(I), 6),
    (lambda: np.ones(2) * T, [[1, 2], [3, 4]]), (lambda: np.ones((2, 2)) @ T, [[4, 6], [4, 6]]),
    (lambda: np.flip(I), [2, 1, 3]), (lambda: np.block([P, P[:1]]), [0.1, 0.7, 0.6, 0.1]), (lambda: np.isnan(T).any(), False),
    (lambda: np.moveaxis(T, 0, 1), [[1, 3], [2, 4]]), (lambda: np.add.outer(I, I[:1]), [[6], [4], [5]]),
])
def test_what_pytorch_refuses_is_answered_with_a_tensor(call, wanted):
    assert type(call()) is torch.Tensor
    np.testing.assert_allclose(call().tolist(), wanted, rtol=1e-6)


def test_metrics_are_computed_as_with_arrays():
    labels, scores = [torch.tensor([0, 1]), torch.tensor([1, 1])], [torch.tensor([0.2, 0.9]), torch.tensor([0.4, 0.8])]
    assert (np.concatenate(labels) == (np.concatenate(scores) > 0.5).astype(int)).mean() == 0.75
    assert np.mean([score.mean() for score in scores]) == pytest.approx(0.575)
    assert f"{np.round(P.mean().item(), 2)}" == "0.47"


def test_an_array_holds_the_tensors_memory():
    x = torch.zeros(2)
    np.asarray(x)[0] = 7
    assert x.tolist() == [7, 0]
    assert not np.shares_memory(np.array(x), x.numpy())


def test_writes_by_numpy_are_seen_and_counted():
    x = torch.tensor([1.0, 2.0])
    version = x._version
    assert np.multiply(x, 2, out=x) is x
    np.add.at(x, [0, 0], 1)
    np.copyto(x[1:], np.array([9.0], "f4"))
    assert x.tolist() == [4, 9]
    assert x._version == version + 3


def test_a_write_by_numpy_into_what_the_tape_saved_is_found_out():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    x = torch.tensor([3.0, 4.0])
    loss = (w * x).sum()
    np.add(x, 1, out=x)
    with pytest.raises(RuntimeError, match=r"numpy\.add"):
        loss.backward()


def test_questions_need_no_detach():
    x = torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
    assert np.argmax(x) == 1
    assert np.argsort(x).tolist() == [0, 2, 1]
    assert np.allclose(x, [1, 3, 2])
    assert (np.shape(x), np.ndim(x), np.size(x)) == (torch.Size([3]), 1, 3)
    assert np.array2string(x) == "[1. 3. 2.]"
    assert np.result_type(x, np.float64) == np.float64


def test_arrays_as_such_are_refused_where_a_gradient_would_be_lost():
    x = torch.ones(2, requires_grad=True)
    for call in (lambda: np.asarray(x), lambda: np.array([x[0], x[1]]), lambda: np.testing.assert_allclose(x, x)):
        with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
            call()


def test_sparse_tensors_are_no_arrays():
    with pytest.raises(TypeError, match="can't convert Sparse layout tensor to numpy"):
        np.asarray(T.to_sparse())


def test_a_class_of_the_users_comes_back_from_ufuncs():
    class Plain(torch.Tensor):
        pass

    x = T.as_subclass(Plain)
    w = T.clone().requires_grad_().as_subclass(Plain)
    assert {type(np.exp(x)), type(np.exp(w)), type(np.ones(2) + x), type(np.concatenate([w, w]))} == {Plain}


@pytest.mark.parametrize("base", [object, np.ndarray])
def test_strangers_are_left_the_call(base):
    class Stranger(base):
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return "taken"

        def __array_function__(self, func, types, args, kwargs):
            return "taken"

    stranger = Stranger() if base is object else np.ones(2).view(Stranger)
    assert np.add(T, stranger) == "taken"
    assert np.concatenate([T, stranger]) == "taken"


def test_reversed_and_iteration_give_tensors():
    assert [part.tolist() for part in T] == [[1, 2], [3, 4]]
    assert reversed(T).tolist() == [[3, 4], [1, 2]]


def test_tensors_of_one_element_in_a_list_are_numbers():
    assert torch.tensor([torch.tensor([2.0]), 1.0]).tolist() == [2, 1]
    with pytest.raises(ValueError, match="only one element tensors"):
        torch.tensor([T, T])
