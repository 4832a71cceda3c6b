"""Containers: the dicts and lists they stand for, and what they refuse."""
from __future__ import annotations

from collections import OrderedDict

import pytest

import flambeau as torch
from flambeau import nn


def test_parameters_of_a_plain_dict_are_sorted_and_those_of_an_ordered_one_are_not():
    assert list(nn.ParameterDict({"b": torch.ones(1), "a": torch.ones(2)})) == ["a", "b"]
    assert list(nn.ParameterDict(OrderedDict(b=torch.ones(1), a=torch.ones(2)))) == ["b", "a"]
    assert list(nn.ParameterDict(OrderedDict(b=1, a=2)).copy()) == ["b", "a"]


def test_parameter_dicts_are_joined_as_dicts_are():
    left, right = nn.ParameterDict({"a": torch.ones(1)}), nn.ParameterDict({"b": torch.ones(1)})
    assert list(left | right) == ["a", "b"] and list(left) == ["a"]
    assert list({"z": torch.ones(1)} | right) == ["z", "b"]
    left |= right
    assert list(left) == ["a", "b"]


def test_parameters_print_with_their_kind():
    assert repr(nn.ParameterDict({"a": torch.ones(2, 3), "b": 1})) == (
        "ParameterDict(\n    (a): Parameter containing: [torch.FloatTensor of size 2x3]\n    (b): Object of type: int\n)")
    assert repr(nn.ParameterList([torch.ones(2), "s"])) == (
        "ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2]\n    (1): Object of type: str\n)")


@pytest.mark.parametrize("kind", [nn.ParameterList, nn.ParameterDict])
def test_parameters_are_no_layer(kind):
    with pytest.raises(RuntimeError, match=f"{kind.__name__} should not be called"):
        kind()(torch.ones(1))


def test_names_of_parameters_are_strings():
    with pytest.raises(TypeError, match="not a string"):
        nn.ParameterDict({1: torch.ones(1)})
    with pytest.raises(AttributeError, match="no attribute 'b'"):
        nn.ParameterDict({"a": torch.ones(1)})["b"]
    with pytest.raises(KeyError):
        nn.ParameterDict().popitem()
