"""From any layout to any other, copies, and files."""
from __future__ import annotations

import copy
import io
import pickle

import pytest

import flambeau as torch

DENSE = [[1.0, 0, 2, 0], [0, 0, 0, 0], [0, 3, 0, 0], [0, 4, 0, 5]]
MAKERS = {
    "coo": lambda x: x.to_sparse(),
    "csr": lambda x: x.to_sparse_csr(),
    "csc": lambda x: x.to_sparse_csc(),
    "bsr": lambda x: x.to_sparse_bsr((2, 1)),
    "bsc": lambda x: x.to_sparse_bsc((1, 2)),
}


@pytest.mark.parametrize("source", MAKERS)
@pytest.mark.parametrize("target", MAKERS)
@pytest.mark.parametrize("shape", [(4, 4), (0, 4), (4, 0)])
def test_every_layout_becomes_every_other(source, target, shape):
    dense = torch.tensor(DENSE) if shape == (4, 4) else torch.zeros(shape)
    converted = MAKERS[target](MAKERS[source](dense))
    assert converted.layout is getattr(torch, f"sparse_{target}")
    assert converted.to_dense().tolist() == dense.tolist()
    assert converted.shape == shape


@pytest.mark.parametrize("dtype", [torch.int32, torch.bool, torch.complex64, torch.bfloat16])
@pytest.mark.parametrize("name", MAKERS)
def test_values_keep_their_dtype(name, dtype):
    dense = torch.tensor(DENSE).to(dtype)
    sparse = MAKERS[name](dense)
    assert sparse.dtype == sparse.to_dense().dtype == dtype
    assert sparse.to_dense().tolist() == dense.tolist()
    assert MAKERS[name](torch.tensor(DENSE)).to(dtype).dtype == dtype


def test_what_is_there_stays_there_though_it_is_zero():
    sparse = torch.sparse_csr_tensor([0, 1, 2], [0, 1], [0.0, 1.0])
    assert [made._nnz() for made in (sparse.to_sparse(), sparse.to_sparse_csc(), sparse.t())] == [2, 2, 2]


def test_conversions_that_make_no_sense_are_refused():
    sparse = torch.eye(2).to_sparse_csr()
    with pytest.raises(RuntimeError, match="sparse_dim argument"):
        sparse.to_sparse(1)
    with pytest.raises(RuntimeError, match="without blocksize"):
        sparse.to_sparse(layout=torch.sparse_bsr)
    with pytest.raises(RuntimeError, match="with blocksize"):
        sparse.to_sparse(layout=torch.sparse_csc, blocksize=(1, 1))
    with pytest.raises(RuntimeError, match=r"dense_dim argument must be in \[0,0\]"):
        torch.eye(2).to_sparse_csr(dense_dim=1)
    with pytest.raises(RuntimeError, match="sparse_dim"):
        torch.ones(2, 2, 2).to_sparse().to_sparse_csr()


@pytest.mark.parametrize("name", MAKERS)
def test_transposing_turns_rows_into_columns(name):
    sparse = MAKERS[name](torch.tensor(DENSE))
    turned = {"csr": "csc", "csc": "csr", "bsr": "bsc", "bsc": "bsr"}.get(name, name)
    for transposed in (sparse.t(), sparse.transpose(0, 1), sparse.mT):
        assert transposed.layout is getattr(torch, f"sparse_{turned}")
        assert transposed.to_dense().tolist() == torch.tensor(DENSE).t().tolist()


def test_dims_of_different_kinds_are_not_swapped():
    batch = torch.stack([torch.eye(2), torch.eye(2)]).to_sparse_csr()
    with pytest.raises(RuntimeError, match="dimensions of the same type"):
        batch.transpose(0, 1)


def _through_a_file(tensor):
    file = io.BytesIO()
    torch.save(tensor, file)
    file.seek(0)
    return torch.load(file)


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda s: pickle.loads(pickle.dumps(s)), _through_a_file,
                                   torch.clone, torch.detach])
@pytest.mark.parametrize("name", MAKERS)
def test_copies_are_equal(name, again):
    sparse = MAKERS[name](torch.tensor(DENSE))
    found = again(sparse)
    assert (found.layout, found._nnz(), found.to_dense().tolist()) == (sparse.layout, sparse._nnz(), DENSE)


def test_a_file_with_indices_that_lead_outside_is_refused():
    sparse = torch.eye(2).to_sparse_csr()
    sparse._cells.fill_(7)
    with pytest.raises(pickle.UnpicklingError, match="col_indices < ncols"):
        _through_a_file(sparse)


def test_the_values_at_the_places_of_another_tensor():
    mask = torch.tensor([[1.0, 0], [1, 1]])
    dense = torch.tensor([[1.0, 2], [3, 4]])
    for name in ("coo", "csr", "csc"):
        assert dense.sparse_mask(MAKERS[name](mask)).to_dense().tolist() == [[1, 0], [3, 4]]
        found = MAKERS[name](torch.tensor([[0.0, 2], [3, 0]])).sparse_mask(mask.to_sparse())
        assert (found._nnz(), found.to_dense().tolist()) == (3, [[0, 0], [3, 0]])
    with pytest.raises(RuntimeError, match="incompatible sizes"):
        torch.ones(3, 2).sparse_mask(mask.to_sparse())


def test_a_size_grows_in_place():
    sparse = torch.eye(2).to_sparse()
    assert sparse.sparse_resize_((3, 4), 2, 0) is sparse
    assert sparse.to_dense().tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    with pytest.raises(RuntimeError, match="shrinking the size of sparse dimensions"):
        sparse.sparse_resize_((2, 2), 2, 0)
    with pytest.raises(RuntimeError, match="changing the number of dense dimensions"):
        sparse.sparse_resize_((3, 4, 1), 2, 1)
    assert sparse.sparse_resize_and_clear_((1, 1), 2, 0)._nnz() == 0
    assert torch.resize_as_sparse_(sparse, torch.ones(2, 5).to_sparse()).shape == (2, 5)


def test_diagonals_make_a_matrix():
    rows, offsets = torch.arange(9.0).reshape(3, 3), torch.tensor([0, -1, 2])
    made = torch.sparse.spdiags(rows, offsets, (3, 4))
    assert made._indices().tolist() == [[0, 1, 2, 1, 2, 0], [0, 1, 2, 0, 1, 2]]
    assert made._values().tolist() == [0, 1, 2, 3, 4, 8]
    assert torch.sparse.spdiags(rows, offsets, (3, 4), layout=torch.sparse_csr).values().tolist() == [0, 8, 3, 1, 4, 2]
    with pytest.raises(RuntimeError, match="duplicate"):
        torch.sparse.spdiags(rows, torch.tensor([0, 0, 2]), (3, 4))
    with pytest.raises(RuntimeError, match="does not match the number of offsets"):
        torch.sparse.spdiags(rows, torch.tensor([0, 1]), (3, 4))
