"""Sparse tensors on a GPU, real or pretended: indices and values move together, and results stay there."""
from __future__ import annotations

import pytest

import flambeau as torch

pytestmark = pytest.mark.usefixtures("gpu")
MAKERS = {"coo": lambda x: x.to_sparse(), "csr": lambda x: x.to_sparse_csr(), "csc": lambda x: x.to_sparse_csc(),
          "bsr": lambda x: x.to_sparse_bsr((1, 1))}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_results_stay_where_the_tensor_is(make):
    dense = torch.tensor([[1.0, 0, 2], [0, 0, 3]])
    there = make(dense).cuda()
    assert (str(there.device), str(there.values().device), str(there.cpu().device)) == ("cuda:0", "cuda:0", "cpu")
    sparse = there.requires_grad_()
    product = torch.sparse.mm(sparse, torch.ones(3, 2, device="cuda"))
    product.sum().backward()
    results = [product, sparse.grad, sparse * 2, sparse + sparse, sparse * sparse, sparse.sin(), sparse.t(), sparse.to_dense(),
               make(dense.cuda()), torch.sparse.sum(sparse, 0), sparse.to_sparse(), sparse.to_sparse_csr() @ sparse.t()]
    for result in results:
        assert str(result.device) == "cuda:0"
    assert product.cpu().tolist() == [[3, 3], [3, 3]]
    assert "device='cuda:0'" in repr(sparse)


def test_reductions_of_rows_and_shares():
    sparse = torch.tensor([[1.0, 0, 2], [0, 0, 3]]).cuda().to_sparse_csr()
    for reduce in ("sum", "mean", "amax", "amin"):
        assert torch.sparse.mm(sparse, torch.ones(3, 2, device="cuda"), reduce).is_cuda
    assert torch.sparse.softmax(sparse.to_sparse(), 1).is_cuda
    assert torch.sparse.sampled_addmm(sparse, torch.ones(2, 4).cuda(), torch.ones(4, 3).cuda()).is_cuda
