"""Starting values of parameters. The lists are what PyTorch 2.13 draws on the CPU after manual_seed(0)."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from drawn import listed, near, zeros

from flambeau import random
from flambeau.nn import init


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.manual_seed(0)


def test_layers_start_from_pytorchs_weights() -> None:
    assert near(init.kaiming_uniform_(zeros(2, 3), a=5**0.5),
                [-0.0043225, 0.3097158, -0.4751853, -0.4248946, -0.222369, 0.1548207])
    assert near(init.xavier_normal_(zeros(2, 3)), [0.7997139, -0.4347666, 0.101434, -0.3835534, -0.4952532, 0.6717759])
    assert near(init.trunc_normal_(zeros(4), 0.5, 2.0, -1.0, 1.0), [-0.0226284, -0.3639377, 0.798794, -0.8417201])
    assert near(init.trunc_normal_(zeros(4)), [-1.2427317, -0.4762316, -0.6859185, -1.5051417])
    assert near(init.orthogonal_(zeros(2, 3)), [0.1358476, 0.9612524, -0.2398738, -0.4426599, 0.2754979, 0.8533189])
    assert near(init.sparse_(zeros(4, 2), 0.5), [0.0113173, 0, 0, 0.0021427, 0, 0, 0.0160595, 0.0042786])


def test_starting_values_go_into_parameters_without_the_tape() -> None:
    weight = zeros(2, 3).requires_grad_()
    assert init.normal_(weight) is weight
    assert weight.grad_fn is None


def test_dirac_passes_channels_on() -> None:
    weight = init.dirac_(zeros(4, 2, 3), groups=2)
    assert listed(weight) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] * 2
    assert listed(init.eye_(zeros(2, 3))) == [1, 0, 0, 0, 1, 0]


def test_orthogonal_rows_are_orthogonal() -> None:
    rows = init.orthogonal_(zeros(4, 2, 5)).detach().numpy().reshape(4, 10)
    assert numpy.allclose(rows @ rows.T, numpy.eye(4), atol=1e-6)


@pytest.mark.parametrize(("name", "gain"), [("linear", 1), ("tanh", 5 / 3), ("relu", 2**0.5), ("selu", 0.75)])
def test_gains_are_pytorchs(name: str, gain: float) -> None:
    assert init.calculate_gain(name) == gain


@pytest.mark.parametrize("call", [
    lambda: init.calculate_gain("gelu"), lambda: init.eye_(zeros(2)), lambda: init.dirac_(zeros(2, 2)),
    lambda: init.xavier_uniform_(zeros(2)), lambda: init.kaiming_normal_(zeros(2, 2), mode="fan"),
    lambda: init.orthogonal_(zeros(2)), lambda: init.dirac_(zeros(3, 2, 2), groups=2),
])
def test_what_cannot_be_initialised_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match=r"dimensions|Unsupported|divisible|Mode"):
        call()
