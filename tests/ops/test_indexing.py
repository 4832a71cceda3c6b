"""Brackets, gathering, scattering and masks: what PyTorch answers, what it refuses, and gradients."""
from __future__ import annotations

from typing import Any

import numpy
import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.ops import addressing, scatter
from flambeau.ops.elements import as_strided_scatter, put, take, take_along_dim
from flambeau.ops.indexing import index_put
from flambeau.ops.masking import masked_fill, masked_scatter, masked_select, nonzero, where
from flambeau.ops.parts import diagonal_scatter, narrow, select, select_scatter, slice_scatter
from flambeau.ops.rows import index_add, index_copy, index_fill, index_select
from flambeau.ops.scatter_reduce import index_reduce, scatter_reduce


def numbers(*shape: int) -> Any:
    """0, 1, 2, … in float64, in a shape."""
    return torch.from_numpy(numpy.arange(float(numpy.prod(shape))).reshape(shape))


def t(data: Any) -> Any:
    return torch.tensor(data)


CUBE = numpy.arange(24.0).reshape(2, 3, 4)

MIXED = (0, slice(None), [0, 1])  # NumPy counts the 0 as one of the arrays, and puts their dim in front: (2, 3)

# Index, and the shape of the result in PyTorch.
FORMS = [
    (1, (3, 4)),
    (-1, (3, 4)),
    (slice(0, 1), (1, 3, 4)),
    (slice(None, None, 2), (1, 3, 4)),
    (slice(-10, 10), (2, 3, 4)),
    (slice(5, 1), (0, 3, 4)),
    ((), (2, 3, 4)),
    (..., (2, 3, 4)),
    (None, (1, 2, 3, 4)),
    ((0, 1, 2), ()),
    ((slice(None), 1), (2, 4)),
    ((..., 1), (2, 3)),
    ((1, ..., slice(1, 3)), (3, 2)),
    ((None, 0, None, ..., None), (1, 1, 3, 4, 1)),
    (True, (1, 2, 3, 4)),
    (False, (0, 2, 3, 4)),
    ((0, True), (1, 3, 4)),
    ([0, 1, 1], (3, 3, 4)),
    ([], (0, 3, 4)),
    (range(2), (2, 3, 4)),
    (numpy.int64(1), (3, 4)),
    (numpy.array([1, 0]), (2, 3, 4)),
    (((0, 1),), (2, 3, 4)),
    (([0, 1], [2, 2]), (2, 4)),
    (([[0], [1]], [0, 2]), (2, 2, 4)),
    ((slice(None), [0, 2]), (2, 2, 4)),
    (([0, 1], slice(None), [0, 3]), (2, 3)),
    (([0, 1], None, [0, 2]), (2, 1, 4)),
    (MIXED, (3, 2)),
    (([0, 1], 1), (2, 4)),
    (([True, False],), (1, 3, 4)),
    ((slice(None), [True, False, True], [0, 1]), (2, 2)),
]


@pytest.mark.parametrize(("index", "shape"), FORMS, ids=lambda value: str(value))
def test_every_form_of_index_gives_pytorchs_shape(index: Any, shape: tuple[int, ...]) -> None:
    assert tuple(torch.from_numpy(CUBE)[index].shape) == shape


@pytest.mark.parametrize("index", [index for index, _ in FORMS if index is not MIXED], ids=str)
def test_every_form_of_index_gives_numpys_values(index: Any) -> None:
    numpy.testing.assert_array_equal(torch.from_numpy(CUBE)[index].numpy(), CUBE[index])


def test_an_int_beside_an_index_list_leaves_the_list_in_its_place():
    numpy.testing.assert_array_equal(torch.from_numpy(CUBE)[0, :, [0, 1]].numpy(), CUBE[0][:, [0, 1]])


@pytest.mark.parametrize("index", [index for index, shape in FORMS if 0 not in shape], ids=str)
def test_every_form_of_index_has_first_and_second_gradients(index: Any) -> None:
    x = torch.from_numpy(CUBE.copy()).requires_grad_()
    assert gradcheck(lambda x: x[index], [x])
    assert gradgradcheck(lambda x: x[index] * 2.0, [x])


