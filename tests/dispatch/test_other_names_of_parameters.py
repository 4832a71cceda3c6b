"""Parameters by the names that PyTorch's other signatures of the same function give them."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import flambeau as torch

X = torch.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(("one", "other"), [
    (lambda: torch.hsplit(X, sections=3), lambda: torch.hsplit(X, 3)),
    (lambda: X.hsplit(indices=[1]), lambda: torch.hsplit(X, [1])),
    (lambda: torch.tensor_split(X, sections=2, dim=1), lambda: torch.tensor_split(X, 2, 1)),
    (lambda: X.tensor_split(indices=(1,), dim=1), lambda: X.tensor_split((1,), 1)),
    (lambda: torch.split(tensor=X, split_size_or_sections=1), lambda: torch.split(X, 1)),
    (lambda: X.split(split_size=1), lambda: X.split(1)),
    (lambda: [torch.swapaxes(X, axis0=0, axis1=1)], lambda: [X.transpose(0, 1)]),
    (lambda: [torch.isin(element=3.0, test_elements=X)], lambda: [torch.isin(3.0, X)]),
    (lambda: [X.view(size=(6, 4)), X.view(dtype=torch.int32)], lambda: [X.view(6, 4), X.view(torch.int32)]),
    (lambda: [X.expand(size=(2, 2, 3, 4), implicit=False)], lambda: [X.expand(2, 2, 3, 4)]),
    (lambda: [X.clone().resize_(size=(3, 8))], lambda: [X.reshape(3, 8)]),
    (lambda: [torch.detach(input=X)], lambda: [X]),
    (lambda: [torch.layer_norm(X, (4,), cudnn_enable=False)], lambda: [torch.layer_norm(X, (4,))]),
    (lambda: [torch.dropout(X, 1.0, train=False)], lambda: [X]),
])
def test_both_names_mean_the_same(one: Callable[[], Any], other: Callable[[], Any]) -> None:
    assert all(torch.equal(a, b) for a, b in zip(one(), other(), strict=True))


def test_kinds_of_operands_are_named_for_result_type() -> None:
    assert torch.result_type(tensor=X, other=1) is torch.float32
    assert torch.result_type(scalar=1, tensor=torch.tensor([1], dtype=torch.int8)) is torch.int8
    assert torch.result_type(scalar1=1, scalar2=2.0) is torch.float32
    with pytest.raises(TypeError, match="two tensors or numbers"):
        torch.result_type(X)


def test_two_names_of_one_parameter_are_refused() -> None:
    with pytest.raises(TypeError):
        torch.hsplit(X, sections=3, indices=[1])


def test_the_other_names_are_shown() -> None:
    assert {"indices", "sections"} <= inspect.signature(torch.hsplit).parameters.keys()
