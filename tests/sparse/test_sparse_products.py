"""Products with sparse matrices, and the gradients that reach their values."""
from __future__ import annotations

import pytest

import flambeau as torch

A = torch.tensor([[1.0, 0, 2.5], [0, -2, 3], [0, 0, 0]])
D = torch.tensor([[1.0, -2], [0.5, 3], [2, -1]])
LAYOUTS = {"coo": lambda x: x.to_sparse(), "csr": lambda x: x.to_sparse_csr(), "csc": lambda x: x.to_sparse_csc(),
           "bsr": lambda x: x.to_sparse_bsr((1, 3))}
every_layout = pytest.mark.parametrize("make", LAYOUTS.values(), ids=LAYOUTS)
PRODUCT = [[6, -4.5], [5, -9], [0, 0]]
WEIGHTS = torch.arange(6.0).reshape(3, 2) + 1


@every_layout
def test_all_names_of_the_product(make):
    sparse = make(A)
    for product in (sparse @ D, torch.mm(sparse, D), torch.matmul(sparse, D), torch.sparse.mm(sparse, D), torch.spmm(sparse, D),
                    torch.dsmm(sparse, D), torch.nn.functional.linear(sparse, D.t()), (D.t() @ sparse.t()).t()):
        assert product.tolist() == PRODUCT
    assert (sparse @ D[:, 0]).tolist() == torch.mv(sparse, D[:, 0]).tolist() == [6, 5, 0]
    assert torch.addmm(torch.ones(3, 2), sparse, D, beta=2, alpha=3).tolist() == [[20, -11.5], [17, -25], [2, 2]]
    assert torch.addmv(torch.ones(3), sparse, D[:, 0]).tolist() == [7, 6, 1]


@every_layout
def test_sparse_by_sparse_is_sparse(make):
    product = make(A) @ make(A.t().contiguous() if make is not LAYOUTS["bsr"] else A)
    expected = A @ (A.t() if make is not LAYOUTS["bsr"] else A)
    assert product.layout is (torch.sparse_coo if make(A).is_sparse else torch.sparse_csr)
    assert product.to_dense().tolist() == expected.tolist()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (2, 3)])
@every_layout
def test_nothing_times_something_is_zero(make, shape):
    if make is not LAYOUTS["bsr"]:
        assert torch.sparse.mm(make(torch.zeros(shape)), torch.ones(shape[1], 2)).tolist() == [[0, 0]] * shape[0]


def test_what_does_not_fit_is_refused():
    sparse = A.to_sparse_csr()
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        sparse @ torch.ones(2, 2)
    with pytest.raises(RuntimeError, match="scalar type"):
        sparse @ D.double()
    with pytest.raises(RuntimeError, match="expand"):
        sparse @ torch.ones(2, 3, 2)


def test_batches_of_matrices():
    batch = torch.stack([A, A.flip(0)])
    other = torch.stack([D, D * 2])
    for sparse in (batch.to_sparse(), batch.to_sparse_csr()):
        assert torch.bmm(sparse, other).tolist() == (batch @ other).tolist()


@every_layout
def test_gradients_reach_both_factors(make):
    sparse, dense = make(A).requires_grad_(), D.clone().requires_grad_()
    (torch.sparse.mm(sparse, dense) * WEIGHTS).sum().backward()
    assert sparse.grad.layout is sparse.layout
    at = A != 0
    assert sparse.grad.to_dense()[at].tolist() == [-3, 0, 13.5, 2]
    assert dense.grad.tolist() == [[1, 2], [-6, -8], [11.5, 17]]
    (torch.sparse.mm(sparse, dense) * WEIGHTS).sum().backward()
    assert sparse.grad.to_dense()[at].tolist() == [-6, 0, 27, 4]
    sparse.grad = None
    assert sparse.grad is None
    assert torch.autograd.grad(torch.sparse.mm(sparse, dense).sum(), sparse)[0].layout is sparse.layout


@every_layout
def test_gradients_go_through_conversions_and_functions(make):
    dense = A.clone().requires_grad_()
    (make(dense).sin() * 2).to_dense().sum().backward()
    at = A != 0
    assert dense.grad[at].tolist() == pytest.approx((2 * A.cos())[at].tolist())
    sparse = make(A).requires_grad_()
    (sparse.to_dense() * torch.arange(9.0).reshape(3, 3)).sum().backward()
    assert sparse.grad.to_dense()[at].tolist() == [0, 2, 4, 5]
    assert repr(sparse).endswith("requires_grad=True)")


def test_values_that_need_a_gradient_get_it():
    values = torch.tensor([1.0, 2, 3], dtype=torch.float64, requires_grad=True)
    dense = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)

    def product(values, dense):
        return torch.sparse.mm(torch.sparse_csr_tensor([0, 2, 3], [0, 2, 1], values, (2, 3)), dense)

    assert not torch.sparse_csr_tensor([0, 2, 3], [0, 2, 1], values, (2, 3)).is_leaf
    assert torch.autograd.gradcheck(product, (values, dense))
    assert torch.autograd.gradgradcheck(product, (values, dense))