def test_picking_nothing_gives_a_gradient_of_zeros():
    x = numbers(2).requires_grad_()
    (x[[]].sum() + x[False].sum() + x[5:].sum()).backward()
    assert x.grad.tolist() == [0, 0]


def test_an_element_picked_twice_gets_both_gradients():
    x = numbers(3).requires_grad_()
    x[[0, 2, 2]].sum().backward()
    assert x.grad.tolist() == [1, 0, 2]


def test_index_tensors_may_be_int32_and_0_dim():
    x = numbers(3, 4)
    assert x[t([0, 2]).to(torch.int32)].shape == (2, 4)
    assert x[t(1)].tolist() == [4, 5, 6, 7]
    assert x[t(True)].shape == (1, 3, 4)


def test_a_bool_mask_over_several_dims_picks_elements():
    x = numbers(2, 3)
    assert x[x > 2].tolist() == [3, 4, 5]


def test_a_uint8_mask_works_and_warns():
    with pytest.warns(UserWarning, match="use a dtype torch.bool instead"):
        assert numbers(3)[torch.tensor([1, 0, 1], dtype=torch.uint8)].tolist() == [0, 2]


def test_a_list_of_lists_counts_as_a_tuple_and_warns():
    with pytest.warns(UserWarning, match="write x\\[tuple"):
        assert numbers(3, 3)[[[0, 1], [1, 2]]].tolist() == [1, 5]


@pytest.mark.parametrize(("index", "name"), [
    (0, "Select"), (slice(1), "Slice"), (slice(None), "Slice"), (..., "Alias"), (None, "Unsqueeze"), ([0], "Index"),
    ((slice(None), 1), "Select"), ((0, slice(1)), "Slice"), ((slice(None), None), "Unsqueeze"), (True, "Index"),
])
def test_the_last_step_names_the_grad_fn(index: Any, name: str) -> None:
    assert numbers(2, 3).requires_grad_()[index].grad_fn.name() == f"{name}Backward0"


def test_basic_indices_look_at_the_same_memory_and_index_tensors_copy():
    x = numbers(2, 3)
    x[0][1] = 10
    x[:, 2:][1] = 20
    x[[0]][0] = 30
    assert x.tolist() == [[0, 10, 2], [3, 4, 20]]


