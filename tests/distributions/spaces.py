"""Transforms and constraints that PyTorch and flambeau both make: what they are called with, and what is asked of them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distributions.cases import answer

ROW, POSITIVE, SQUARE = "[[0.5, -1., 2.]]", "[[0.5, 1., 2.]]", "[[0.5, -1.], [2., 0.3]]"

TRANSFORMS = {  # with a value to transform
    "d.AbsTransform()": ROW,
    "d.AffineTransform(1., -2.)": ROW,
    "d.AffineTransform(t([1., 2., 3.]), t([2., -1., 0.5]), event_dim=1)": ROW,
    "d.AffineTransform(t(1.), t([2., -1., 0.5]))": ROW,
    "d.CatTransform([d.ExpTransform(), d.AffineTransform(1., 2.)], dim=-1, lengths=[1, 2])": ROW,
    "d.CatTransform([d.ExpTransform(), d.TanhTransform()], dim=0)": SQUARE,
    "d.CatTransform([d.AffineTransform(0., 2., event_dim=1), d.AffineTransform(1., 2.)], dim=0)": SQUARE,
    "d.ComposeTransform([d.ExpTransform(), d.AffineTransform(1., 2.)])": ROW,
    "d.ComposeTransform([d.AffineTransform(1., 2.), d.StickBreakingTransform()])": ROW,
    "d.CorrCholeskyTransform()": ROW,
    "d.CumulativeDistributionTransform(d.Normal(t(0.), t(1.)))": ROW,
    "d.ExpTransform()": ROW,
    "d.ExpTransform().inv": POSITIVE,
    "d.IndependentTransform(d.ExpTransform(), 1)": ROW,
    "d.LowerCholeskyTransform()": SQUARE,
    "d.PositiveDefiniteTransform()": SQUARE,
    "d.PowerTransform(t([2., -1., 0.5]))": POSITIVE,
    "d.PowerTransform(3.)": POSITIVE,
    "d.ReshapeTransform((3,), (1, 3, 1))": ROW,
    "d.SigmoidTransform()": "[[0.5, -1., 200.]]",
    "d.SoftmaxTransform()": ROW,
    "d.SoftplusTransform()": ROW,
    "d.StackTransform([d.ExpTransform(), d.TanhTransform(), d.AffineTransform(1., 2.)], dim=1)": ROW,
    "d.StickBreakingTransform()": ROW,
    "d.TanhTransform()": ROW,
    "d.identity_transform": ROW,
}

ABOUT_TRANSFORMS: dict[str, Callable[[Any, Any], Any]] = {
    "value": lambda transform, x: transform(x),
    "inverse": lambda transform, x: transform.inv(transform(x)),
    "stretch": lambda transform, x: transform.log_abs_det_jacobian(x, transform(x)),
    "shrink": lambda transform, x: transform.inv.log_abs_det_jacobian(transform(x), x),
    "shapes": lambda transform, x: [list(transform.forward_shape(x.shape)), list(transform.inverse_shape(transform(x).shape))],
    "text": lambda transform, _: [repr(transform), repr(transform.inv), repr(transform.domain), repr(transform.codomain)],
    "dims": lambda transform, _: [transform.domain.event_dim, transform.codomain.event_dim, transform.bijective],
    "event_dim": lambda transform, _: transform.event_dim,
    "sign": lambda transform, _: transform.sign,
}

CONSTRAINTS = {  # with values, of which some keep to it
    "c.real": "[0., nan, inf]", "c.boolean": "[0., 1., 0.5]", "c.positive": "[0., 1., -1.]", "c.nonnegative": "[0., 1., -1.]",
    "c.positive_integer": "[0., 1., 1.5]", "c.nonnegative_integer": "[0., -1., 1.5]", "c.unit_interval": "[0., 1., 1.1]",
    "c.greater_than(2.)": "[2., 3., 1.]", "c.greater_than_eq(2.)": "[2., 3., 1.]", "c.less_than(2.)": "[2., 3., 1.]",
    "c.interval(-1., 2.)": "[-1., 2., 3.]", "c.half_open_interval(-1., 2.)": "[-1., 2., 3.]",
    "c.integer_interval(0, 3)": "[0., 3., 4., 0.5]", "c.simplex": "[[0.5, 0.5], [0.4, 0.5], [-0.5, 1.5]]",
    "c.one_hot": "[[0., 1.], [1., 1.], [0.5, 0.5]]", "c.multinomial(3)": "[[1., 2.], [2., 2.], [-1., 2.]]",
    "c.real_vector": "[[1., nan], [1., 2.]]", "c.square": "[[1., 2.], [2., 1.]]",
    "c.symmetric": "[[[1., 2.], [2., 1.]], [[1., 2.], [2.1, 1.]]]",
    "c.positive_definite": "[[[1., 2.], [2., 1.]], [[2., 1.], [1., 2.]]]",
    "c.positive_semidefinite": "[[[1., 1.], [1., 1.]], [[1., 2.], [2., 1.]]]",
    "c.lower_triangular": "[[[1., 0.], [2., 1.]], [[1., 1.], [0., 1.]]]",
    "c.lower_cholesky": "[[[1., 0.], [2., 1.]], [[1., 0.], [2., -1.]]]",
    "c.corr_cholesky": "[[[1., 0.], [0.6, 0.8]], [[1., 0.], [0.6, 0.7]]]",
    "c.independent(c.positive, 1)": "[[1., 2.], [-1., 2.]]", "c.cat([c.positive, c.real], 0, [1, 2])": "[-1., 0., 1.]",
    "c.stack([c.positive, c.real], 0)": "[-1., 0.]",
    "c.MixtureSameFamilyConstraint(c.positive)": "[1., -1.]", "c.dependent": "[1.]",
}

ABOUT_CONSTRAINTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "check": lambda d, constraint, x: constraint.check(x),
    "text": lambda d, constraint, _: repr(constraint),
    "dims": lambda d, constraint, _: [constraint.event_dim, constraint.is_discrete],
    "is_dependent": lambda d, constraint, _: d.constraints.is_dependent(constraint),
    "biject_to": lambda d, constraint, _: repr(d.biject_to(constraint)),
    "transform_to": lambda d, constraint, _: repr(d.transform_to(constraint)),
}


def about_transform(torch: Any, line: str) -> dict[str, Any]:
    x = torch.tensor(eval(TRANSFORMS[line]), dtype=torch.float64, requires_grad=True)  # noqa: S307  our own expressions
    words = {"d": torch.distributions, "t": lambda values: torch.tensor(values, dtype=torch.float64)}
    return {question: told(torch, lambda: ask(eval(line, words), x), [x]) for question, ask in ABOUT_TRANSFORMS.items()}


def about_constraint(torch: Any, line: str) -> dict[str, Any]:
    x = torch.tensor(eval(CONSTRAINTS[line], {"nan": float("nan"), "inf": float("inf")}), dtype=torch.float64)
    d = torch.distributions
    constraint = eval(line, {"c": d.constraints})
    return {question: told(torch, lambda: ask(d, constraint, x), []) for question, ask in ABOUT_CONSTRAINTS.items()}


def told(torch: Any, ask: Callable[[], Any], parameters: list[Any]) -> Any:
    """The answer, or the class of what is raised instead."""
    try:
        found = ask()
        return answer(torch, found, parameters) if isinstance(found, torch.Tensor) else found
    except (NotImplementedError, ValueError) as error:
        return type(error).__name__
