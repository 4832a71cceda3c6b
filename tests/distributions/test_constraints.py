"""Constraints: what keeps to them, and the transforms that lead to them, held against PyTorch 2.13."""
from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from distributions import spaces
from distributions.comparing import same

import flambeau as torch
from flambeau import distributions as d
from flambeau.distributions import constraints as c

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())["constraints"]
about = functools.cache(functools.partial(spaces.about_constraint, torch))


@pytest.mark.parametrize("line", spaces.CONSTRAINTS)
@pytest.mark.parametrize("question", spaces.ABOUT_CONSTRAINTS)
def test_a_constraint_answers_as_pytorchs(line, question):
    same(about(line)[question], RECORDED[line][question])


def test_all_of_pytorchs_names_are_there():
    assert set(RECORDED) >= {f"c.{name}" for name in ("real", "simplex", "positive_definite", "corr_cholesky")}
    assert {line[2:].partition("(")[0] for line in spaces.CONSTRAINTS} <= set(c.__all__)


@pytest.mark.parametrize("registry", [d.biject_to, d.transform_to])
@pytest.mark.parametrize("constraint, shape", [
    (c.real, (3,)), (c.positive, (3,)), (c.nonnegative, (3,)), (c.greater_than(2.0), (3,)), (c.less_than(-1.0), (3,)),
    (c.unit_interval, (3,)), (c.interval(-2.0, 5.0), (3,)), (c.half_open_interval(-2.0, 5.0), (3,)), (c.simplex, (4,)),
    (c.corr_cholesky, (6,)), (c.lower_cholesky, (3, 3)), (c.positive_definite, (3, 3)), (c.independent(c.positive, 1), (3,)),
    (c.cat([c.positive, c.unit_interval], -1, [2, 1]), (3,)), (c.stack([c.positive, c.less_than(0.0)], -1), (2,)),
])
def test_any_numbers_are_led_to_the_constraint_and_back(registry, constraint, shape):
    torch.manual_seed(0)
    x = torch.randn(5, *shape, dtype=torch.float64)
    try:
        transform = registry(constraint)
    except NotImplementedError:
        assert registry is d.biject_to, "each has a transform; not each one with an inverse"
        return
    y = transform(x)
    assert constraint.check(y).all()
    again = transform(transform.inv(y))
    assert torch.allclose(again, y)
    if registry is d.biject_to:
        assert torch.allclose(transform.inv(y), x)


def test_a_transform_can_be_registered_for_a_constraint_of_ones_own():
    class Even(c.Constraint):
        pass

    registry = type(d.biject_to)()
    with pytest.raises(NotImplementedError, match="Cannot transform Even constraints"):
        registry(Even())
    registry.register(Even)(lambda constraint: d.AffineTransform(0, 2))
    assert registry(Even()) == d.AffineTransform(0, 2)
    with pytest.raises(TypeError, match="Expected constraint to be either a Constraint subclass or instance"):
        registry.register(3, lambda constraint: None)


def test_a_dependent_support_tells_what_it_knows_without_an_instance():
    assert c.is_dependent(d.Uniform.support)
    assert d.Categorical.support.is_discrete is True
    assert d.Multinomial.support.event_dim == 1
    with pytest.raises(NotImplementedError, match=r"\.event_dim cannot be determined statically"):
        d.Independent.support.event_dim  # noqa: B018
    assert c.dependent(event_dim=2).event_dim == 2


def test_parts_of_a_constraint_must_be_constraints():
    for wrong in (lambda: c.independent(1, 1), lambda: c.cat([1]), lambda: c.stack([c.real, 1]),
                  lambda: c.independent(c.real, -1)):
        with pytest.raises(AssertionError):
            wrong()
