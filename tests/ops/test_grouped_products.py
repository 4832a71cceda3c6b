"""Products group by group: what is left over, and what is refused."""
from __future__ import annotations

import pytest

import flambeau
from flambeau.nn import functional as F

ROWS, STACK = flambeau.randn(8, 4), flambeau.randn(2, 4, 3)


def ends(*numbers):
    return flambeau.tensor(numbers, dtype=flambeau.int32)


def test_rows_of_no_group_give_zeros():
    found = F.grouped_mm(ROWS, STACK, offs=ends(3, 6))
    assert flambeau.equal(found[:3], ROWS[:3] @ STACK[0]) and flambeau.equal(found[3:6], ROWS[3:6] @ STACK[1])
    assert not found[6:].any()


def test_gradients_reach_both_sides():
    rows, stack = ROWS.clone().requires_grad_(), STACK.clone().requires_grad_()
    F.grouped_mm(rows, stack, offs=ends(0, 8)).sum().backward()
    assert flambeau.allclose(rows.grad, STACK[1].sum(1).expand(8, 4))
    assert not stack.grad[0].any() and stack.grad[1].any()


@pytest.mark.parametrize("call, complaint", [
    (lambda: F.grouped_mm(ROWS, STACK), "Have to provide offsets"),
    (lambda: F.grouped_mm(STACK, STACK.mT, offs=ends(1, 2)), "Have to provide offsets"),
    (lambda: F.grouped_mm(ROWS, STACK.mT, offs=ends(1, 2)), "contraction dimension"),
    (lambda: F.grouped_mm(ROWS, STACK, offs=ends(1, 2, 3)), "batch sizes have to match"),
    (lambda: F.grouped_mm(ROWS, STACK, offs=flambeau.tensor([3, 8])), "have to be int32"),
    (lambda: F.grouped_mm(ROWS.long(), STACK.long(), offs=ends(3, 8)), "Float32, BFloat16 or Float16"),
    (lambda: F.grouped_mm(ROWS, STACK, offs=ends(3, 8), bias=flambeau.ones(3)), "Bias not supported"),
    (lambda: F.grouped_mm(ROWS, STACK, offs=ends(3, 8), out_dtype=flambeau.float16), "output dtype must match"),
])
def test_what_does_not_fit_is_refused(call, complaint):
    with pytest.raises(RuntimeError, match=complaint):
        call()
