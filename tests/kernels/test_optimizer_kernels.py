"""Kernels of optimizers against their formulas in Python."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau.kernels.cpu.native import native
from flambeau.optim.adagrad import adagrad
from flambeau.optim.adam import adam
from flambeau.optim.formulas import computed
from flambeau.optim.rmsprop import rmsprop
from flambeau.optim.sgd import sgd

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")

ADAM = {"step_size": 0.01, "beta1": 0.9, "beta2": 0.99, "spread": 0.3, "eps": 1e-8, "decay": None, "weight_decay": 0.0,
        "maximize": False}
SGD = {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.0, "nesterov": False, "maximize": False,
       "is_first": False}
RMSPROP = {"lr": 0.1, "alpha": 0.9, "eps": 1e-8, "momentum": 0.9, "weight_decay": 0.0, "maximize": False}
ADAGRAD = {"step_size": 0.1, "eps": 1e-8, "weight_decay": 0.0, "maximize": False}

CASES = [
    (adam, "pp-", ADAM), (adam, "ppp", ADAM | {"weight_decay": 0.1, "maximize": True}), (adam, "pp-", ADAM | {"decay": 0.9}),
    (sgd, "-", SGD), (sgd, "p", SGD), (sgd, "p", SGD | {"is_first": True, "nesterov": True}),
    (sgd, "p", SGD | {"nesterov": True, "weight_decay": 0.2}), (sgd, "-", SGD | {"maximize": True, "weight_decay": 0.2}),
    (rmsprop, "p--", RMSPROP), (rmsprop, "ppp", RMSPROP | {"weight_decay": 0.1}),
    (rmsprop, "p-p", RMSPROP | {"maximize": True}),
    (rmsprop, "pp-", RMSPROP), (adagrad, "p", ADAGRAD), (adagrad, "p", ADAGRAD | {"weight_decay": 0.3, "maximize": True}),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
def test_kernels_do_what_formulas_say(case, dtype: str) -> None:
    formula, states, numbers = case
    rng = numpy.random.default_rng(0)
    for shape in ((), (1,), (7, 5), (100_003,)):
        param, grad = (rng.standard_normal(shape).astype(dtype).reshape(shape) for _ in range(2))
        # squares above the squares of means, so that their difference has a root
        state = [None if kind == "-" else (rng.random(shape) / (1 if at == 0 else 10) + (0.5 if at == 0 else 0)).astype(dtype)
                 .reshape(shape) for at, kind in enumerate(states)]
        mine, theirs = ([None if array is None else numpy.array(array) for array in (param, grad, *state)] for _ in range(2))
        assert computed(formula, mine, numbers)
        flat = [None if array is None else array.reshape(-1) for array in theirs]
        formula(*flat, **numbers)
        for got, want in zip(mine, theirs):
            if got is not None:
                numpy.testing.assert_allclose(got, want, rtol=2e-6 if dtype == "float32" else 1e-14,
                                              atol=1e-6 if dtype == "float32" else 1e-14)


def test_infinite_parameters_without_weight_decay_follow_the_gradient() -> None:
    param, grad = numpy.array([numpy.inf, 1.0], "float32"), numpy.array([1.0, 1.0], "float32")
    buffer = numpy.zeros(2, "float32")
    assert computed(sgd, [param, grad, buffer], SGD)
    assert numpy.isfinite(buffer).all()


def test_gradients_that_lie_otherwise_are_left_to_the_formula() -> None:
    weight = torch.nn.Parameter(torch.ones(3, 4))
    weight.grad = torch.arange(12.0).reshape(4, 3).t()
    torch.optim.SGD([weight], lr=0.1).step()
    assert torch.allclose(weight, 1 - 0.1 * torch.arange(12.0).reshape(4, 3).t())
