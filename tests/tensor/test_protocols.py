"""What Python, NumPy and the eye ask of a tensor."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch


@pytest.mark.parametrize("convert", [int, float, complex])
def test_a_number_is_made_of_one_element_only(convert):
    assert convert(torch.tensor([2.0])) == 2
    for size in (0, 2):
        with pytest.raises(ValueError, match="only one element tensors can be converted to Python scalars"):
            convert(torch.ones(size))


def test_in_compares_with_numbers_and_tensors_alone():
    x = torch.tensor([[1, 2], [3, 4]])
    assert 3 in x and torch.tensor([1, 2]) in x and 5 not in x
    with pytest.raises(RuntimeError, match=r"Tensor.__contains__ only supports Tensor or scalar, .*'str'"):
        assert "a" in x


def test_requires_grad_is_a_bool():
    with pytest.raises(RuntimeError, match="requires_grad must be a bool"):
        torch.ones(1).requires_grad = 1
    with pytest.raises(TypeError, match="must be bool, not int"):
        torch.ones(1).requires_grad_(1)
    with pytest.raises(TypeError, match="must be bool, not str"):
        torch.ones(1, requires_grad="yes")


@pytest.mark.parametrize(("numbers", "dtype"), [
    ([numpy.float64(1), 2], torch.float64), ([numpy.float16(1), 1.0], torch.float32), ([numpy.int8(1)], torch.int8),
    ([numpy.int16(1), numpy.int32(2)], torch.int32), ([numpy.float64(1), 1j], torch.complex128),
    ([torch.tensor(1.0, dtype=torch.float64), 2], torch.float64), ([torch.tensor(1), 2.0], torch.float32),
    ([2, numpy.float32(1)], torch.float32), ([numpy.bool_(True)], torch.bool)])
def test_numbers_of_a_dtype_of_their_own_keep_it(numbers, dtype):
    assert torch.tensor(numbers).dtype == dtype


def test_nothing_makes_no_tensor():
    with pytest.raises(RuntimeError, match="Could not infer dtype of NoneType"):
        torch.tensor(None)


def test_results_with_several_parts_print_a_part_to_a_line():
    result = torch.tensor([3, 1]).sort()
    assert repr(result) == "torch.return_types.sort(\nvalues=tensor([1, 3]),\nindices=tensor([1, 0]))"
    assert isinstance(result, torch.return_types.sort) and isinstance(result, tuple)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        torch.return_types.nonsense


def test_finfo_prints_as_in_pytorch():
    assert repr(torch.finfo(torch.float16)) == ("finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, "
                                                "smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)")


def test_apply_and_map_call_python_for_each_element():
    x = torch.arange(4).reshape(2, 2).t()
    assert x.apply_(lambda value: value * 10) is x
    assert x.tolist() == [[0, 20], [10, 30]]
    assert x.map_(torch.tensor([1, 2]), lambda one, other: one + other).tolist() == [[1, 22], [11, 32]]
    with pytest.raises(RuntimeError, match=r"Can't call apply_\(\) on Variable that requires grad"):
        torch.ones(1, requires_grad=True).apply_(abs)


def test_joining_nothing_is_refused_in_pytorchs_words():
    with pytest.raises(ValueError, match="expected a non-empty list of Tensors"):
        torch.cat([])
    with pytest.raises(RuntimeError, match="stack expects a non-empty TensorList"):
        torch.stack([])
