"""How a draw from a gamma distribution moves with its shape.

A point x at a fixed share F(x; α) of a distribution moves by dx/dα = -(∂F/∂α) / (∂F/∂x).
Source: Jankowiak and Obermeyer, "Pathwise derivatives beyond the reparameterization trick", 2018, with its supplement.
Which expansion serves where, and the coefficients, are PyTorch's; all is computed in float64.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import op
from flambeau.ops.gamma import digamma_of
from flambeau.ops.polynomial import horner
from flambeau.ops.refusals import no_derivative

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

# Coefficients of the rational approximation: for each power of log α from the third down, those of log(x / α) from the
# second down.
RATIO_ABOVE = ((-0.0013441777, -0.0015649758, -0.0030648343), (-0.0026286047, 0.065735949, 0.025146376),
               (-0.0065914022, 0.1298071, -0.094634809), (0.040121004, 0.53487893, 0.16009398))
RATIO_BELOW = ((-1.5247877e-07, -0.00058392623, 0.0014179084), (0.00085092367, -0.0035938915, 0.10406089),
               (-0.0021309326, 0.020070113, 0.32668115), (0.017050642, 0.16639465, 1.0))


@op(grad={"input": no_derivative("_standard_gamma_grad: input"), "output": no_derivative("_standard_gamma_grad: output")})
def standard_gamma_grad(input: Tensor, output: Tensor) -> Tensor:
    """Return how fast draws `output` from gamma distributions of rate 1 grow with their shapes `input`."""
    shape, x = input.astype("f8"), output.astype("f8")
    pieces = [
        (x < 0.8, _by_taylor_series),
        ((shape > 8) & (0.9 * shape <= x) & (x <= 1.1 * shape), _near_the_mean),
        (shape > 8, _by_saddle_point),
        (shape <= 8, _by_rational_approximation),
    ]
    return by_pieces(pieces, shape, x).astype(input.dtype)


def by_pieces(pieces: Sequence[tuple[Array, Callable[..., Array]]], *arguments: Array) -> Array:
    """Compute each element with the formula of the first region it lies in; NaN in none."""
    xp = namespace_of(arguments[0])
    result, left = xp.full(arguments[0].shape, xp.nan), xp.ones(arguments[0].shape, bool)
    for region, formula in pieces:
        here = left & region
        if here.any():
            result[here] = formula(xp, *(argument[here] for argument in arguments))
        left &= ~here
    return result


def _by_taylor_series(xp: Any, shape: Array, x: Array) -> Array:
    """F and ∂F/∂α as power series around x = 0, divided by the density."""
    term, total, slope = 1.0, 1 / shape, 1 / shape**2
    for k in range(1, 6):
        term = term * -x / k
        total, slope = total + term / (shape + k), slope + term / (shape + k) ** 2
    power = x**shape
    result = ((digamma_of(shape) - xp.log(x)) * power * total + power * slope) / (x ** (shape - 1) * xp.exp(-x))
    return xp.nan_to_num(result, nan=0.0, posinf=xp.inf, neginf=-xp.inf)


def _near_the_mean(xp: Any, shape: Array, x: Array) -> Array:
    """The saddle point expansion is 0 / 0 at x = α: its own expansion around there."""
    stirling = 1 + 24 * shape * (1 + 12 * shape)
    around = (1440 * shape**2 + 6 * x * (53 - 120 * x) - 65 * x**2 / shape + shape * (107 + 3600 * x))
    return stirling * around / (1244160 * shape**4)


def _by_saddle_point(xp: Any, shape: Array, x: Array) -> Array:
    """S. O. Rice's expansion of F for a large α, 1968."""
    root, log_ratio = xp.sqrt(8 * shape), xp.log(x / shape)
    bend = xp.copysign((x - shape - shape * log_ratio) ** -1.5, x - shape)
    inner = log_ratio * (root / (shape - x) + bend) - xp.sqrt(2 / shape) * (shape + x) / (shape - x) ** 2
    stirling = 1 + (1 + 1 / (24 * shape)) / (12 * shape)
    return -stirling * x * inner / root


def _by_rational_approximation(xp: Any, shape: Array, x: Array) -> Array:
    u, v = xp.log(x / shape), xp.log(shape)
    above, below = (horner_of_arrays(v, [horner(u, row) for row in table]) for table in (RATIO_ABOVE, RATIO_BELOW))
    return xp.exp(above / below)


def horner_of_arrays(x: Array, coefficients: Sequence[Array]) -> Array:
    """Evaluate a polynomial whose coefficients, the highest first, differ from element to element."""
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result