@pytest.mark.parametrize(("index", "error", "message"), [
    (2, IndexError, "index 2 is out of bounds for dimension 0 with size 2"),
    ((0, -4), IndexError, "index -4 is out of bounds for dimension 1 with size 3"),
    ((slice(None), [3]), IndexError, "index 3 is out of bounds for dimension 1 with size 3"),
    (([0], [-4]), IndexError, "index -4 is out of bounds for dimension 1 with size 3"),
    ((0, 0, 0), IndexError, "too many indices for tensor of dimension 2"),
    (slice(None, None, -1), ValueError, "step must be greater than zero"),
    (slice(None, None, 0), ValueError, "slice step cannot be zero"),
    (1.0, IndexError, r"only integers, slices.*got float"),
    ("a", TypeError, "got str"),
    (numpy.array([1.0]), IndexError, "must be long, int, byte or bool tensors"),
    ([True, False, True], IndexError, r"mask \[3\] at index 0 does not match the shape of the indexed tensor \[2, 3\]"),
    (([0, 1], [0, 1, 2]), IndexError, r"could not be broadcast together with shapes \[2\], \[3\]"),
])
def test_a_bad_index_is_named(index: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        numbers(2, 3)[index]
    with pytest.raises(error, match=message):
        numbers(2, 3)[index] = 0


def test_a_scalar_takes_no_index():
    with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
        t(1.0)[0]


# Assignment


@pytest.mark.parametrize("index", [index for index, _ in FORMS if index is not False], ids=str)
@pytest.mark.parametrize("recorded", [False, True])
def test_assigning_a_number_writes_it_where_the_index_points(index: Any, recorded: bool) -> None:
    x = torch.from_numpy(CUBE.copy())
    if recorded:
        x = x.requires_grad_().clone()
    x[index] = -1.0
    want = CUBE.copy()
    if index is MIXED:
        want[0][:, [0, 1]] = -1.0
    else:
        want[index] = -1.0
    numpy.testing.assert_array_equal(x.detach().numpy(), want)


@pytest.mark.parametrize("index", [1, slice(None), (slice(None), 1), [1, 0], ([0, 1], slice(None), [0, 3]), True],
                         ids=str)
def test_gradients_flow_to_what_was_assigned_and_not_to_what_was_overwritten(index: Any) -> None:
    def assign(x: Any, value: Any) -> Any:
        x = x * 1.0
        x[index] = value
        return x * x

    x = torch.from_numpy(CUBE.copy()).requires_grad_()
    value = (torch.from_numpy(CUBE.copy())[index] + 0.5).requires_grad_()
    assert gradcheck(assign, [x, value])
    assert gradcheck(assign, [x, numbers(*value.shape[-1:]).requires_grad_()])


def test_a_value_broadcasts_and_may_have_dims_of_one_in_front():
    x = numbers(2, 3)
    x[0] = numbers(1, 1, 3)
    x[x > 3] = numbers(1, 2) + 7
    assert x.tolist() == [[0, 1, 2], [3, 7, 8]]


def test_assigning_counts_as_a_write():
    x = numbers(3)
    before = x._version
    x[0] = 1
    x[[1, 2]] = 5
    assert x._version == before + 2


def test_assigning_into_a_view_changes_the_base_on_the_tape_too():
    x = numbers(2, 2).requires_grad_()
    y = x * 1.0
    y[0][1] = 5.0
    y.sum().backward()
    assert x.grad.tolist() == [[1, 0], [1, 1]]


def test_numbers_are_converted_as_pytorch_converts_them():
    whole = t([1, 2, 3])
    whole[0] = 2.7
    whole[1] = True
    byte = torch.tensor([0, 0], dtype=torch.uint8)
    byte[0] = -1
    truth = t([False, False])
    truth[1] = 2
    assert (whole.tolist(), byte.tolist(), truth.tolist()) == ([2, 1, 3], [255, 0], [False, True])


@pytest.mark.parametrize(("index", "value", "error", "message"), [
    (0, 1j, RuntimeError, "cannot be converted to type double without overflow"),
    (0, [1, 2], TypeError, "can't assign a list to a torch.DoubleTensor"),
    (0, None, TypeError, "can't assign a NoneType"),
    (0, numpy.ones(2), TypeError, "can't assign a ndarray"),
    (0, t([1.0, 2.0]), RuntimeError, r"shape \(2,\)"),
    ([0], t(1), RuntimeError, "dtypes match, got Double for the destination and Long for the source"),
    ([0], numbers(2), RuntimeError, "shape mismatch"),
])
def test_a_bad_value_is_refused(index: Any, value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        numbers(2, 3)[index] = value


def test_an_integer_that_does_not_fit_is_refused():
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint8_t without overflow: it is 300"):
        torch.tensor([0], dtype=torch.uint8)[0] = 300


def test_a_leaf_that_needs_a_gradient_takes_no_assignment():
    with pytest.raises(RuntimeError, match="leaf Variable"):
        numbers(3).requires_grad_()[0] = 1.0
    with torch.no_grad():
        x = numbers(3).requires_grad_()
        x[0] = 7.0
    assert x.tolist() == [7, 1, 2]


def test_an_expanded_tensor_takes_no_assignment():
    with pytest.raises(RuntimeError, match="single memory location"):
        numbers(1, 3).expand(2, 3)[0:2] = 1.0


# Ops


def test_select_and_narrow_are_views():
    x = numbers(2, 3)
    select(x, 1, -1)[0] = 10
    narrow(x, 1, 0, 2)[1, 1] = 20
    assert x.tolist() == [[0, 1, 10], [3, 20, 5]]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda x: select(x, 0, 2), IndexError, "index 2 out of range for tensor of size .2, 3. at dimension 0"),
    (lambda x: select(x, 2, 0), IndexError, r"expected to be in range of \[-2, 1\], but got 2"),
    (lambda x: narrow(x, 1, 2, 2), RuntimeError, r"start \(2\) \+ length \(2\) exceeds dimension size \(3\)"),
    (lambda x: narrow(x, 1, 4, 0), IndexError, "start out of range"),
    (lambda x: narrow(x, 0, t([1]), 1), RuntimeError, "start must be an 0-dim integral Tensor"),
    (lambda x: scatter.gather(x, 1, t([[3]])), RuntimeError, "index 3 is out of bounds for dimension 1 with size 3"),
    (lambda x: scatter.gather(x, 1, t([[-1]])), RuntimeError, "index -1 is out of bounds for dimension 1 with size 3"),
    (lambda x: scatter.gather(x, 1, t([0])), RuntimeError, "same number of dimensions as input"),
    (lambda x: scatter.gather(x, 1, t([[0.0]])), RuntimeError, "Expected dtype int32/int64 for index, not Float"),
    (lambda x: scatter.gather(x, 1, t([[0], [0], [0]])), RuntimeError, "to be no larger than self"),
    (lambda x: scatter.scatter(x, 0, t([[0, 1]]), t([[1, 2]])), RuntimeError, "Expected self.dtype to be equal to src"),
    (lambda x: scatter.scatter(x, 0, t([[0, 1]]), numbers(1, 1)), RuntimeError, "no larger size than src"),
    (lambda x: scatter.scatter(x, 0, t([[0]]), 1.0, reduce="max"), RuntimeError, "must be either add or multiply"),
    (lambda x: scatter_reduce(x, 0, t([[0]]), x, "max"), RuntimeError, "must be either sum, prod, mean, amax or amin"),
    (lambda x: index_select(x, 0, t([2])), IndexError, "index out of range in self"),
    (lambda x: index_select(x, 0, t([-1])), IndexError, "index out of range in self"),
    (lambda x: index_add(x, 0, t([0, 1]), numbers(1, 3)), RuntimeError, "Number of indices"),
    (lambda x: index_copy(x, 0, t([0, 1]), numbers(1, 3)), IndexError, "Number of indices"),
    (lambda x: index_fill(x, 0, t([5]), 1.0), IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
    (lambda x: take(x, t([6])), IndexError, "out of range: .* 6 elements"),
    (lambda x: take(x, t([0.0])), RuntimeError, "Expected a long tensor for index, but got Float"),
    (lambda x: put(x, t([0, 1]), numbers(1)), IndexError, "same number of elements"),
    (lambda x: take_along_dim(x, t([0]), 1), RuntimeError, "same number of dimensions"),
    (lambda x: masked_fill(x, x, 1.0), RuntimeError, "only supports boolean masks, but got mask with dtype Double"),
    (lambda x: masked_fill(x, x > 1, numbers(1)), RuntimeError, "only supports a 0-dimensional value tensor"),
    (lambda x: masked_scatter(x, x > 1, numbers(1)), RuntimeError, "Number of elements of source < number of ones"),
    (lambda x: where(x, x, x), RuntimeError, "condition to be a boolean tensor, but got a tensor with dtype Double"),
    (lambda x: where(x > 1, x), TypeError, "give a condition alone"),
    (lambda x: slice_scatter(x, numbers(1, 2), 0, 0, 1), RuntimeError, r"src size = \[1, 2\], slice size = \[1, 3\]"),
    (lambda x: select_scatter(x, numbers(2), 0, 0), RuntimeError, r"src size = \[2\], slice size = \[3\]"),
    (lambda x: diagonal_scatter(x, numbers(3)), RuntimeError, r"src size = \[3\], slice size = \[2\]"),
    (lambda x: as_strided_scatter(x, numbers(1), (1,), (1,), 9), RuntimeError, "out of bounds for storage of 6"),
    (lambda x: index_put(x, ([0],), t(1.0)), TypeError, "expected Tensor as element 0"),
])
def test_a_bad_call_is_refused_in_pytorchs_class(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(numbers(2, 3))


def test_where_promotes_numbers_as_pytorch_does():
    mask = t([True, False])
    assert where(mask, 1.0, 0).dtype == torch.float32
    assert where(mask, 1, 0).dtype == torch.int64
    assert where(mask, t([1.0, 2.0]).half(), 1.0).dtype == torch.float16
    assert where(mask, t([1, 2]), t(0.5)).dtype == torch.float32


def test_where_alone_and_nonzero_as_tuple_give_indices_by_dim():
    rows, columns = where(t([[0, 1], [2, 0]]))
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    assert [index.tolist() for index in nonzero(t(3.0), as_tuple=True)] == [[0]]
    assert nonzero(t(3.0)).shape == (1, 0)


@pytest.mark.parametrize(("reduce", "want"), [
    ("sum", [11.0, 2.0, 11.0]), ("prod", [-35.0, 2.0, 24.0]), ("mean", [11 / 3, 2.0, 5.5]), ("amax", [7.0, 2.0, 8.0]),
    ("amin", [-1.0, 2.0, 3.0]),
])
def test_scatter_reduce_merges_all_that_meet(reduce: str, want: list[float]) -> None:
    x, index, src = torch.tensor([-1.0, 2.0, 3.0]), t([0, 0, 2]), torch.tensor([7.0, 5.0, 8.0])
    assert scatter_reduce(x, 0, index, src, reduce).tolist() == pytest.approx(want)


def test_scatter_reduce_without_self_leaves_cells_alone_that_nothing_meets():
    x, index, src = torch.tensor([100.0, 2.0]), t([0, 0]), torch.tensor([3.0, 4.0])
    results = {how: scatter_reduce(x, 0, index, src, how, include_self=False)[0].item()
               for how in ("sum", "prod", "mean", "amax", "amin")}
    assert results == {"sum": 7, "prod": 12, "mean": 3.5, "amax": 4, "amin": 3}
    assert scatter_reduce(x, 0, index, src, "sum", include_self=False)[1] == 2


@pytest.mark.parametrize("include_self", [True, False])
def test_a_products_gradient_survives_zeros(include_self: bool) -> None:
    x = torch.tensor([2.0, 3.0, 0.0], dtype=torch.float64, requires_grad=True)
    src = torch.tensor([0.0, 4.0, 5.0, 0.0, 0.0], dtype=torch.float64, requires_grad=True)
    scatter_reduce(x, 0, t([0, 0, 1, 2, 2]), src, "prod", include_self=include_self).sum().backward()
    if include_self:
        assert (x.grad.tolist(), src.grad.tolist()) == ([0, 5, 0], [8, 0, 3, 0, 0])
    else:
        assert (x.grad.tolist(), src.grad.tolist()) == ([0, 0, 0], [4, 0, 1, 0, 0])


def test_equal_extremes_share_the_gradient():
    x = torch.tensor([4.0, 0.0], requires_grad=True)
    src = torch.tensor([4.0, 1.0], requires_grad=True)
    scatter_reduce(x, 0, t([0, 0]), src, "amax").sum().backward()
    assert (x.grad.tolist(), src.grad.tolist()) == ([0.5, 1], [0.5, 0])


def test_a_source_larger_than_its_index_gets_zeros_where_it_was_not_used():
    src = numbers(2, 3).requires_grad_()
    scatter.scatter_add(numbers(3, 3), 0, t([[2, 0]]), src).sum().backward()
    assert src.grad.tolist() == [[1, 1, 0], [0, 0, 0]]


def test_an_index_listed_twice_fills_once_and_hands_its_value_one_gradient():
    value = t(2.0).requires_grad_()
    index_fill(torch.tensor([0.0, 1.0]), 0, t([1, 1]), value).sum().backward()
    assert value.grad == 1


def test_a_long_sum_of_bfloat16_is_not_stuck():
    many = torch.from_numpy(numpy.ones(1000, "f4")).to(torch.bfloat16)
    total = scatter.scatter_add(t([0.0]).to(torch.bfloat16), 0, torch.from_numpy(numpy.zeros(1000, "i8")), many)
    assert total.item() == 1000


def test_index_reduce_merges_slices():
    x = numbers(2, 2) + 1
    assert index_reduce(x, 0, t([1, 1]), numbers(2, 2) + 2, "prod").tolist() == [[1, 2], [24, 60]]


def test_0_dim_tensors_gather_scatter_and_index():
    x = t(2.0)
    assert scatter.gather(x, 0, t(0)).tolist() == 2
    assert scatter.scatter(x, 0, t(0), 5.0).tolist() == 5
    assert index_select(x, 0, t([0])).tolist() == 2
    assert index_add(x, 0, t([0]), t(3.0)).tolist() == 5


def test_a_masked_select_of_a_broadcast_input_sums_its_gradient():
    x = numbers(3).requires_grad_()
    masked_select(x, t([[True, False, True], [True, False, False]])).sum().backward()
    assert x.grad.tolist() == [2, 0, 1]


# Where an array library does less than NumPy


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "minimum"])
def test_merging_by_sorting_equals_the_ufuncs_own_way(name: str) -> None:
    rng = numpy.random.default_rng(0)
    positions, values, ufunc = rng.integers(0, 9, 100), rng.integers(-3, 4, 100), getattr(numpy, name)
    want = numpy.arange(1, 11)
    ufunc.at(want, positions, values)
    got = numpy.arange(1, 11)
    at, merged = addressing.merged(ufunc, positions, values)
    got[at] = ufunc(got[at], merged)
    assert len(set(at.tolist())) == len(at)
    numpy.testing.assert_array_equal(got, want)


