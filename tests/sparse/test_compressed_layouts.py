"""CSR, CSC, BSR and BSC: how they are made, what they say of themselves, and what is refused."""
from __future__ import annotations

import pytest

import flambeau as torch

DENSE = [[1.0, 0, 2.5], [0, 0, 0], [0, -2, 3]]
LAYOUTS = {
    torch.sparse_csr: ([0, 2, 2, 4], [0, 2, 1, 2], [1, 2.5, -2, 3]),
    torch.sparse_csc: ([0, 1, 2, 4], [0, 2, 0, 2], [1, -2, 2.5, 3]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dense_matrix_becomes_lists_and_is_the_same_again(layout):
    ends, cells, values = LAYOUTS[layout]
    sparse = torch.tensor(DENSE).to_sparse(layout=layout)
    names = ("crow_indices", "col_indices") if layout is torch.sparse_csr else ("ccol_indices", "row_indices")
    assert [getattr(sparse, name)().tolist() for name in names] == [ends, cells]
    assert sparse.values().tolist() == values
    assert sparse.to_dense().tolist() == DENSE


def test_it_says_what_it_is():
    sparse = torch.tensor(DENSE).to_sparse_csr()
    assert (sparse.layout, sparse.is_sparse, sparse.is_sparse_csr) == (torch.sparse_csr, False, True)
    assert (sparse.shape, sparse._nnz(), sparse.sparse_dim(), sparse.dense_dim()) == ((3, 3), 4, 2, 0)
    assert not sparse.to_sparse_csc().is_sparse_csr
    assert repr(sparse) == """\
tensor(crow_indices=tensor([0, 2, 2, 4]),
       col_indices=tensor([0, 2, 1, 2]),
       values=tensor([ 1.0000,  2.5000, -2.0000,  3.0000]), size=(3, 3), nnz=4,
       layout=torch.sparse_csr)"""


def test_blocks_are_printed_as_pytorch_prints_them():
    assert repr(torch.eye(4, dtype=torch.float64).to_sparse_bsc((2, 2))) == """\
tensor(ccol_indices=tensor([0, 1, 2]),
       row_indices=tensor([0, 1]),
       values=tensor([[[1., 0.],
                       [0., 1.]],

                      [[1., 0.],
                       [0., 1.]]]), size=(4, 4), nnz=2, dtype=torch.float64,
       layout=torch.sparse_bsc)"""
    assert repr(torch.zeros(0, 3).to_sparse_csr()) == """\
tensor(crow_indices=tensor([0]),
       col_indices=tensor([], size=(0,)),
       values=tensor([], size=(0,)), size=(0, 3), nnz=0,
       layout=torch.sparse_csr)"""


def test_the_size_is_what_the_indices_need():
    assert torch.sparse_csr_tensor([0, 1, 2], [0, 5], [1.0, 2]).shape == (2, 6)
    assert torch.sparse_csc_tensor([0, 1, 2], [0, 5], [1.0, 2]).shape == (6, 2)
    assert torch.sparse_bsr_tensor([0, 1, 2], [0, 1], torch.ones(2, 2, 3)).shape == (4, 6)
    assert torch.sparse_csr_tensor([[0, 1], [0, 1]], [[0], [2]], [[1.0], [2]]).shape == (2, 1, 3)


def test_a_batch_has_as_many_members_each():
    batch = torch.stack([torch.eye(3), torch.eye(3).flip(0)])
    sparse = batch.to_sparse_csr()
    assert sparse.crow_indices().tolist() == [[0, 1, 2, 3]] * 2
    assert sparse.col_indices().tolist() == [[0, 1, 2], [2, 1, 0]]
    assert (sparse.values().shape, sparse._nnz()) == ((2, 3), 3)
    assert sparse.to_dense().tolist() == batch.tolist()
    assert sparse[1].to_dense().tolist() == batch[1].tolist()
    with pytest.raises(RuntimeError, match="same number of specified elements per batch"):
        torch.arange(16).reshape(2, 2, 4).to_sparse_csr()


def test_dims_behind_the_matrix_may_be_dense():
    dense = torch.arange(12.0).reshape(2, 3, 2)
    for sparse in (dense.to_sparse_csr(dense_dim=1), dense.to_sparse_bsc((2, 1), dense_dim=1)):
        assert sparse.dense_dim() == 1
        assert sparse.to_dense().tolist() == dense.tolist()
    assert dense.to_sparse_csr(dense_dim=1).values().shape == (6, 2)


def test_indices_may_have_32_bits():
    ends, cells = (torch.tensor(given, dtype=torch.int32) for given in ([0, 2, 3], [0, 2, 1]))
    sparse = torch.sparse_csr_tensor(ends, cells, [1.0, 2, 3], (2, 3))
    assert sparse.to_sparse_csc().ccol_indices().dtype == torch.int32
    assert sparse.to_sparse_csc().to_dense().tolist() == [[1, 0, 2], [0, 3, 0]]


@pytest.mark.parametrize(("parts", "message"), [
    (([0, 2], [0, 1, 0], [1.0, 2, 3]), "number of rows"),
    (([1, 2, 3], [0, 1, 0], [1.0, 2, 3]), r"crow_indices\[..., 0\] == 0"),
    (([0, 2, 4], [0, 1, 0], [1.0, 2, 3]), r"crow_indices\[..., -1\] == nnz"),
    (([0, 3, 2], [0, 1], [1.0, 2]), "<= ncols"),
    (([0, 1, 2], [0, 5], [1.0, 2]), "0 <= col_indices < ncols"),
    (([0, 1, 2], [0, -1], [1.0, 2]), "0 <= col_indices < ncols"),
    (([0, 1, 2], [0, 1], [1.0, 2, 3]), "must be equal to nnz"),
    (([0.0, 1, 2], [0.0, 1], [1.0, 2]), "must be Int or Long"),
    (([[0, 1, 2]], [[0, 1]], [1.0, 2]), "dimensionality"),
])
def test_parts_that_do_not_fit_are_refused(parts, message):
    with pytest.raises(RuntimeError, match=message):
        torch.sparse_csr_tensor(*parts, (2, 3))


def test_the_order_is_looked_at_when_asked_for():
    parts = [0, 2, 2], [1, 0], [1.0, 2.0], (2, 3)
    assert torch.sparse_csr_tensor(*parts).to_dense().tolist() == [[2, 1, 0], [0, 0, 0]]
    with pytest.raises(RuntimeError, match="sorted and distinct"):
        torch.sparse_csr_tensor(*parts, check_invariants=True)
    checks = torch.sparse.check_sparse_tensor_invariants
    with checks(), pytest.raises(RuntimeError, match="sorted and distinct"):
        torch.sparse_csr_tensor(*parts)
    assert not checks.is_enabled()
    with pytest.raises(RuntimeError, match="sorted and distinct"):
        checks()(torch.sparse_csr_tensor)(*parts)


def test_blocks_have_to_fill_the_matrix():
    with pytest.raises(RuntimeError, match="divisible"):
        torch.eye(4).to_sparse_bsr((3, 2))
    with pytest.raises(RuntimeError, match=r"divisible with blocksize\[1\]"):
        torch.sparse_bsr_tensor([0, 1, 2], [0, 1], torch.ones(2, 2, 2), (4, 5))


def test_a_layout_has_to_be_named():
    parts = [0, 1, 2], [0, 1], [1.0, 2.0], (2, 3)
    assert torch.sparse_compressed_tensor(*parts, layout=torch.sparse_csr).is_sparse_csr
    for layout in (None, torch.strided):
        with pytest.raises(RuntimeError, match="expected sparse compressed tensor layout"):
            torch.sparse_compressed_tensor(*parts, layout=layout)


@pytest.mark.parametrize("name", ["crow_indices", "col_indices", "ccol_indices", "row_indices", "indices", "values"])
def test_a_dense_tensor_has_no_indices(name):
    with pytest.raises(RuntimeError, match=f"{name} expected sparse"):
        getattr(torch.ones(2, 2), name)()


def test_copies_of_indices_have_their_own_memory():
    sparse = torch.eye(2).to_sparse_csr()
    for part in ("crow_indices", "col_indices", "values"):
        copied = getattr(torch, f"{part}_copy")(sparse)
        copied.zero_()
        assert getattr(sparse, part)().any()
    with pytest.raises(RuntimeError, match="row_indices expected sparse column compressed"):
        torch.row_indices_copy(sparse)


def test_values_are_the_tensors_own_memory():
    sparse = torch.eye(2).to_sparse_csr()
    sparse.values().mul_(3)
    assert sparse.to_dense().tolist() == [[3, 0], [0, 3]]
