"""What distributions refuse: wrong parameters, values outside of the support, arguments that contradict."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import distributions as d

t = torch.tensor


@pytest.fixture
def default_validation():
    yield
    d.Distribution.set_default_validate_args(True)


@pytest.mark.parametrize("make, message", [
    (lambda: d.Normal(0.0, -1.0),
     r"Expected parameter scale \(Tensor of shape \(\)\) of distribution Normal\(loc: 0.0, scale: -1.0\) to satisfy the "
     r"constraint GreaterThan\(lower_bound=0.0\), but found invalid values:\n-1.0"),
    (lambda: d.Bernoulli(1.5), r"satisfy the constraint Interval\(lower_bound=0.0, upper_bound=1.0\)"),
    (lambda: d.Categorical(t([-1.0, 2.0])), r"of shape \(2,\)\) of distribution Categorical.*the constraint Simplex\(\)"),
    (lambda: d.Categorical(logits=t([float("nan"), 2.0])), r"the constraint IndependentConstraint\(Real\(\), 1\)"),
    (lambda: d.Uniform(t([0.0, 1.0]), t([1.0, 1.0])), "Expected parameter low"),
    (lambda: d.MultivariateNormal(torch.zeros(2), t([[1.0, 2.0], [2.0, 1.0]])), r"the constraint PositiveDefinite\(\)"),
    (lambda: d.MultivariateNormal(torch.zeros(2), scale_tril=t([[1.0, 2.0], [2.0, 1.0]])), r"constraint LowerCholesky\(\)"),
    (lambda: d.Dirichlet(t([1.0, 0.0])), r"IndependentConstraint\(GreaterThan\(lower_bound=0.0\), 1\)"),
    (lambda: d.Geometric(t([0.0, 0.5])), "to be positive but found invalid values"),
    (lambda: d.Binomial(t(2.5), t(0.5)), r"IntegerGreaterThan\(lower_bound=0\)"),
])
def test_wrong_parameters_are_named_with_their_constraint(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("dist, value, message", [
    (d.Bernoulli(0.5), t(0.5), r"to be within the support \(Boolean\(\)\) of the distribution Bernoulli\(probs: 0.5\), but"),
    (d.Exponential(1.0), t(-1.0), r"support \(GreaterThanEq\(lower_bound=0.0\)\)"),
    (d.Categorical(torch.ones(3)), t(3), r"IntegerInterval\(lower_bound=0, upper_bound=2\)"),
    (d.Uniform(0.0, 1.0), t(2.0), r"Interval\(lower_bound=0.0, upper_bound=1.0\)"),
    (d.Poisson(1.0), t(0.5), r"IntegerGreaterThan\(lower_bound=0\)"),
    (d.Dirichlet(torch.ones(2)), t([0.5, 0.6]), r"Simplex\(\)"),
    (d.OneHotCategorical(torch.ones(2)), t([1.0, 1.0]), r"OneHot\(\)"),
    (d.Normal(torch.zeros(2), 1.0), torch.zeros(3), r"not broadcastable with batch_shape\+event_shape: torch.Size\(\[3\]\) vs "
                                                    r"torch.Size\(\[2\]\)"),
    (d.Dirichlet(torch.ones(2)), torch.ones(3), "right-most size of value must match event_shape"),
    (d.Normal(0.0, 1.0), 0.5, "The value argument to log_prob must be a Tensor"),
])
def test_values_outside_of_the_support_are_refused(dist, value, message):
    with pytest.raises(ValueError, match=message):
        dist.log_prob(value)


def test_unchecked_anything_goes():
    assert d.Normal(0.0, -1.0, validate_args=False).scale.item() == -1
    assert d.Exponential(1.0, validate_args=False).log_prob(t(-1.0)).item() == 1


def test_checks_can_be_turned_off_for_all(default_validation):
    d.Distribution.set_default_validate_args(False)
    assert d.Bernoulli(2.0).probs.item() == 2
    with pytest.raises(ValueError, match="True or False"):
        d.Distribution.set_default_validate_args("yes")


@pytest.mark.parametrize("kind", [d.Bernoulli, d.Categorical, d.Geometric, d.Binomial, d.OneHotCategorical, d.Multinomial,
                                  d.ContinuousBernoulli])
def test_probabilities_and_logits_exclude_each_other(kind):
    for given in ({}, {"probs": t([0.5]), "logits": t([0.5])}):
        with pytest.raises(ValueError, match="Either `probs` or `logits` must be specified, but not both"):
            kind(**given)


@pytest.mark.parametrize("make, error, message", [
    (lambda: d.MultivariateNormal(torch.zeros(2)), ValueError, "Exactly one of covariance_matrix or precision_matrix or"),
    (lambda: d.MultivariateNormal(t(0.0), torch.eye(1)), ValueError, "loc must be at least one-dimensional"),
    (lambda: d.MultivariateNormal(torch.zeros(2), torch.zeros(2)), ValueError, "must be at least two-dimensional"),
    (lambda: d.Wishart(3.0), AssertionError, "Exactly one of covariance_matrix"),
    (lambda: d.Wishart(1.0, torch.eye(2)), ValueError, "expected to be greater than ndim - 1 = 1"),
    (lambda: d.Dirichlet(t(1.0)), ValueError, "at least one-dimensional"),
    (lambda: d.Categorical(t(1.0)), ValueError, "`probs` parameter must be at least one-dimensional"),
    (lambda: d.Multinomial(t([1, 2]), t([0.5, 0.5])), NotImplementedError, "inhomogeneous total_count is not supported"),
    (lambda: d.Independent(d.Normal(0.0, 1.0), 1), ValueError, "Expected reinterpreted_batch_ndims <= len"),
    (lambda: d.LKJCholesky(1), ValueError, "greater than or equal to 2"),
    (lambda: d.TransformedDistribution(d.Normal(0.0, 1.0), d.Normal(0.0, 1.0)), ValueError, "must be a Transform or list"),
    (lambda: d.TransformedDistribution(d.Normal(0.0, 1.0), d.SoftmaxTransform()), ValueError, "size at least 1, but got"),
    (lambda: d.MixtureSameFamily(d.Normal(0.0, 1.0), d.Normal(0.0, 1.0)), ValueError, "Mixture distribution needs to be"),
    (lambda: d.MixtureSameFamily(d.Categorical(torch.ones(3)), d.Normal(torch.zeros(2), 1.0)), ValueError,
     r"component` \(3\) does not equal `component_distribution.batch_shape\[-1\]` \(2\)"),
    (lambda: d.LowRankMultivariateNormal(torch.zeros(2), torch.ones(3, 1), torch.ones(2)), ValueError, "with shape 2 x m"),
    (lambda: d.Normal("0", 1.0), ValueError, "must all be instances of Number, torch.Tensor"),
])
def test_arguments_that_do_not_fit_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_what_a_distribution_lacks_is_not_implemented():
    for ask in (d.Poisson(1.0).entropy, d.Bernoulli(0.5).rsample, d.Normal(0.0, 1.0).enumerate_support,
                d.Independent(d.Bernoulli(torch.ones(2)), 1).enumerate_support):
        with pytest.raises(NotImplementedError):
            ask()


def test_a_subclass_with_a_constructor_of_its_own_needs_its_own_expand():
    class Centered(d.Normal):
        def __init__(self, scale):
            super().__init__(0.0, scale)

    with pytest.raises(NotImplementedError, match="Subclass Centered of Normal that defines a custom __init__ method must"):
        Centered(1.0).expand((2,))


def test_a_subclass_with_its_own_expand_gets_on_with_the_parents():
    class Centered(d.Normal):
        def __init__(self, scale):
            super().__init__(0.0, scale)

        def expand(self, batch_shape, _instance=None):
            return super().expand(batch_shape, _instance=self._get_checked_instance(Centered, _instance))

    wide = Centered(2.0).expand((3,))
    assert isinstance(wide, Centered)
    assert wide.variance.tolist() == [4.0] * 3


def test_a_distribution_of_ones_own_without_constraints_warns():
    class Bare(d.Distribution):
        pass

    with pytest.warns(UserWarning, match="does not define `arg_constraints`"):
        bare = Bare()
    with pytest.warns(UserWarning, match="does not define `support`"):
        bare._validate_sample(t(0.0))


def test_low_degrees_of_freedom_warn():
    with pytest.warns(UserWarning, match="Low df values detected"):
        d.Wishart(1.5, torch.eye(2))


def test_sample_n_is_going_away():
    with pytest.warns(FutureWarning, match="sample_n"):
        assert d.Normal(torch.zeros(2), 1.0).sample_n(3).shape == (3, 2)


def test_binomials_of_different_counts_cannot_be_listed():
    with pytest.raises(NotImplementedError, match="Inhomogeneous total count not supported by `enumerate_support`"):
        d.Binomial(t([1, 2]), t(0.5)).enumerate_support()