def test_a_ufunc_without_at_falls_back_on_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoAt:
        def __call__(self, *args: Any) -> Any:
            return numpy.add(*args)

    target = numpy.zeros(3)
    monkeypatch.setattr(addressing, "namespace_of", lambda _: _Namespace(NoAt()))
    addressing.combine_at("add", target, numpy.array([2, 0, 2]), numpy.ones(3))
    assert target.tolist() == [1, 0, 2]


class _Namespace:
    """NumPy, but for its `add`."""

    def __init__(self, add: Any) -> None:
        self.add = add

    def __getattr__(self, name: str) -> Any:
        return getattr(numpy, name)


def test_an_index_out_of_bounds_is_refused_where_the_array_library_would_wrap_around(gpu):
    x = torch.tensor([1.0, 2.0]).cuda()
    for index in (torch.tensor([2]), torch.tensor([2]).cuda(), [-3]):
        with pytest.raises(IndexError, match=r"index -?\d is out of bounds for dimension 0 with size 2"):
            x[index]
    with pytest.raises(IndexError, match="index 2 is out of bounds"):
        x[[2]] = 0.0


def test_as_strided_scatter_hands_gradients_to_what_it_kept_and_what_it_wrote():
    x, src = numbers(2, 3).requires_grad_(), (numbers(2) + 7).requires_grad_()
    result = as_strided_scatter(x, src, (2,), (3,), 1)
    assert result.tolist() == [[0, 7, 2], [3, 8, 5]]
    assert gradcheck(lambda x, src: as_strided_scatter(x, src, (2,), (3,), 1), [x, src])


