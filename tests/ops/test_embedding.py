"""Tables: rows looked up alone and in bags, what padding, norms and frequencies do, and one-hot vectors."""
from __future__ import annotations

from typing import Any

import numpy
import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.ops.embedding import embedding, one_hot
from flambeau.ops.embedding_bag import embedding_bag


def table(rows: int = 5, width: int = 3) -> Any:
    values = numpy.random.default_rng(0).standard_normal((rows, width))
    return torch.from_numpy(values).requires_grad_()


def t(data: Any) -> Any:
    return torch.tensor(data)


def test_embedding_adds_a_dim_of_the_tables_width():
    weight = table()
    rows = embedding(t([[0, 4], [2, 2]]), weight)
    numpy.testing.assert_array_equal(rows.detach().numpy(), weight.detach().numpy()[[[0, 4], [2, 2]]])
    assert embedding(t(1), weight).shape == (3,)


def test_each_listing_of_a_row_adds_to_its_gradient():
    weight = table()
    embedding(t([1, 1, 4]), weight).sum().backward()
    assert weight.grad[:, 0].tolist() == [0, 2, 0, 0, 1]


@pytest.mark.parametrize("padding_idx", [1, -4])
def test_the_padding_row_is_looked_up_but_gets_no_gradient(padding_idx: int) -> None:
    weight = table()
    rows = embedding(t([1, 4]), weight, padding_idx=padding_idx)
    rows.sum().backward()
    assert rows[0].tolist() == weight[1].tolist()
    assert weight.grad[:, 0].tolist() == [0, 0, 0, 0, 1]


def test_gradients_can_be_divided_by_how_often_a_row_is_listed():
    weight = table()
    embedding(t([1, 1, 4]), weight, scale_grad_by_freq=True).sum().backward()
    assert weight.grad[:, 0].tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("norm_type", [1.0, 2.0, float("inf")])
def test_max_norm_shortens_the_listed_rows_in_the_table_itself(norm_type: float) -> None:
    weight = torch.from_numpy(numpy.full((3, 4), 2.0))
    rows = embedding(t([0, 2]), weight, max_norm=1.0, norm_type=norm_type)
    norms = numpy.linalg.norm(weight.numpy(), norm_type, axis=1)
    assert norms == pytest.approx([1, numpy.linalg.norm([2.0] * 4, norm_type), 1], abs=1e-6)
    assert rows.tolist() == weight[[0, 2]].tolist()


def test_max_norm_leaves_short_rows_alone_and_counts_as_a_write():
    weight = torch.from_numpy(numpy.full((2, 2), 0.1))
    before = weight._version
    embedding(t([0, 1]), weight, max_norm=1.0)
    assert weight.tolist() == [[0.1, 0.1], [0.1, 0.1]]
    assert weight._version == before + 1


def test_embedding_has_first_and_second_gradients():
    index = t([[0, 2], [2, 4]])
    assert gradcheck(lambda weight: embedding(index, weight), [table()])
    assert gradgradcheck(lambda weight: embedding(index, weight) * embedding(index, weight), [table()])


def test_the_padding_row_gets_no_second_gradient_either():
    weight = table()
    rows = embedding(t([1, 2, 2]), weight, padding_idx=2)
    (first,) = torch.autograd.grad((rows * rows).sum(), weight, create_graph=True)
    first.sum().backward()
    assert weight.grad[:, 0].tolist() == [0, 2, 0, 0, 0]


@pytest.mark.parametrize(("index", "message", "error"), [
    ([5], "index out of range in self", IndexError),
    ([-1], "index out of range in self", IndexError),
    ([0.0], "scalar types: Long, Int; but got Float", RuntimeError),
])
def test_an_index_that_names_no_row_is_refused(index: Any, message: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=message):
        embedding(t(index), table())


def test_a_table_has_two_dims_and_padding_is_one_of_its_rows():
    with pytest.raises(RuntimeError, match="'weight' must be 2-D"):
        embedding(t([0]), table()[0])
    with pytest.raises(AssertionError, match="Padding_idx must be within num_embeddings"):
        embedding(t([0]), table(), padding_idx=5)


# Bags


def bags_by_hand(weight: Any, bags: list[list[int]], mode: str) -> Any:
    merge = {"sum": numpy.sum, "mean": numpy.mean, "max": numpy.max}[mode]
    rows = weight.detach().numpy()
    return numpy.stack([merge(rows[bag], axis=0) if bag else numpy.zeros(rows.shape[1]) for bag in bags])


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_start_at_the_offsets_and_empty_ones_give_zeros(mode: str) -> None:
    weight = table()
    merged = embedding_bag(t([0, 1, 4, 2]), weight, t([0, 0, 3, 4]), mode=mode)
    want = bags_by_hand(weight, [[], [0, 1, 4], [2], []], mode)
    numpy.testing.assert_allclose(merged.detach().numpy(), want)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_a_row_of_a_2_dim_input_is_a_bag(mode: str) -> None:
    weight = table()
    merged = embedding_bag(t([[0, 1], [4, 4]]), weight, mode=mode)
    numpy.testing.assert_allclose(merged.detach().numpy(), bags_by_hand(weight, [[0, 1], [4, 4]], mode))


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_padding_counts_in_no_bag(mode: str) -> None:
    weight = table()
    merged = embedding_bag(t([[0, 1, 3], [3, 3, 3]]), weight, mode=mode, padding_idx=3)
    numpy.testing.assert_allclose(merged.detach().numpy(), bags_by_hand(weight, [[0, 1], []], mode))
    merged.sum().backward()
    assert weight.grad[3].tolist() == [0, 0, 0]


