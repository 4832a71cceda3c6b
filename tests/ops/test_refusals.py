"""What PyTorch's functions do not take, flambeau's refuse with the same class of error."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn import functional as F

COMPLEX = torch.tensor(1 + 2j)
TRUTH = torch.tensor([True, False])
WHOLE = torch.tensor([[1, 2], [3, 4]])
HALF = torch.ones(2, 2, dtype=torch.float16)


@pytest.mark.parametrize("call, error, message", [
    (lambda: torch.meshgrid(torch.ones(2), TRUTH, indexing="ij"), RuntimeError, "same dtype"),
    (lambda: torch.cartesian_prod(torch.ones(2), TRUTH), RuntimeError, "same dtype"),
    (lambda: torch.cartesian_prod([torch.ones(2)]), TypeError, "got list at position 0"),
    (lambda: torch.tensor(True).median(0), NotImplementedError, "median"),
    (lambda: torch.tensordot(WHOLE, WHOLE.int(), 1), RuntimeError, "both inputs should have same dtype"),
    (lambda: torch.einsum("ij,jk->ik", WHOLE, WHOLE.byte()), RuntimeError, "expected scalar type Long but found Byte"),
    (lambda: torch.einsum("ijl,jk->ik", WHOLE.int().reshape(1, 2, 2), WHOLE.int()), RuntimeError,
     "expected scalar type Long but found Int"),
    (lambda: F.glu(COMPLEX.expand(2)), NotImplementedError, "glu_cpu"),
    (lambda: WHOLE.dist(WHOLE), RuntimeError, "floating point or complex. Got Long"),
    (lambda: F.normalize(WHOLE), RuntimeError, "floating point or complex tensor as input. Got Long"),
    (lambda: torch.sort(COMPLEX), RuntimeError, "complex"),
    (lambda: torch.topk(COMPLEX, 1, 0), RuntimeError, "complex"),
    (lambda: torch.searchsorted(TRUTH, TRUTH), NotImplementedError, "searchsorted_out_cpu"),
    (lambda: torch.cdist(HALF, HALF), NotImplementedError, "cdist"),
    (lambda: torch.cdist(torch.ones(2, 2), torch.ones(2, 2).double()), RuntimeError, "one dtype"),
    (lambda: torch.polar(WHOLE, WHOLE), RuntimeError, "Half, Float or Double tensors but got Long"),
    (lambda: torch.aminmax(COMPLEX), NotImplementedError, "aminmax_cpu"),
    (lambda: torch.ones(2).nansum(dtype=torch.complex64), NotImplementedError, "nansum_cpu"),
    (lambda: TRUTH.scatter_reduce(0, torch.tensor([0]), TRUTH, "mean"), NotImplementedError, "reduce_mean"),
    (lambda: torch.addmm(3, WHOLE, WHOLE), TypeError, "must be Tensor, not int"),
    (lambda: torch.addmm(torch.ones(3, 3), torch.ones(3, 2), torch.ones(2, 1)), RuntimeError, "cannot be expanded"),
    (lambda: F.linear(torch.ones(1, 2), torch.ones(1, 2, 2)), RuntimeError, "3D"),
    (lambda: torch.zeros(1).index_put_([torch.tensor([0, 0])], torch.ones(1, 1)), RuntimeError, "shape mismatch"),
    (lambda: torch.ones(0, 3).__setitem__(slice(None), torch.ones(2)), RuntimeError, "expanded|shape mismatch|broadcast"),
    (lambda: torch.ones(0, 3).__setitem__(torch.tensor([], dtype=torch.int64), torch.ones(2)), RuntimeError, "shape mismatch"),
    (lambda: torch.ones(3, 4).index_add_(1, torch.tensor([1, 3, 2]), torch.ones(3)), RuntimeError, "out of bounds of the"),
    (lambda: torch.full((2,), -1.5, dtype=torch.uint8), RuntimeError, "without overflow"),
    (lambda: torch.ones(2, dtype=torch.uint8).fill_(-0.5), RuntimeError, "without overflow"),
])
def test_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_whole_numbers_below_zero_wrap_into_bytes():
    assert torch.ones(2, dtype=torch.uint8).fill_(-1).tolist() == [255, 255]
