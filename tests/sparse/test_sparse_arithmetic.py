"""What functions of numbers do with sparse tensors: keep the layout, or refuse."""
from __future__ import annotations

import pytest

import flambeau as torch

A = torch.tensor([[1.0, 0, 2], [0, 0, 3]])
B = torch.tensor([[1.0, 5, 0], [0, 0, 2]])
LAYOUTS = {"coo": lambda x: x.to_sparse(), "csr": lambda x: x.to_sparse_csr(), "csc": lambda x: x.to_sparse_csc(),
           "bsr": lambda x: x.to_sparse_bsr((1, 1))}
every_layout = pytest.mark.parametrize("make", LAYOUTS.values(), ids=LAYOUTS)


@every_layout
@pytest.mark.parametrize("name", ["sin", "neg", "abs", "sqrt", "relu", "sign", "expm1", "floor", "isnan", "erf"])
def test_what_is_zero_at_zero_keeps_the_layout(make, name):
    for result in (getattr(torch, name)(make(A)), getattr(make(A), name)()):
        assert result.layout is make(A).layout
        assert result.to_dense().tolist() == getattr(A, name)().tolist()


@every_layout
@pytest.mark.parametrize("name", ["cos", "exp", "sigmoid", "eq", "clamp", "argmax", "cumsum", "softmax", "view", "unique"])
def test_what_is_not_is_refused(make, name):
    arguments = {"eq": (1,), "clamp": (0, 1), "cumsum": (0,), "softmax": (0,), "view": (6,)}.get(name, ())
    with pytest.raises(RuntimeError, match="to_dense"):  # NotImplementedError is one
        getattr(make(A), name)(*arguments)


@every_layout
def test_sums_have_the_places_of_both(make):
    result = make(A) + make(B)
    assert (result.layout, result._nnz()) == (make(A).layout, 4)
    assert result.to_dense().tolist() == [[2, 5, 2], [0, 0, 5]]
    assert (make(A) - make(B)).to_dense().tolist() == [[0, -5, 2], [0, 0, 1]]
    assert torch.add(make(A), make(B), alpha=2).to_dense().tolist() == [[3, 10, 2], [0, 0, 7]]
    assert (torch.ones(2, 3) + make(A)).tolist() == [[2, 1, 3], [1, 1, 4]]


@every_layout
def test_products_have_the_places_in_common(make):
    result = make(A) * make(B)
    assert (result.layout, result._nnz()) == (make(A).layout, 2)
    assert result.to_dense().tolist() == [[1, 0, 0], [0, 0, 6]]
    assert (make(A) * torch.tensor([1.0, 2, 3])).to_dense().tolist() == [[1, 0, 6], [0, 0, 9]]
    assert (torch.full((2, 3), 2.0) * make(A)).layout is make(A).layout


@every_layout
def test_numbers_scale_the_values(make):
    sparse = make(A)
    for result, expected in ((sparse * 2, A * 2), (2.5 * sparse, A * 2.5), (sparse / 2, A / 2), (sparse // 2, A // 2),
                             (sparse**2, A**2), (sparse * torch.tensor(2.0), A * 2), (-sparse, -A)):
        assert result.layout is sparse.layout
        assert result.to_dense().tolist() == expected.tolist()
    assert (make(A.int()) * 2.5).dtype == torch.float32
    with pytest.raises(RuntimeError, match="dense"):
        sparse + 1
    with pytest.raises(RuntimeError, match="scalar or zero-dim dense tensor divisor"):
        sparse / A
    with pytest.raises(RuntimeError, match="not positive"):
        sparse**0


@every_layout
def test_in_place_forms_change_the_tensor_itself(make):
    sparse = make(A)
    values = sparse._entries
    assert sparse.mul_(3) is sparse
    assert sparse.neg_().to_dense().tolist() == (A * -3).tolist()
    assert values is sparse._entries  # written to where they lie
    sparse += make(B)
    assert sparse.to_dense().tolist() == (A * -3 + B).tolist()
    assert sparse.zero_()._nnz() == 0
    with pytest.raises(RuntimeError, match="leaf"):
        make(A).requires_grad_().mul_(2)
    with pytest.raises(RuntimeError, match="can't be cast"):
        make(A.int()).mul_(2.5)


@every_layout
def test_sums_of_all_and_along_dims(make):
    assert make(A).sum().item() == 6
    assert make(A.int()).sum().dtype == torch.int64
    assert torch.sparse.sum(make(A), 0).to_dense().tolist() == [1, 0, 5]
    assert make(A).sum(1, keepdim=True).to_dense().tolist() == [[3], [3]]
    assert torch.sparse.sum(make(A), (0, 1), dtype=torch.float64).dtype == torch.float64


def test_softmax_is_among_what_is_there():
    sparse = torch.tensor([[1.0, 0, 2], [0, 0, 3]]).to_sparse()
    assert torch.sparse.softmax(sparse, 1).values().tolist() == pytest.approx([0.26894142, 0.73105858, 1])
    assert torch.sparse.log_softmax(sparse, 0).values().tolist() == pytest.approx([0, -1.31326163, -0.31326169])
    hybrid = torch.tensor([[[1.0, 2], [0, 0]], [[3, 4], [5, 6]]]).to_sparse(2)
    assert torch.sparse.softmax(hybrid, 0).values()[:, 0].tolist() == pytest.approx([0.11920292, 0.88079708, 1])
    assert torch.sparse.softmax(hybrid, 2).values()[0].tolist() == pytest.approx([0.26894142, 0.73105858])
    with pytest.raises(NotImplementedError, match="Int"):
        torch.sparse.softmax(sparse.int(), 1)


def test_parts_by_coordinates_stay_sparse():
    sparse = A.to_sparse()
    assert sparse[0].to_dense().tolist() == [1, 0, 2]
    assert sparse[0, 2].item() == 2
    assert [row.to_dense().tolist() for row in sparse] == A.tolist()
    assert sparse.index_select(0, torch.tensor([1, 0, 1])).to_dense().tolist() == A[[1, 0, 1]].tolist()
    assert sparse.narrow_copy(1, 1, 2).to_dense().tolist() == A[:, 1:].tolist()
    assert sparse.unsqueeze(1).shape == (2, 1, 3)
    assert torch.cat([sparse, sparse], 1).to_dense().tolist() == torch.cat([A, A], 1).tolist()
    assert torch.stack([sparse, sparse], 1).to_dense().tolist() == torch.stack([A, A], 1).tolist()
    with pytest.raises(IndexError, match="out of range"):
        sparse[2]


def test_there_is_no_memory_of_the_usual_kind():
    sparse = A.to_sparse_csr()
    for name in ("data_ptr", "storage", "numpy", "tolist", "stride"):
        with pytest.raises((RuntimeError, TypeError)):
            getattr(sparse, name)()


def test_tensors_like_sparse_ones():
    sparse = A.to_sparse_csr()
    assert torch.zeros_like(sparse).layout is torch.sparse_csr
    assert torch.ones_like(sparse).to_dense().tolist() == [[1, 0, 1], [0, 0, 1]]
    assert torch.zeros_like(A.to_sparse(), dtype=torch.int32).dtype == torch.int32
    assert torch.zeros_like(sparse, layout=torch.strided).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert sparse.new_zeros(2, 2).layout is torch.sparse_csr
