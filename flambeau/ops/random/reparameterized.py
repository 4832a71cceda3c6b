"""Draws that carry a gradient to their parameters: gamma and Dirichlet."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.arrays import Array
from flambeau.core.random import rejection
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import op
from flambeau.ops.pathwise import standard_gamma_grad
from flambeau.ops.pathwise_beta import dirichlet_grad
from flambeau.ops.random.creation import REAL, draw
from flambeau.ops.reduction import sum
from flambeau.ops.shape import _expand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"input": lambda g, input, out: g * standard_gamma_grad(input, out)})
def _standard_gamma(input: Tensor, generator: Any = None) -> Tensor:
    """Draw from gamma distributions of rate 1, with `input` as their shape parameters.

    >>> _standard_gamma(tensor([0.5, 2.0]))
    """
    return _drawn("gamma_cpu", generator, rejection.gamma, input)


def _dirichlet_gradient(g: Tensor, input: Tensor, out: Tensor) -> Tensor:
    """Each coordinate moves as a beta draw does; the others make room in proportion."""
    total = _expand(sum(input, -1, True), input.shape)
    return dirichlet_grad(out, input, total) * (g - sum(out * g, -1, True))


@op(grad={"input": _dirichlet_gradient})
def _sample_dirichlet(input: Tensor, generator: Any = None) -> Tensor:
    """Draw points with positive coordinates that sum to one along the last dim, with `input` as concentrations.

    >>> _sample_dirichlet(tensor([0.5, 2.0]))
    """
    return _drawn("dirichlet", generator, rejection.dirichlet, input)


def _drawn(name: str, generator: Any, distribution: Any, parameters: Array) -> Array:
    if parameters.dtype.name not in REAL:
        raise NotImplementedError(f'"{name}" not implemented for \'{pytorch_name(parameters.dtype)}\'; convert it first')
    return draw(generator, devices.device_of(parameters), distribution, parameters)