def test_a_number_in_a_tensor_of_any_dtype_goes_where_a_mask_is_true():
    x = torch.zeros(2, 2)
    x[torch.tensor([True, False])] = torch.tensor(3)
    x[:, torch.tensor([False, True])] = torch.tensor([2.5], dtype=torch.float64)
    assert x.tolist() == [[3.0, 2.5], [0.0, 2.5]]
    with pytest.raises(RuntimeError, match="dtypes match"):
        x[torch.tensor([0])] = torch.tensor(3)


def test_a_number_in_a_tensor_gets_the_gradient_of_all_places_it_went_to():
    x, value = torch.zeros(3), torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    x[torch.tensor([True, False, True])] = value
    (x * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert value.grad.item() == 4.0


def test_a_value_that_does_not_fit_a_mask_is_a_runtime_error():
    with pytest.raises(RuntimeError, match=r"shape mismatch: value tensor of shape \[2, 2\].*\[4\]"):
        torch.zeros(2, 2)[torch.ones(2, 2, dtype=torch.bool)] = torch.ones(2, 2)


def test_what_index_tensors_pick_of_a_contiguous_tensor_is_contiguous():
    x = torch.arange(12.0).reshape(2, 2, 3)
    assert x[:, torch.tensor([0, 1]), torch.tensor([[0], [1]])].stride() == (4, 2, 1)
    assert x[0][:, torch.tensor([True, True, False])].stride() == (2, 1)
