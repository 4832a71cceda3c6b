"""Kullback-Leibler divergences, held against PyTorch 2.13's, and how their formulas are found."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from distributions import cases
from distributions.comparing import same

import flambeau as torch
from flambeau import distributions as d
from flambeau.distributions.kl import registry

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())["divergences"]


@pytest.mark.parametrize("name, p, q", cases.KL, ids=[name for name, _, _ in cases.KL])
def test_values_and_gradients_are_pytorchs(name, p, q):
    same(cases.divergence(torch, p, q), RECORDED[name])


@pytest.mark.parametrize("p", [line for line in cases.DISTRIBUTIONS if line in
                               {p for name, p, q in cases.KL} or line.startswith(("d.Normal", "d.Gamma", "d.Beta"))])
def test_nothing_is_any_distance_from_itself(p):
    first, second = (cases.made(torch, p)[0] for _ in range(2))
    assert torch.allclose(d.kl_divergence(first, second), torch.zeros(first.batch_shape, dtype=first.mean.dtype), atol=1e-6)


@pytest.fixture
def registered():
    """Formulas registered in a test are forgotten after it."""
    before = dict(registry._KL_REGISTRY)
    yield
    registry._KL_REGISTRY.clear()
    registry._KL_REGISTRY.update(before)
    registry._found.clear()


class Mine(d.Normal):
    pass


@pytest.mark.usefixtures("registered")
def test_a_formula_of_ones_own_serves_subclasses_first():
    p, q = Mine(0.0, 1.0), d.Normal(1.0, 1.0)
    assert d.kl_divergence(p, q).item() == 0.5  # that of Normal
    d.register_kl(Mine, d.Normal)(lambda p, q: "mine")
    assert d.kl_divergence(p, q) == "mine"


@pytest.mark.usefixtures("registered")
def test_two_formulas_equally_near_are_ambiguous():
    d.register_kl(Mine, d.Normal)(lambda p, q: "by p")
    d.register_kl(d.Normal, Mine)(lambda p, q: "by q")
    with pytest.warns(RuntimeWarning, match=r"Ambiguous kl_divergence\(Mine, Mine\). Please register_kl\(Mine, Mine\)"):
        assert d.kl_divergence(Mine(0.0, 1.0), Mine(0.0, 1.0)) == "by p"


def test_what_is_no_distribution_cannot_be_registered():
    with pytest.raises(TypeError, match="Expected type_q to be a Distribution subclass"):
        d.register_kl(d.Normal, int)


def test_a_pair_without_a_formula_is_named():
    with pytest.raises(NotImplementedError, match=r"No KL\(p \|\| q\) is implemented for p type Normal and q type StudentT"):
        d.kl_divergence(d.Normal(0.0, 1.0), d.StudentT(1.0))


def test_vectors_of_different_lengths_are_refused():
    two, three = (d.MultivariateNormal(torch.zeros(n), torch.eye(n)) for n in (2, 3))
    with pytest.raises(ValueError, match="different event shapes"):
        d.kl_divergence(two, three)
