"""Kernels are faster ways that may decline."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.dispatch.kernel import explain, kernel, reconsider
from flambeau.ops.pointwise import mul


@pytest.fixture
def calls():
    """A kernel for `mul` that answers for vectors only, and what it was asked."""
    asked = []

    def mul_of_vectors(input, other):
        asked.append(input.shape)
        return NotImplemented if input.ndim != 1 else input * other

    others = mul.op.kernels
    mul.op.kernels = {}
    kernel(mul, "cpu")(mul_of_vectors)
    yield asked
    mul.op.kernels = others
    reconsider(mul.op)


def test_a_kernel_that_declines_leaves_the_work_to_the_body(calls):
    assert (torch.ones(2, 2) * 3.0).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert calls == [(2, 2)]


def test_gradients_pass_through_kernels(calls):
    x = torch.ones(2, requires_grad=True)
    (x * 3.0).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_explain_names_who_would_answer(calls):
    assert explain(mul, torch.ones(2), 3.0).endswith("mul_of_vectors")
    assert explain(mul, torch.ones(2, 2), 3.0) == "body, on numpy"