def test_the_last_offset_may_be_the_end():
    weight = table()
    merged = embedding_bag(t([0, 1, 2]), weight, t([0, 2, 3]), include_last_offset=True, mode="sum")
    numpy.testing.assert_allclose(merged.detach().numpy(), bags_by_hand(weight, [[0, 1], [2]], "sum"))


def test_rows_of_a_sum_can_be_weighted():
    weight, factors = table(), torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda w, f: embedding_bag(t([0, 1, 1]), w, t([0, 1]), mode="sum", per_sample_weights=f),
                     [weight, factors])


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_have_first_and_second_gradients(mode: str) -> None:
    def merged(weight: Any) -> Any:
        return embedding_bag(t([0, 1, 4, 2, 2]), weight, t([0, 3, 3]), mode=mode)

    assert gradcheck(merged, [table()])
    assert gradgradcheck(lambda weight: merged(weight) * merged(weight), [table()])


def test_the_first_of_equal_maxima_gets_the_gradient():
    weight = torch.tensor([[1.0], [1.0]], requires_grad=True)
    embedding_bag(t([[1, 0]]), weight, mode="max").sum().backward()
    assert weight.grad.tolist() == [[0], [1]]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda w: embedding_bag(t([0]), w), ValueError, "offsets has to be a 1D Tensor but got None"),
    (lambda w: embedding_bag(t([0]), w, t([1])), RuntimeError, r"offsets\[0\] has to be 0"),
    (lambda w: embedding_bag(t([0]), w, t([0, 2])), RuntimeError, "can not be greater than input's length 1"),
    (lambda w: embedding_bag(t([[0]]), w, t([0])), ValueError, "offsets has to be None"),
    (lambda w: embedding_bag(t([[[0]]]), w), ValueError, "1D or 2D Tensor"),
    (lambda w: embedding_bag(t([[0]]), w, mode="median"), ValueError, "one of sum, mean or max, not 'median'"),
    (lambda w: embedding_bag(t([[0]]), w, mode="max", scale_grad_by_freq=True), ValueError, "does not support scaling"),
    (lambda w: embedding_bag(t([[0]]), w, per_sample_weights=w[:1, :1]), NotImplementedError, "only supported"),
    (lambda w: embedding_bag(t([[0]]), w, mode="sum", per_sample_weights=w), ValueError, "the same shape as the input"),
    (lambda w: embedding_bag(t([0]), w, t([0.0])), RuntimeError, "expected offsets of type Long or Int, not Float"),
    (lambda w: embedding_bag(t([[0]]), w[0]), ValueError, "weight has to be a 2D Tensor"),
])
def test_bags_that_make_no_sense_are_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(table())


# One-hot vectors


def test_one_hot_counts_the_classes_unless_told():
    assert one_hot(t([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert one_hot(t([[1]]), 2).tolist() == [[[0, 1]]]
    assert one_hot(t(1), num_classes=3).tolist() == [0, 1, 0]
    assert one_hot(t([0])).dtype == torch.int64


def test_one_hot_of_nothing_needs_to_know_the_classes():
    nothing = torch.tensor([], dtype=torch.int64)
    assert one_hot(nothing, 3).shape == (0, 3)
    with pytest.raises(RuntimeError, match="Can not infer total number of classes from empty tensor"):
        one_hot(nothing)


@pytest.mark.parametrize(("classes", "count", "message"), [
    ([-1], -1, "Class values must be non-negative"),
    ([3], 3, "Class values must be smaller than num_classes: 3 and 3"),
    ([1.0], -1, "LongTensor, not Float"),
])
def test_one_hot_refuses_what_is_no_class(classes: Any, count: int, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        one_hot(t(classes), count)


def test_the_gradient_of_bags_is_sparse_if_that_is_asked():
    weight, indices, offsets = table(), t([1, 2, 1, 3, 0]), t([0, 2, 2])
    slope = torch.arange(9.0, dtype=torch.float64).reshape(3, 3)
    for mode in ("sum", "mean"):
        dense, sparse = (torch.autograd.grad(embedding_bag(indices, weight, offsets, mode=mode, sparse=kind), weight, slope)[0]
                         for kind in (False, True))
        assert sparse.is_sparse and not dense.is_sparse
        assert sparse._indices().tolist() == [[1, 2, 1, 3, 0]]
        assert torch.allclose(sparse.to_dense(), dense)


def test_sparse_gradients_are_refused_where_pytorch_has_none():
    with pytest.raises(ValueError, match="max mode"):
        embedding_bag(t([1]), table(), t([0]), mode="max", sparse=True)
    with pytest.raises(RuntimeError, match="scale_grad_by_freq"):
        embedding_bag(t([1]), table(), t([0]), mode="sum", scale_grad_by_freq=True, sparse=True)


def test_bags_tell_how_they_were_merged():
    weight = (torch.arange(12.0).reshape(4, 3) / 7)
    given = weight, t([1, 2, 1, 3, 0]), t([0, 2, 2])
    assert [x.tolist() for x in torch.embedding_bag(*given)[1:]] == [[], [0, 0, 0], [0, 0, 0]]
    assert [x.tolist() for x in torch.embedding_bag(*given, mode=1)[1:]] == [[0, 0, 2, 2, 2], [2, 0, 3], [2, 0, 3]]
    _, bags, sizes, rows = torch.embedding_bag(*given, False, 2, False, None, False, 1)
    assert [bags.tolist(), sizes.tolist(), rows.tolist()] == [[0, 0, 2, 2, 2], [1, 0, 2], [[2] * 3, [0] * 3, [3] * 3]]
    with pytest.raises(RuntimeError, match="mode"):
        torch.embedding_bag(*given, mode=5)
