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
    assert list(inspect.signature(torch.expand_copy).parameters) == ["input", "sizes", "size", "implicit", "out"]
    assert "out" in inspect.signature(torch.linalg.norm).parameters
    assert "out" not in inspect.signature(torch.reshape).parameters
    assert "out" not in inspect.signature(torch.Tensor.add).parameters


def test_out_with_gaps_is_written_where_it_is_and_its_neighbours_stay() -> None:
    board = torch.zeros(4, 4)
    torch.add(torch.ones(2, 2), 1, out=board[::2, ::2])
    assert board.sum().item() == 8.0
    assert board[1::2].sum().item() == 0.0
    turned = torch.zeros(3, 2).t()
    torch.mul(torch.arange(6).view(2, 3), 2, out=turned)
    assert turned.stride() == (1, 2)
    assert turned.tolist() == [[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]]


def test_a_larger_out_goes_on_in_its_own_memory() -> None:
    memory = torch.zeros(6)
    out = memory[2:3]
    with pytest.warns(UserWarning, match="was resized"):
        torch.add(torch.ones(3), 1, out=out)
    assert memory.tolist() == [0.0, 0.0, 2.0, 2.0, 2.0, 0.0]


def test_a_new_out_takes_the_order_in_memory_of_the_result() -> None:
    out = torch.empty(0)
    torch.add(torch.ones(3, 2).t(), 1, out=out)
    assert out.stride() == (1, 2)


def test_the_warning_of_resizing_names_the_line_of_the_call() -> None:
    with pytest.warns(UserWarning, match="was resized") as seen:
        torch.tensordot(torch.ones(2), torch.ones(2), 1, out=torch.zeros(3))
    assert seen[0].filename == __file__


def test_what_adds_up_does_so_in_the_dtype_of_out() -> None:
    halves = torch.tensor([0.6, 1.6])
    assert torch.sum(halves, 0, out=torch.tensor(0)).item() == 1
    bytes_ = torch.zeros(2, dtype=torch.uint8)
    assert torch.cumsum(torch.tensor([200, 100]), 0, out=bytes_).tolist() == [200, 44]


@pytest.mark.parametrize(("call", "words"), [
    (lambda: torch.add(torch.ones(2), 1, out=3), "must be Tensor, not int"),
    (lambda: torch.zeros(2, out=[torch.ones(2)]), "must be Tensor, not list"),
    (lambda: torch.neg(torch.ones(2), out=(torch.ones(2),)), "must be Tensor, not tuple"),
    (lambda: torch.sort(torch.ones(2), out=torch.ones(2)), "must be tuple of Tensors"),
    (lambda: torch.sort(torch.ones(2), out=(torch.ones(2),)), "expected tuple of 2 elements"),
    (lambda: torch.sort(torch.ones(2), out=(torch.ones(2), 3)), "as element 1"),
    (lambda: torch.cat([torch.ones(2)], out=torch.zeros(2, dtype=torch.int64)), "can't be cast"),
])
def test_an_out_of_another_kind_is_a_type_error(call: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_nothing_is_written_where_one_of_several_outs_does_not_fit() -> None:
    values = torch.zeros(3)
    with pytest.raises(RuntimeError, match="to have dtype"):
        torch.sort(torch.tensor([3.0, 1.0, 2.0]), out=(values, torch.zeros(3)))
    assert values.tolist() == [0.0, 0.0, 0.0]


def test_draws_for_out_are_made_in_its_dtype() -> None:
    assert torch.bernoulli(torch.ones(3), out=torch.zeros(3, dtype=torch.int64)).tolist() == [1, 1, 1]
    assert torch.normal(torch.zeros(3), 1.0, out=torch.zeros(3, dtype=torch.float64)).dtype is torch.float64


def test_parts_are_copied_into_a_list_of_outs_and_nothing_is_returned() -> None:
    outs = [torch.zeros(2), torch.zeros(2)]
    assert torch.unbind_copy(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), out=outs) is None
    assert outs[1].tolist() == [3.0, 4.0]
