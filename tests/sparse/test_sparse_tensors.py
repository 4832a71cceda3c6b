"""Sparse tensors, the sparse gradients of tables, and the optimizer for them."""
from __future__ import annotations

import copy
import pickle

import pytest

import flambeau as torch
from flambeau import nn


@pytest.fixture
def matrix():
    return torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 4))


def test_it_says_what_it_is(matrix):
    assert (matrix.shape, matrix.dtype, matrix.layout, matrix.is_sparse) == ((2, 4), torch.float32, torch.sparse_coo, True)
    assert (matrix.sparse_dim(), matrix.dense_dim(), matrix._nnz(), matrix.numel()) == (2, 0, 3, 8)
    assert repr(matrix) == """\
tensor(indices=tensor([[0, 1, 1],
                       [2, 0, 2]]),
       values=tensor([3., 4., 5.]),
       size=(2, 4), nnz=3, layout=torch.sparse_coo)"""
    assert not torch.ones(1).is_sparse


def test_dense_and_back(matrix):
    dense = matrix.to_dense()
    assert dense.tolist() == [[0, 0, 3, 0], [4, 0, 5, 0]]
    again = dense.to_sparse()
    assert again.indices().tolist() == [[0, 1, 1], [2, 0, 2]]
    assert again.values().tolist() == [3, 4, 5]
    rows = torch.tensor([[0.0, 0], [1, 2]]).to_sparse(1)
    assert (rows.indices().tolist(), rows.values().tolist()) == ([[1]], [[1, 2]])


def test_entries_of_one_place_add_up():
    twice = torch.sparse_coo_tensor([[1, 0, 1]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], (3, 2))
    with pytest.raises(RuntimeError, match="uncoalesced"):
        twice.values()
    once = twice.coalesce()
    assert (once.indices().tolist(), once.values().tolist()) == ([[0, 1]], [[3, 4], [6, 8]])
    assert twice.to_dense().tolist() == once.to_dense().tolist() == [[3, 4], [6, 8], [0, 0]]


def test_sums_and_products_with_numbers_stay_sparse(matrix):
    assert (matrix + matrix * 2).is_sparse
    assert (matrix + matrix * 2).to_dense().tolist() == [[0, 0, 9, 0], [12, 0, 15, 0]]
    assert (matrix + torch.ones(2, 4)).tolist() == [[1, 1, 4, 1], [5, 1, 6, 1]]
    assert matrix.t().to_dense().tolist() == matrix.to_dense().t().tolist()
    assert torch.sparse.sum(matrix).item() == 12
    assert torch.sparse.sum(matrix, 1).to_dense().tolist() == [3, 9]


def test_a_product_with_a_dense_matrix_has_both_gradients():
    values, dense = torch.tensor([3.0, 4.0, 5.0], requires_grad=True), torch.ones(4, 2, requires_grad=True)
    product = torch.sparse.mm(torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], values, (2, 4)), dense)
    assert product.tolist() == [[3, 3], [9, 9]]
    product.sum().backward()
    assert values.grad.tolist() == [2, 2, 2]
    assert dense.grad.tolist() == [[4, 4], [0, 0], [8, 8], [0, 0]]
    assert (torch.sparse_coo_tensor([[0], [1]], [2.0], (2, 2)) @ torch.eye(2)).tolist() == [[0, 2], [0, 0]]


@pytest.mark.parametrize(("args", "message"), [
    (([[0, 5]], [1.0, 2.0], (3,)), "size is 3 but found index 5"),
    (([[0]], [1.0, 2.0]), "same nnz"),
    (([[0], [1]], [1.0], (3,)), "number of dimensions"),
])
def test_what_does_not_fit_is_refused(args, message):
    with pytest.raises(RuntimeError, match=message):
        torch.sparse_coo_tensor(*args)


def test_a_tables_gradient_is_sparse_when_asked_for():
    table = nn.Embedding(5, 2, sparse=True, padding_idx=4)
    table(torch.tensor([1, 1, 3, 4])).sum().backward()
    grad = table.weight.grad
    assert grad.is_sparse
    assert grad._indices().tolist() == [[1, 1, 3]]
    assert grad.coalesce().values().tolist() == [[2, 2], [1, 1]]
    table(torch.tensor([0])).sum().backward()
    assert table.weight.grad.to_dense().tolist() == [[1, 1], [2, 2], [0, 0], [1, 1], [0, 0]]


def test_a_table_that_is_used_otherwise_too_has_a_dense_gradient():
    table = nn.Embedding(3, 2, sparse=True)
    (table(torch.tensor([1])).sum() + table.weight.sum()).backward()
    assert not table.weight.grad.is_sparse
    assert table.weight.grad.tolist() == [[1, 1], [2, 2], [1, 1]]


def test_other_optimizers_take_sparse_gradients_as_dense_ones():
    table = nn.Embedding(3, 2, sparse=True)
    before = table.weight.detach().clone()
    table(torch.tensor([1])).sum().backward()
    torch.optim.SGD(table.parameters(), lr=0.5).step()
    assert (table.weight.detach() - before).flatten().tolist() == pytest.approx([0, 0, -0.5, -0.5, 0, 0])


def test_sparse_adam_moves_only_what_was_looked_up():
    torch.manual_seed(0)
    table = nn.Embedding(4, 2, sparse=True)
    optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.1)
    for rows in ([0, 2, 2], [2]):
        optimizer.zero_grad()
        table(torch.tensor(rows)).square().sum().backward()
        optimizer.step()
    assert optimizer.state[table.weight]["step"] == 2
    assert table.weight[0].tolist() == pytest.approx([1.4409960508346558, -0.19342896342277527])
    assert table.weight[1].tolist() == pytest.approx([-2.1787893772125244, 0.5684312582015991])
    assert table.weight[2].tolist() == pytest.approx([-0.8927439451217651, -1.2064777612686157])
    dense = torch.ones(1, requires_grad=True)
    dense.grad = torch.ones(1)
    with pytest.raises(RuntimeError, match="does not support dense gradients"):
        torch.optim.SparseAdam([dense]).step()


def test_it_can_be_copied_and_pickled(matrix):
    for copied in (copy.deepcopy(matrix), pickle.loads(pickle.dumps(matrix)), matrix.clone()):
        assert copied.is_sparse
        assert copied._indices().tolist() == matrix._indices().tolist()
        assert copied._values().tolist() == matrix._values().tolist()
