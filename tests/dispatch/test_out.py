"""`out=`: what is written where, and what is refused."""
from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest

import flambeau as torch


def test_a_result_is_written_into_the_memory_that_is_given() -> None:
    out = torch.zeros(4)[::2]
    assert torch.add(torch.ones(2), 1, out=out) is out
    assert out.tolist() == [2.0, 2.0]
    x = torch.ones(3)
    assert torch.exp(x, out=x) is x


def test_a_result_of_another_shape_resizes_with_a_warning_unless_out_is_empty() -> None:
    with pytest.warns(UserWarning, match=r"was resized since it had shape \[3\]"):
        assert torch.add(torch.ones(2), 1, out=torch.zeros(3)).shape == (2,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.add(torch.ones(2), 1, out=torch.empty(0)).shape == (2,)


MEMORY = torch.arange(6.0)
TWICE = torch.zeros(1).expand(3)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: torch.neg(torch.ones(3), out=TWICE), "more than one element of the written-to tensor"),
    (lambda: torch.neg(MEMORY[:3], out=MEMORY[1:4]), "some elements of the input tensor"),
    (lambda: torch.take(MEMORY, torch.tensor([0, 1]), out=MEMORY[:2]), "some elements of the input tensor"),
    (lambda: torch.cat([MEMORY[:2], MEMORY[2:4]], out=MEMORY[:4]), "some elements of the input tensor"),
    (lambda: torch.gather(torch.ones(2), 0, torch.tensor([1, 0]), out=torch.zeros(2, dtype=torch.float64)), "to have dtype"),
    (lambda: torch.exp(torch.ones(2), out=torch.zeros(2, dtype=torch.int64)), "can't be cast"),
    (lambda: torch.exp(torch.ones(2, requires_grad=True), out=torch.zeros(2)), "automatic differentiation"),
])
def test_what_cannot_be_written_is_refused(call: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        call()


def test_neighbours_that_do_not_touch_are_written() -> None:
    x = torch.arange(6.0)
    torch.neg(x[:3], out=x[3:])
    assert x.tolist() == [0.0, 1.0, 2.0, 0.0, -1.0, -2.0]


def test_functions_show_that_they_take_out() -> None:
    assert str(inspect.signature(torch.add)).endswith("out: 'Tensor | None' = None) -> 'Tensor'")
    assert inspect.signature(torch.sort).parameters["out"].annotation == "tuple[Tensor, Tensor] | None"
    assert "out" in inspect.signature(torch.unsqueeze_copy).parameters
    assert "out" not in inspect.signature(torch.nn.functional.relu).parameters
    assert "out" not in inspect.signature(torch.split).parameters
