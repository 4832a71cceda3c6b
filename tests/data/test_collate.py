"""From samples to batches."""
from __future__ import annotations

from collections import OrderedDict, namedtuple

import numpy
import pytest

import flambeau as torch
from flambeau.utils.data import default_collate, default_convert

Pair = namedtuple("Pair", "x y")


@pytest.mark.parametrize(("samples", "values", "dtype"), [
    ([torch.ones(2), torch.zeros(2)], [[1, 1], [0, 0]], torch.float32),
    ([numpy.ones(1, "f8"), numpy.zeros(1, "f8")], [[1], [0]], torch.float64),
    ([numpy.float32(1), numpy.float32(2)], [1, 2], torch.float32),
    ([1, 2], [1, 2], torch.int64),
    ([1.5, 2.5], [1.5, 2.5], torch.float64),
    ([True, False], [True, False], torch.bool),
])
def test_numbers_and_arrays_are_stacked(samples, values, dtype):
    batch = default_collate(samples)
    assert batch.dtype is dtype
    assert batch.tolist() == values


def test_containers_are_collated_piece_by_piece():
    batch = default_collate([{"a": 1, "b": ["x", (1.0,)]}, {"a": 2, "b": ["y", (2.0,)]}])
    assert batch["a"].tolist() == [1, 2]
    assert batch["b"][0] == ("x", "y")
    assert batch["b"][1][0].tolist() == [1.0, 2.0]


def test_containers_keep_their_class_but_for_tuples():
    assert isinstance(default_collate([OrderedDict(a=1)]), OrderedDict)
    assert isinstance(default_collate([Pair(1, 2)]), Pair)
    assert isinstance(default_collate([(1, 2)]), list)


def test_samples_of_different_lengths_are_refused():
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([[1], [1, 2]])


@pytest.mark.parametrize("sample", [object(), numpy.array(["a"]), None])
def test_what_is_no_number_is_refused(sample):
    with pytest.raises(TypeError, match="default_collate: batch must contain tensors"):
        default_collate([sample])


def test_convert_leaves_what_it_does_not_know():
    marker = object()
    found = default_convert({"a": numpy.ones(2), "b": [numpy.int64(3), "text", marker], "c": (1, numpy.array("s"))})
    assert found["a"].tolist() == [1.0, 1.0]
    assert found["b"][0].item() == 3
    assert found["b"][1:] == ["text", marker]
    assert found["c"][0] == 1
    assert isinstance(found["c"][1], numpy.ndarray)
