"""Classes and modes as programs write them: units, metadata, parameters, counting and rewriting. Recorded beside PyTorch."""
from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import flambeau as torch
from flambeau import nn, overrides
from flambeau.nn import functional as F


class Quantity:
    """Numbers with a unit; no tensor."""

    def __init__(self, numbers, unit):
        self.numbers, self.unit = numbers, unit

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        units = {value.unit for value in args if isinstance(value, cls)}
        if len(units) > 1:
            raise ValueError(f"units differ: {sorted(units)}")
        plain = [value.numbers if isinstance(value, cls) else value for value in args]
        return cls(func(*plain, **(kwargs or {})), units.pop())


class Tagged(torch.Tensor):
    """A tensor with a note that results inherit."""

    @staticmethod
    def __new__(cls, data, tag=None):
        return torch.as_tensor(data).as_subclass(cls)

    def __init__(self, data, tag=None):
        self.tag = tag

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        result = super().__torch_function__(func, types, args, kwargs)
        if isinstance(result, cls):
            result.tag = next((value.tag for value in args if isinstance(value, cls) and hasattr(value, "tag")), None)
        return result


class Heard(torch.Tensor):
    names: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.names.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs)


class InDouble(overrides.TorchFunctionMode):
    """Has the functions that make tensors make them of float64."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in (torch.empty, torch.zeros, torch.ones) and kwargs.get("dtype") is None:
            kwargs["dtype"] = torch.float64
        return func(*args, **kwargs)


def test_a_quantity_is_taken_as_any_argument():
    length = Quantity(torch.tensor([1.0, 2.0]), "m")
    plain = torch.ones(2)
    results = [torch.add(plain, length), plain + length, plain.copy_(length), plain.expand_as(length), plain.type_as(length),
               F.relu(length), nn.Linear(2, 2)(length), torch.where(plain > 0, length, 0.0)]
    assert {result.unit for result in results} == {"m"}
    with pytest.raises(ValueError, match="units differ"):
        torch.add(length, Quantity(plain, "s"))


def test_a_tag_is_inherited_copied_and_pickled():
    x = Tagged([1.0, 2.0], tag="cm")
    made = [x + 1, x[0], x.sum(), x.clone(), np.exp(x), copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))]
    assert {(type(y), y.tag) for y in made} == {(Tagged, "cm")}


def test_a_batch_of_tagged_tensors_is_tagged():
    batch = torch.utils.data.default_collate([Tagged([1.0], tag="a"), Tagged([2.0], tag="b")])
    assert type(batch) is Tagged


@pytest.mark.parametrize("call, name", [
    (lambda x: x[0], "__getitem__"), (lambda x: x.__setitem__(0, 1.0), "__setitem__"), (lambda x: x ** 2, "pow"),
    (lambda x: x.double(), "double"), (lambda x: x.long(), "long"), (lambda x: list(x), "unbind"),
    (lambda x: torch.ones(2).copy_(x), "copy_"), (lambda x: torch.ones(2).equal(x), "equal"), (lambda x: x._version, "__get__"),
    (lambda x: torch.ones(2).view_as(x), "view_as"), (lambda x: x.is_meta, "__get__"),
])
def test_a_class_hears_the_name_of_the_method(call, name):
    x = torch.ones(2).as_subclass(Heard)
    Heard.names.clear()
    call(x)
    assert Heard.names[0] == name


def test_numpy_is_heard_as_the_protocol_it_uses():
    x = torch.ones(2).as_subclass(Heard)
    Heard.names.clear()
    assert type(np.exp(x)) is Heard
    assert Heard.names == ["__array__", "__array_wrap__"]


def test_a_mode_hears_of_a_modules_parameters():
    with InDouble():
        model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Conv1d(1, 1, 1), nn.LSTM(2, 2), nn.Embedding(2, 2))
    assert {p.dtype for p in model.parameters()} == {torch.float64}
    assert nn.Linear(2, 2).weight.dtype == torch.float32


def test_tensors_of_pytorch_itself_are_not_asked():
    foreign = type("Tensor", (), {"__module__": "torch", "__torch_function__": classmethod(lambda cls, func, *rest: func())})
    with pytest.raises(TypeError, match="unsupported operand"):
        torch.ones(1) * foreign()


def test_functions_of_another_library_are_declined():
    assert torch.Tensor.__torch_function__(len, (torch.Tensor,), ([],)) is NotImplemented


def test_every_kind_of_tensor_can_be_asked_for():
    x = torch.ones(2)
    assert x.is_cpu and x.is_same_size(torch.zeros(2)) and x.is_set_to(x.view(2)) and torch.ones(1).is_nonzero()
    assert not any([x.is_meta, x.is_quantized, x.is_nested, x.is_mps, x.is_xpu, x.is_sparse_csr, x.is_mkldnn])
