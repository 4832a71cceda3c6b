"""How a draw from a beta or Dirichlet distribution moves with its parameters; sources and remarks as in `pathwise`."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array
from flambeau.dispatch.op import op
from flambeau.ops.gamma import digamma_of
from flambeau.ops.pathwise import by_pieces, horner_of_arrays
from flambeau.ops.polynomial import horner
from flambeau.ops.refusals import no_derivative

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

# Coefficients of the rational correction, for each power of log x up to the second, of log α - log x up to the second,
# and of log (α + β) - log α + log x from the third down.
CORRECTION_ABOVE = (
    ((0.01201642863, -0.0657888334, -0.01061107488, 1.003668233),
     (-0.001465281033, 0.05486251648, -0.3557432599, 0.6336835991),
     (-0.0001557569013, 0.002429354597, 0.004474107445, -0.03276231906)),
    ((0.01074823814, 0.01799915743, -0.3187676331, 0.221950385),
     (0.001550077057, 0.01535556598, 0.06219954479, -0.2951249643),
     (6.976601077e-05, 0.001292462449, 0.004170831599, 0.02155310298)),
    ((0.002319392565, 0.01085618172, 0.008441916499, -0.05980841433),
     (0.000751041181, -0.002721828457, 0.01400243777, 0.02911413504),
     (5.385558597e-05, -9.495446725e-06, -0.001936558688, 0.005900514878)),
)
CORRECTION_BELOW = (
    ((0.007285809825, -0.04438342661, -0.02924021934, 1.0),
     (-0.002407477521, 0.05454656494, -0.3473456711, 0.6357567472),
     (-0.0002307248149, 0.00231480583, 0.004845219414, -0.03301322327)),
    ((0.000564515273, 0.01505928619, -0.1757678135, 0.5925320577),
     (-0.0007316646956, 0.01272886114, -0.06589186703, 0.1014815858),
     (-4.12701925e-05, 0.0003934994223, 0.001096195486, -0.007258481865)),
    ((-5.896963079e-05, 0.002902096474, -0.0236701437, 0.06469649321),
     (-6.063713228e-05, 0.0008000589141, -0.002869809258, 0.001925008108),
     (-1.650964693e-06, 1.097287507e-05, 6.959756487e-05, -0.0003477407336)),
)


@op(grad={name: no_derivative(f"_dirichlet_grad: {name}") for name in ("x", "alpha", "total")})
def dirichlet_grad(x: Tensor, alpha: Tensor, total: Tensor) -> Tensor:
    """Return how fast draws `x` from beta distributions (α, total - α) grow with α, divided by 1 - x.

    A coordinate of a Dirichlet draw is such a draw; with this factor the gradients of its concentrations follow.
    """
    x, alpha, total, dtype = x.astype("f8"), alpha.astype("f8"), total.astype("f8"), x.dtype
    beta, spread = total - alpha, total * x * (1 - x)
    pieces = [
        ((x <= 0.5) & (spread < 2.5), _near_zero),
        ((x >= 0.5) & (spread < 0.75), _near_one),
        ((alpha > 6) & (beta > 6) & _is_near_mean(x, alpha, beta), _near_the_mean),
        ((alpha > 6) & (beta > 6), _by_saddle_point),
        (x == x, _by_rational_correction),
    ]
    return by_pieces(pieces, x, alpha, beta).astype(dtype)


def _near_zero(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    """The power series around x = 0."""
    factor = digamma_of(alpha) - digamma_of(alpha + beta) - xp.log(x)
    term, total = 1.0, (factor + 1 / alpha) / alpha
    for k in range(1, 11):
        term = term * (k - beta) * x / k
        total = total + term / (alpha + k) * (factor + 1 / (alpha + k))
    return _known(xp, x * (1 - x) ** -beta * total)


def _near_one(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    """Seen from the other end, 1 - x is near 0 and α is the second parameter: the power series around there."""
    y, first, second = 1 - x, beta, alpha
    factor = digamma_of(first + second) - digamma_of(second)
    term, product, slope, total = 1.0, 1.0, 0.0, factor / first
    for k in range(1, 9):
        term = term * -y / k
        slope = slope * (second - k) + product
        product = product * (second - k)
        total = total + term / (first + k) * (slope + factor * product)
    return _known(xp, (1 - y) ** (1 - second) * total)


def _known(xp: Any, result: Array) -> Array:
    return xp.where(xp.isnan(result), 0.0, result)


def _is_near_mean(x: Array, alpha: Array, beta: Array) -> Array:
    total = alpha + beta
    return abs(x - alpha / total) <= 0.1 * (alpha * beta / (total + 1)) ** 0.5 / total


def _near_the_mean(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    """The saddle point expansion is 0 / 0 at the mean: its own expansion around there."""
    total = alpha + beta
    around = horner_of_arrays(alpha, [
        8 * (1 - x) * (135 * beta - 11),
        (453 + 1620 * beta * (1 - x) - 455 * x) * beta,
        3 * (59 + 180 * beta - 90 * x) * beta**2,
        (43 + 20 * (16 + 27 * beta) * x) * beta**3,
        47 * x * beta**4,
    ])
    scale = (1 + 12 * alpha) * (1 + 12 * beta) / (total**2 * 12960 * alpha**3 * beta**2 * (1 + 12 * total))
    return scale * around / (1 - x)


def _by_saddle_point(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    """Rice's expansion for two large parameters."""
    total = alpha + beta
    off = alpha * (x - 1) + beta * x  # 0 at the mean
    first = ((2 * alpha**2 + alpha * beta) * (x - 1) - x * beta**2) / (xp.sqrt(2 * alpha / beta) * total**1.5 * off**2)
    distance = beta * xp.log(beta / (total * (1 - x))) + alpha * xp.log(alpha / (total * x))
    bend = xp.copysign(distance**-1.5, -off)
    inner = first + 0.5 * xp.log(alpha / (total * x)) * (xp.sqrt(8 * alpha * beta / total) / off + bend)
    return -_stirling(alpha) * _stirling(beta) / _stirling(total) * x / xp.sqrt(2 * alpha * beta / total) * inner


def _stirling(z: Array) -> Array:
    return 1 + 1 / (12 * z) + 1 / (288 * z * z)


def _by_rational_correction(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    total, u = alpha + beta, xp.log(x)
    a = xp.log(alpha) - u
    b = xp.log(total) - a
    above, below = (_three_powers(table, u, a, b) for table in (CORRECTION_ABOVE, CORRECTION_BELOW))
    return above / below * x * (digamma_of(total) - digamma_of(alpha)) / beta


def _three_powers(table: Any, u: Array, a: Array, b: Array) -> Array:
    return sum(u**i * a**j * horner(b, row) for i, rows in enumerate(table) for j, row in enumerate(rows))
