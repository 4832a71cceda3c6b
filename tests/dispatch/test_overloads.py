"""`torch.ops.aten`: the names that PyTorch's programs tell ops apart by."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.autograd.listeners import listening
from flambeau.dispatch.overloads import overload_of
from flambeau.nn import functional as F

aten = torch.ops.aten


def overloads_in(run):
    found = []

    def note(op, args, proceed):
        found.append(overload_of(op, args))
        return proceed(op, args)

    with listening(note):
        run()
    return found


def test_an_overload_is_one_object_with_pytorchs_names():
    assert aten.mm.default is torch.ops.aten.mm.default
    assert str(aten.add.Tensor) == "aten.add.Tensor" and aten.add.Tensor.name() == "aten::add.Tensor"
    assert aten.mm.default.name() == "aten::mm" and aten.mm.default.__name__ == "mm.default"
    assert repr(aten.mm.default) == "<OpOverload(op='aten.mm', overload='default')>"
    assert repr(aten.mm) == "<OpOverloadPacket(op='aten.mm')>" and aten.mm.default.overloadpacket is aten.mm


def test_an_overload_is_called_like_the_function_it_names():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert torch.equal(aten.mm.default(x, x), x @ x)
    assert torch.equal(aten.relu_(x.neg()), torch.zeros(2, 2))
    with pytest.raises(NotImplementedError, match="call the function"):
        aten._softmax.default(x, -1, False)


def test_names_that_pytorch_does_not_have_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'no_such_op'"):
        aten.no_such_op
    with pytest.raises(AttributeError, match="no overload name 'nothing'"):
        aten.mm.nothing
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        torch.ops.nothing


@pytest.mark.parametrize("run, expected", [
    (lambda x: x @ x, aten.mm.default),
    (lambda x: x @ x[0], aten.mv.default),
    (lambda x: x[None] @ x[None], aten.bmm.default),
    (lambda x: F.linear(x, x), aten.mm.default),
    (lambda x: F.linear(x, x, x[0]), aten.addmm.default),
    (lambda x: x * 2, aten.mul.Tensor),
    (lambda x: x > 0, aten.gt.Scalar),
    (lambda x: x ** 2, aten.pow.Tensor_Scalar),
    (lambda x: 2 ** x, aten.pow.Scalar),
    (lambda x: x ** x, aten.pow.Tensor_Tensor),
    (lambda x: x.sum(), aten.sum.default),
    (lambda x: x.sum(1), aten.sum.dim_IntList),
    (lambda x: torch.lerp(x, x, x), aten.lerp.Tensor),
    (lambda x: F.layer_norm(x, (2,)), aten.native_layer_norm.default),
    (lambda x: F.group_norm(x[None], 2), aten.native_group_norm.default),
    (lambda x: F.batch_norm(x, None, None, training=True), aten.native_batch_norm.default),
    (lambda x: F.max_pool2d(x[None], 2), aten.max_pool2d_with_indices.default),
    (lambda x: F.scaled_dot_product_attention(x, x, x), aten._scaled_dot_product_flash_attention_for_cpu.default),
])
def test_an_op_has_the_name_that_pytorch_gives_it_for_these_arguments(run, expected):
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert expected in overloads_in(lambda: run(x))
