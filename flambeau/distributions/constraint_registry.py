"""Which transform leads from all numbers to those that keep to a constraint.

`biject_to` gives one that has an inverse; `transform_to` one that optimizers get on with better.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.distributions import constraints, transforms

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """Called with a constraint, it returns the transform; kinds of constraints are registered with what makes it."""

    def __init__(self) -> None:
        self._registry: dict[type, Callable[[Any], Any]] = {}

    def register(self, constraint: Any, factory: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
        """Register what makes the transform of such a constraint; without `factory`, return a decorator that does."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        kind = type(constraint) if isinstance(constraint, constraints.Constraint) else constraint
        if not isinstance(kind, type) or not issubclass(kind, constraints.Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Any) -> Any:
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints; register a transform")
        return factory(constraint)


def _then_affine(transform: transforms.Transform, loc: Any, scale: Any) -> transforms.Transform:
    return transforms.ComposeTransform([transform, transforms.AffineTransform(loc, scale)])


def _above(bound: Any) -> transforms.Transform:
    return _then_affine(transforms.ExpTransform(), bound.lower_bound, 1)


def _below(bound: Any) -> transforms.Transform:
    return _then_affine(transforms.ExpTransform(), bound.upper_bound, -1)


def _between(bounds: Any) -> transforms.Transform:
    low, high = bounds.lower_bound, bounds.upper_bound
    if isinstance(low, int | float) and isinstance(high, int | float) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    return _then_affine(transforms.SigmoidTransform(), low, high - low)


def _positive_definite(_: Any) -> transforms.Transform:
    return transforms.PositiveDefiniteTransform()


FOR_BOTH: dict[Any, Callable[[Any], Any]] = {  # by class: `positive` is a greater_than
    constraints.real: lambda _: transforms.identity_transform,
    constraints.greater_than: _above,
    constraints.greater_than_eq: _above,
    constraints.less_than: _below,
    constraints.interval: _between,
    constraints.half_open_interval: _between,
    constraints.corr_cholesky: lambda _: transforms.CorrCholeskyTransform(),
}
ONE_TO_ONE: dict[Any, Callable[[Any], Any]] = {
    constraints.simplex: lambda _: transforms.StickBreakingTransform(),
}
EASY: dict[Any, Callable[[Any], Any]] = {
    constraints.simplex: lambda _: transforms.SoftmaxTransform(),
    constraints.lower_cholesky: lambda _: transforms.LowerCholeskyTransform(),
    constraints.positive_definite: _positive_definite,
    constraints.positive_semidefinite: _positive_definite,
}


def _nested(registry: ConstraintRegistry) -> dict[Any, Callable[[Any], Any]]:
    """Constraints made of constraints have transforms made of transforms."""
    return {
        constraints.independent: lambda outer: transforms.IndependentTransform(
            registry(outer.base_constraint), outer.reinterpreted_batch_ndims),
        constraints.cat: lambda outer: transforms.CatTransform(
            [registry(part) for part in outer.cseq], outer.dim, outer.lengths),
        constraints.stack: lambda outer: transforms.StackTransform([registry(part) for part in outer.cseq], outer.dim),
    }


biject_to, transform_to = ConstraintRegistry(), ConstraintRegistry()
for _registry, _own in ((biject_to, ONE_TO_ONE), (transform_to, EASY)):
    for _kind, _factory in {**FOR_BOTH, **_nested(_registry), **_own}.items():
        _registry.register(_kind, _factory)
