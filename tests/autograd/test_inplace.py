"""Writes into tensors that the tape knows: on leaves, on saved values, on views and their bases."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_a_leaf_that_needs_its_value_cannot_be_written_to():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"):
        x.add_(1.0)
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        x[0].add_(1.0)
    with torch.no_grad():
        x.add_(1.0)
    assert x.tolist() == [2.0, 2.0]


def test_a_saved_value_that_was_written_to_is_noticed_with_op_argument_and_line():
    x, w = torch.ones(2, requires_grad=True), torch.ones(2)
    y = x * w
    w.add_(1.0)
    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()
    message = str(caught.value)
    assert "modified by an inplace operation" in message
    assert "mul needs `other`" in message
    assert "add_" in message
    assert "test_inplace.py" in message


def test_a_write_through_a_view_is_noticed_too():
    x, w = torch.ones(2, 2, requires_grad=True), torch.ones(4)
    y = x * w.view(2, 2)
    w.mul_(2.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_saved_output_that_was_written_to_is_noticed():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    y.add_(1.0)
    with pytest.raises(RuntimeError, match="exp needs `out`"):
        y.sum().backward()


def test_what_was_saved_as_a_shape_may_change():
    x = torch.ones(2, requires_grad=True)
    y = x * 1.0
    z = y.sum()
    y.add_(1.0)
    z.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_an_in_place_op_takes_its_tensors_place_on_the_tape():
    x = torch.tensor([3.0], requires_grad=True)
    y = x * 2
    y.mul_(x)
    y.add_(x)
    y.backward()
    assert x.grad.item() == 13.0


def test_an_in_place_op_that_saves_its_output_saves_the_written_tensor():
    x = torch.tensor([0.5], requires_grad=True)
    y = x * 1
    y.exp_()
    y.backward()
    assert x.grad.item() == pytest.approx(y.item())


def test_writing_to_a_view_changes_the_gradient_of_its_base():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y[0].mul_(5.0)
    y.sum().backward()
    assert x.grad.tolist() == [10.0, 2.0, 2.0]


def test_writing_a_tracked_value_into_a_constant_makes_it_tracked():
    w = torch.tensor(3.0, requires_grad=True)
    buffer = torch.zeros(3)
    buffer[1] = w * 2
    assert buffer.requires_grad
    (buffer * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert w.grad.item() == 20.0


def test_overwritten_elements_get_no_gradient():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y[1] = 0.0
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 2.0]


def test_a_view_made_before_a_write_to_its_base_follows_it():
    x = torch.ones(2, requires_grad=True)
    base = x * 1
    view = base[0]
    base.mul_(3.0)
    view.backward()
    assert x.grad.tolist() == [3.0, 0.0]


def test_one_view_sees_a_write_through_another():
    x = torch.ones(2, 2, requires_grad=True)
    base = x * 1
    row, column = base[0], base[:, 0]
    row.mul_(4.0)
    column.sum().backward()
    assert x.grad.tolist() == [[4.0, 0.0], [1.0, 0.0]]


def test_a_view_of_a_view_finds_the_base():
    x = torch.ones(2, 3, requires_grad=True)
    base = x * 1
    base.t()[1].unsqueeze(0).mul_(7.0)
    base.sum().backward()
    assert x.grad.tolist() == [[1.0, 7.0, 1.0]] * 2


def test_gradients_of_gradients_pass_through_writes():
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    y = x * x
    y[0].mul_(x[1])
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    g.sum().backward()
    assert g.tolist() == [12.0, 10.0]
    assert x.grad.tolist() == [10.0, 6.0]


def test_an_expanded_tensor_cannot_be_written_to():
    with pytest.raises(RuntimeError, match=r"more than one element.*clone\(\)"):
        torch.zeros(1).expand(3).add_(1.0)


def test_a_write_of_another_shape_or_kind_is_refused():
    with pytest.raises(RuntimeError, match=r"output with shape \[1\] doesn't match the broadcast shape \[3\]"):
        torch.zeros(1).add_(torch.ones(3))
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        torch.zeros(1, dtype=torch.int64).add_(1.5)


def test_detach_shares_memory_and_its_version():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    z = y * y
    y.detach().zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_out_is_written_to_and_refused_where_gradients_flow():
    out = torch.zeros(2)
    assert torch.add(torch.ones(2), 1.0, out=out) is out
    assert out.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="functions with out=... arguments don't support automatic differentiation"):
        torch.add(torch.ones(2, requires_grad=True), 1.0, out=out)


VIEWS_BY_STRIDES = {
    "diagonal": lambda y: y.diagonal(),
    "as_strided": lambda y: y.as_strided((3,), (4,), 0),
    "unfold": lambda y: y.unfold(0, 1, 2),
    "expand": lambda y: y[:1].expand(1, 3),
}


@pytest.mark.parametrize("look", VIEWS_BY_STRIDES.values(), ids=VIEWS_BY_STRIDES)
def test_a_write_through_a_view_made_by_strides_reaches_its_bases_gradient(look):
    x = torch.ones(3, 3, requires_grad=True)
    y = x * 1.0
    look(y).mul_(2.0)
    (y * y).sum().backward()
    assert x.grad.equal(2 * y.detach() * y.detach())  # y is x times 1 or 2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.complex64])
def test_a_write_to_a_tensor_without_dims_through_a_view_with_dims_takes_its_gradient(dtype):
    x = torch.tensor(1.5, dtype=dtype, requires_grad=True)
    y = x * 1
    y.view(1, 1).mul_(3)
    y.square().real.backward()
    assert x.grad.item() == 27.0  # of (3x)², at 1.5


def test_the_gradient_of_a_broadcast_copy_is_added_up_in_the_dtype_of_its_source():
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    y = torch.zeros(1000, dtype=torch.bfloat16).copy_(x)
    y.sum(dtype=torch.float64).backward()
    assert x.grad.item() == 1000.0
    (g,) = torch.autograd.grad(torch.zeros(3, dtype=torch.bfloat16).copy_(x), x, torch.tensor([256.0, 1, 1]).bfloat16())
    assert g.item() == 258.0


def test_a_write_through_view_as_real_reaches_its_bases_gradient():
    x = torch.tensor([3 + 4j], requires_grad=True)
    y = x * 1.0
    torch.view_as_real(y)[:, 1].zero_()
    y.abs().sum().backward()
    assert x.grad.tolist() == [1 + 0j]


def test_views_made_by_strides_share_their_bases_version():
    y, w = torch.zeros(2, 2), torch.ones(2, 2, requires_grad=True)
    z = y * w
    y.diagonal().add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_a_written_view_takes_a_gradient_of_any_layout():
    x = torch.arange(6.0, requires_grad=True)
    y = x.view(2, 3) * 1
    y.view(6).mul_(2.0)
    (y.t() * torch.arange(6.0).view(3, 2)).sum().backward()
    assert x.grad.tolist() == [0.0, 4.0, 8.0, 2.0, 6.0, 10.0]


def test_a_view_of_a_base_in_column_order_is_written_where_it_lies():
    x = torch.arange(6.0, requires_grad=True)
    y = x.view(2, 3).t() * 2
    y.as_strided((4,), (1,), 1).mul_(torch.arange(4.0))
    (y * torch.arange(6.0).view(3, 2)).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 8.0, 4.0, 18.0, 10.0]


@pytest.mark.parametrize("function", [
    lambda x: torch.nn.functional.max_pool2d(x, 2), lambda x: 1 / x, torch.nn.functional.elu,
    lambda x: torch.nn.functional.adaptive_max_pool2d(x, 2), torch.nn.functional.normalize,
])
def test_a_result_that_a_rule_can_do_without_may_be_written_to(function):
    x = (torch.rand(2, 3, 4, 4) + 0.1).requires_grad_()
    (want,) = torch.autograd.grad((function(x) * 2).sum(), x)
    (got,) = torch.autograd.grad(function(x).mul_(2).sum(), x)
    assert torch.allclose(got, want)


def test_a_write_that_has_no_gradient_cuts_off_the_one_before():
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y.eq_(y)
    assert torch.autograd.grad(y.sum(), x)[0].tolist() == [0.0, 0.0, 0.0]
    y = x * 2
    y[:2].gt_(1)
    assert torch.autograd.grad(y.sum(), x)[0].tolist() == [0.0, 0.0, 2.0]


def test_floor_division_has_no_derivative_but_rounding_down_has_zeros():
    x = torch.tensor([5.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="derivative for aten::floor_divide is not implemented"):
        (x // 2).backward()
    assert torch.autograd.grad(torch.div(x, 2, rounding_mode="floor"), x)[0].item() == 0


def test_a_diagonal_is_filled_and_may_start_again():
    assert torch.zeros(7, 3).fill_diagonal_(5, wrap=True)[4:].diagonal().tolist() == [5.0, 5.0, 5.0]
    assert torch.zeros(7, 3).fill_diagonal_(5).sum().item() == 15
    assert torch.zeros(3, 3, 3).fill_diagonal_(2).sum().item() == 6
    with pytest.raises(RuntimeError, match="equal length"):
        torch.zeros(2, 3, 3).fill_diagonal_(2)


def test_views_stay_where_they_are_when_their_base_gets_another_shape_in_place():
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    y = x * 2
    row = y[1]
    end = row[1:]
    y.t_()
    assert torch.autograd.grad(row.sum(), x, retain_graph=True)[0].tolist() == [[0, 0, 0], [2, 2, 2]]
    end.mul_(2)
    y.unsqueeze_(0)
    row.add_(1)
    assert y.tolist() == [[[0, 7], [2, 17], [4, 21]]]
    (slopes,) = torch.autograd.grad((y * y).sum(), x)
    assert slopes.tolist() == [[0, 8, 16], [28, 136, 168]]


def test_a_gradient_beyond_what_a_base_still_shows_is_refused_and_nothing_is_written_there():
    x = torch.ones(3, 3, 3, requires_grad=True)
    y = x.relu()
    view = y.transpose(0, 1)
    y.as_strided_((2, 2), (0, 0))
    view.zero_()
    with pytest.raises(RuntimeError, match="reach out of the memory"):
        torch.autograd.grad(view.sum(), x)


@pytest.mark.parametrize("made", [
    lambda a: torch.kron(a, a), lambda a: torch.roll(a, 1), lambda a: torch.rot90(a), lambda a: torch.quantile(a, 0.5),
    lambda a: torch.nn.functional.group_norm(a, 1), lambda a: torch.linalg.solve(a, a[0]),
    lambda a: torch.nn.GRU(2, 2, batch_first=True)(a[None])[0],
])
def test_results_computed_without_recording_can_be_written_to_where_pytorch_lets_them(made):
    with torch.no_grad():
        result = made(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    assert result.mul_(torch.ones((), requires_grad=True)).requires_grad
    assert not result.detach_().requires_grad