@pytest.mark.parametrize(("reduce", "expected", "sparse_gradient", "dense_gradient"), [
    ("sum", [[6, -4.5], [5, -9], [0, 0]], [-3, 0, 13.5, 2], [[1, 2], [-6, -8], [11.5, 17]]),
    ("mean", [[3, -2.25], [2.5, -4.5], [0, 0]], [-1.5, 0, 6.75, 1], [[0.5, 1], [-3, -4], [5.75, 8.5]]),
    ("amax", [[5, -2], [6, -3], [0, 0]], [-4, 2, 0, 2], [[0, 2], [0, 0], [11.5, 12]]),
    ("amin", [[1, -2.5], [-1, -6], [0, 0]], [1, -2, 13.5, 0], [[1, 0], [-6, -8], [0, 5]]),
])
def test_terms_are_reduced_otherwise(reduce, expected, sparse_gradient, dense_gradient):
    sparse, dense = A.to_sparse_csr().requires_grad_(), D.clone().requires_grad_()
    product = torch.sparse.mm(sparse, dense, reduce)
    assert product.tolist() == expected
    (product * WEIGHTS).sum().backward()
    assert sparse.grad.values().tolist() == sparse_gradient
    assert dense.grad.tolist() == dense_gradient


def test_only_known_reductions_of_rows():
    with pytest.raises(RuntimeError, match="reduce type of prod"):
        torch.sparse.mm(A.to_sparse_csr(), D, "prod")
    with pytest.raises(NotImplementedError, match="SparseCsr"):
        torch.sparse.mm(A.to_sparse(), D, "amax")


def test_a_product_at_some_places():
    sparse = torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0], (2, 3))
    left, right = torch.ones(2, 4), torch.ones(4, 3)
    assert torch.sparse.sampled_addmm(sparse, left, right, beta=2, alpha=3).values().tolist() == [14, 16]
    out = torch.zeros_like(sparse)
    assert torch.sparse.sampled_addmm(sparse, left, right, out=out) is out
    assert out.values().tolist() == [5, 6]
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        torch.sparse.sampled_addmm(sparse, right, left)
    with pytest.raises(RuntimeError, match="same dtype"):
        torch.sparse.sampled_addmm(sparse, left.double(), right.double())
    with pytest.raises(NotImplementedError, match="sparse csr"):
        torch.sparse.sampled_addmm(sparse.to_sparse(), left, right)


def test_gradients_of_a_product_at_some_places():
    sparse = torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0], (2, 3)).requires_grad_()
    left, right = torch.ones(2, 4, requires_grad=True), torch.full((4, 3), 2.0, requires_grad=True)
    torch.sparse.sampled_addmm(sparse, left, right, beta=2, alpha=3).values().sum().backward()
    assert sparse.grad.values().tolist() == [2, 2]
    assert left.grad.tolist() == [[6] * 4] * 2
    assert right.grad.tolist() == [[3, 3, 0]] * 4


def test_products_whose_result_is_sparse():
    sparse = torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0], (2, 3)).to_sparse()
    ones = torch.ones(3, 2)
    assert torch.smm(sparse, ones)._values().tolist() == sparse.smm(ones)._values().tolist() == [1, 1, 2, 2]
    rows = torch.hspmm(sparse, ones)
    assert (rows._indices().tolist(), rows._values().tolist(), rows.sparse_dim()) == ([[0, 1]], [[1, 1], [2, 2]], 1)
    added = torch.sspaddmm(torch.eye(2).to_sparse(), sparse, ones, beta=2, alpha=3)
    assert added._indices().tolist() == [[0, 1, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1]]
    assert added._values().tolist() == [2, 2, 3, 3, 6, 6]
    with pytest.raises(RuntimeError, match="only be called on sparse"):
        torch.smm(ones, ones)


def test_half_types_are_added_up_in_float32():
    row = torch.ones(1, 4096, dtype=torch.bfloat16).to_sparse_csr()
    assert (row @ torch.ones(4096, 1, dtype=torch.bfloat16)).item() == 4096


def test_a_hook_is_given_the_sparse_gradient():
    sparse, seen = A.to_sparse_csr().requires_grad_(), []
    sparse.register_hook(lambda g: seen.append(g.layout) or g * 2)
    torch.sparse.mm(sparse, D).sum().backward()
    assert seen == [torch.sparse_csr]
    assert sparse.grad.values().tolist() == [-2, 2, 7, 2]


def test_the_largest_terms_of_bfloat16_are_found_too():
    A = torch.tensor([[1.0, 2.0], [0.0, -3.0]], dtype=torch.bfloat16)
    D = torch.tensor([[4.0, -1.0], [0.5, 2.0]], dtype=torch.bfloat16)
    assert torch.sparse.mm(A.to_sparse_csr(), D, "amax").tolist() == [[4, 4], [-1.5, -6]]
