"""Distributions that PyTorch and flambeau both make; `tools/record_distributions.py` writes down what PyTorch's answer.

Each is an expression of `d`, the framework's distributions, `t`, which makes a parameter that takes gradients, and
`n`, which makes whole numbers.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

MATRIX = "[[4., 2., 0.6], [2., 5., 1.], [0.6, 1., 3.]]"
FACTOR = "[[2., 0., 0.], [1., 2., 0.], [0.3, 0.5, 1.5]]"

DISTRIBUTIONS = (
    "d.Normal(t([0., 1.]), t(2.))",
    "d.Normal(0, 1)",
    "d.Bernoulli(t([0.3, 0.9]))",
    "d.Bernoulli(logits=t([[-1.], [0.], [2.]]))",
    "d.Bernoulli(0.5)",
    "d.Categorical(t([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]]))",
    "d.Categorical(logits=t([1., -2., 0.5, 3.]))",
    "d.Uniform(t([0., -1.]), t([1., 3.]))",
    "d.Uniform(-1, 2)",
    "d.Beta(t([0.5, 2., 9.]), t([1.5, 3., 8.]))",
    "d.Beta(2, 3)",
    "d.Gamma(t([0.3, 2., 20.]), t([1., 0.5, 3.]))",
    "d.Dirichlet(t([[0.5, 1., 3.], [0.2, 0.3, 0.4]]))",
    f"d.MultivariateNormal(t([1., 0., -1.]), t({MATRIX}))",
    f"d.MultivariateNormal(t([[1., 0., -1.], [2., 3., 4.]]), scale_tril=t({FACTOR}))",
    f"d.MultivariateNormal(t([1., 0., -1.]), precision_matrix=t([{MATRIX}, {MATRIX}]))",
    "d.Independent(d.Normal(t([[0., 1.], [2., 3.]]), t([1., 2.])), 1)",
    "d.Independent(d.Bernoulli(t([0.2, 0.6])), 0)",
    "d.TransformedDistribution(d.Normal(t([0., 1.]), t([1., 0.5])), [d.AffineTransform(1., -2.), d.TanhTransform()])",
    "d.TransformedDistribution(d.Normal(t([0.5, 1.]), t(1.)), d.AffineTransform(t([[1.], [2.], [3.]]), 2.))",
    "d.TransformedDistribution(d.Independent(d.Normal(t([0.5, 1.]), t([1., 2.])), 1), d.StickBreakingTransform())",
    "d.TransformedDistribution(d.Uniform(t([0., 0.]), t([1., 1.])), [d.SigmoidTransform().inv, d.AffineTransform(2., t(3.))])",
    "d.TransformedDistribution(d.Normal(t([0.5, 1., 2., 3.]), t(1.)), d.ReshapeTransform((4,), (2, 2)))",
    "d.Exponential(t([0.5, 3.]))",
    "d.Exponential(2)",
    "d.Laplace(t([0., 2.]), t([1., 0.5]))",
    "d.Cauchy(t([0., 2.]), t([1., 0.5]))",
    "d.Chi2(t([1., 5.]))",
    "d.Chi2(3)",
    "d.StudentT(t([0.5, 1.5, 3., 30.]), t([0., 1., 2., 3.]), t(2.))",
    "d.FisherSnedecor(t([1., 5., 9.]), t([1.5, 3., 10.]))",
    "d.Poisson(t([0.5, 4., 30.]))",
    "d.Geometric(t([0.3, 0.9]))",
    "d.Geometric(logits=t([-1., 2.]))",
    "d.Binomial(n(5), t([0.3, 0.9]))",
    "d.Binomial(n([4, 10]), logits=t([-1., 2.]))",
    "d.NegativeBinomial(t([2., 5.5]), t([0.3, 0.8]))",
    "d.NegativeBinomial(4, logits=t([-1., 1.]))",
    "d.Multinomial(6, t([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]))",
    "d.Multinomial(3, logits=t([0.5, -1., 2.]))",
    "d.OneHotCategorical(t([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]]))",
    "d.OneHotCategoricalStraightThrough(logits=t([1., -2., 0.5]))",
    "d.HalfNormal(t([1., 2.5]))",
    "d.HalfCauchy(t([1., 2.5]))",
    "d.LogNormal(t([0., 1.]), t([0.5, 1.]))",
    "d.LogisticNormal(t([[0.2, 1.], [0., -1.]]), t([0.5, 1.]))",
    "d.LogisticNormal(t(0.3), t(1.))",
    "d.Gumbel(t([0., 2.]), t([1., 0.5]))",
    "d.Gumbel(1, 2)",
    "d.InverseGamma(t([0.5, 1.5, 4.]), t([1., 2., 3.]))",
    "d.Kumaraswamy(t([0.5, 2., 3.]), t([1.5, 3., 4.]))",
    "d.Pareto(t([1., 2.]), t([1.5, 3.]))",
    "d.Weibull(t([1., 2.]), t([1.5, 3.]))",
    "d.GeneralizedPareto(t([0., 1., 2., 0.]), t([1., 2., 1., 1.]), t([0.3, 0., -0.5, 2.]))",
    "d.RelaxedBernoulli(t(0.7), t([0.2, 0.8]))",
    "d.RelaxedBernoulli(t([0.7]), logits=t([-0.4, 2.]))",
    "d.RelaxedOneHotCategorical(t(0.7), t([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]]))",
    "d.RelaxedOneHotCategorical(t(1.5), logits=t([1., -2., 0.5]))",
    "d.ContinuousBernoulli(t([0.1, 0.4999, 0.5005, 0.9]))",
    "d.ContinuousBernoulli(logits=t([-2., 0.001, 3.]))",
    "d.VonMises(t([0., 2.]), t([0.5, 8.]))",
    "d.LowRankMultivariateNormal(t([1., 0., -1.]), t([[1., 0.5], [0.2, 2.], [1., 1.]]), t([1., 2., 0.5]))",
    "d.LowRankMultivariateNormal(t([[1., 0.], [2., 3.]]), t([[1.], [0.2]]), t([1., 2.]))",
    "d.MixtureSameFamily(d.Categorical(t([0.3, 0.7])), d.Normal(t([-1., 2.]), t([0.5, 1.])))",
    "d.MixtureSameFamily(d.Categorical(t([[0.3, 0.7], [0.5, 0.5]])), "
    "d.Independent(d.Gamma(t([[[1., 2.], [3., 4.]]]), t(2.)).expand([2, 2, 2]), 1))",
    "d.LKJCholesky(3, t([0.5, 2.]))",
    "d.LKJCholesky(2)",
    f"d.Wishart(t([5., 7.]), t({MATRIX}))",
    f"d.Wishart(4.5, scale_tril=t({FACTOR}))",
    f"d.Wishart(t(6.), precision_matrix=t({MATRIX}))",
)

QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "mean": lambda dist, _: dist.mean,
    "mode": lambda dist, _: dist.mode,
    "variance": lambda dist, _: dist.variance,
    "stddev": lambda dist, _: dist.stddev,
    "entropy": lambda dist, _: dist.entropy(),
    "perplexity": lambda dist, _: dist.perplexity(),
    "support": lambda dist, _: dist.enumerate_support(),
    "log_prob": lambda dist, draws: dist.log_prob(draws),
    "cdf": lambda dist, draws: dist.cdf(draws),
    "icdf": lambda dist, draws: dist.icdf(dist.cdf(draws).detach()),
    "rsample": lambda dist, _: dist.rsample((2,)),
}

KL = tuple(
    (kind, f"d.{kind}({p})", f"d.{kind}({q})") for kind, p, q in (
        ("Bernoulli", "t([0.3, 0., 1.])", "t([0.5, 0.3, 0.9])"), ("Beta", "t([0.5, 2.]), t(3.)", "t([1., 4.]), t(2.)"),
        ("Binomial", "n(5), t([0.3, 0.6])", "n([5, 3]), t([0.4, 0.5])"),
        ("Categorical", "t([[0.3, 0.7], [0., 1.]])", "t([0.5, 0.5])"), ("Cauchy", "t([0., 1.]), t(2.)", "t(1.), t(3.)"),
        ("ContinuousBernoulli", "t([0.2, 0.5])", "t([0.6, 0.9])"), ("Dirichlet", "t([0.5, 1., 3.])", "t([1., 1., 2.])"),
        ("Exponential", "t([0.5, 3.])", "t(2.)"), ("Gamma", "t([0.5, 3.]), t(2.)", "t([1., 2.]), t(1.)"),
        ("Geometric", "t([0.3, 0.9])", "t([0.5, 0.5])"), ("Gumbel", "t([0., 2.]), t(1.)", "t([1., 1.]), t(2.)"),
        ("HalfNormal", "t([1., 2.])", "t([2., 2.])"), ("Laplace", "t([0., 2.]), t(1.)", "t([1., 1.]), t(2.)"),
        ("LogNormal", "t([0., 2.]), t(1.)", "t([1., 1.]), t(2.)"), ("Normal", "t([0., 2.]), t(1.)", "t([1., 1.]), t(2.)"),
        ("OneHotCategorical", "t([0.3, 0.7])", "t([0.5, 0.5])"), ("Pareto", "t([1., 2.]), t(3.)", "t([1., 3.]), t(2.)"),
        ("Poisson", "t([0.5, 3.])", "t([1., 2.])"), ("Uniform", "t([0., 0.]), t([1., 3.])", "t([-1., 0.]), t([2., 2.])"),
        ("VonMises", "t([1.]), t([2.])", "t([1.]), t([3.])"),
        ("MultivariateNormal", f"t([0., 1., 2.]), t({MATRIX})", f"t([[1., 1., 1.], [0., 0., 0.]]), scale_tril=t({FACTOR})"),
        ("LowRankMultivariateNormal", "t([0., 1.]), t([[1.], [2.]]), t([1., 3.])", "t([0., 0.]), t([[3.], [1.]]), t([2., 1.])"),
        ("Wishart", f"5., t({MATRIX})", f"6., scale_tril=t({FACTOR})"),
    )
) + (
    ("MultivariateNormal, LowRankMultivariateNormal", "d.MultivariateNormal(t([0., 1.]), t([[2., 0.5], [0.5, 1.]]))",
     "d.LowRankMultivariateNormal(t([[0., 1.], [1., 1.]]), t([[1.], [2.]]), t([1., 3.]))"),
    ("LowRankMultivariateNormal, MultivariateNormal",
     "d.LowRankMultivariateNormal(t([[0., 1.], [1., 1.]]), t([[1.], [2.]]), t([1., 3.]))",
     "d.MultivariateNormal(t([0., 1.]), t([[2., 0.5], [0.5, 1.]]))"),
    ("Independent", "d.Independent(d.Normal(t([0., 2.]), t(1.)), 1)", "d.Independent(d.Normal(t([1., 1.]), t(2.)), 1)"),
    ("TransformedDistribution", "d.TransformedDistribution(d.Normal(t([0.]), t([1.])), [d.AffineTransform(1., 2.)])",
     "d.TransformedDistribution(d.Normal(t([2.]), t([3.])), [d.AffineTransform(1., 2.)])"),
    ("TransformedDistribution, other transforms", "d.TransformedDistribution(d.Normal(t([0.]), t([1.])), d.ExpTransform())",
     "d.TransformedDistribution(d.Normal(t([0.]), t([1.])), d.TanhTransform())"),
    ("Chi2, Gamma", "d.Chi2(t([2., 3.]))", "d.Gamma(t([1., 2.]), t(1.))"),
)

ONE_OF_EACH = (
    "d.Bernoulli(t([0.3, 0.6]))", "d.Beta(t([0.5, 2.]), t([3., 1.]))", "d.Binomial(n(5), t([0.3, 0.6]))",
    "d.ContinuousBernoulli(t([0.3, 0.6]))", "d.Exponential(t([0.5, 2.]))", "d.Gamma(t([0.5, 2.]), t([3., 1.]))",
    "d.Gumbel(t([0.5, 2.]), t([3., 1.]))", "d.Laplace(t([0.5, 2.]), t([3., 1.]))", "d.Normal(t([0.5, 2.]), t([3., 1.]))",
    "d.Pareto(t([0.5, 2.]), t([3., 1.]))", "d.Poisson(t([0.5, 2.]))", "d.Uniform(t([0.2, -1.]), t([0.7, 2.]))",
)
KL += tuple((f"{p} to {q}", p, q) for p in ONE_OF_EACH for q in ONE_OF_EACH if p != q)


def dtype_for(expression: str) -> str:
    """PyTorch's GeneralizedPareto compares its concentration with a float32 tensor, and refuses any other."""
    return "float32" if "GeneralizedPareto" in expression else "float64"


def made(torch: Any, expression: str, dtype: str = "float64", device: str = "cpu") -> tuple[Any, list[Any]]:
    """The distribution, and its parameters."""
    parameters: list[Any] = []

    def parameter(values: Any) -> Any:
        parameters.append(torch.tensor(values, dtype=getattr(torch, dtype), device=device).requires_grad_())
        return parameters[-1]

    words = {"d": torch.distributions, "t": parameter, "n": lambda values: torch.tensor(values, device=device)}
    return eval(expression, words), parameters  # noqa: S307  our own expressions


def answer(torch: Any, value: Any, parameters: list[Any]) -> dict[str, Any]:
    """Values, and the gradients of a sum with changing weights."""
    found = {"value": listed(value), "shape": list(value.shape), "dtype": str(value.dtype)}
    if value.requires_grad and value.numel():
        weights = torch.cos(torch.arange(value.numel(), dtype=value.dtype)).reshape(value.shape)
        grads = torch.autograd.grad((value * weights).sum(), parameters, allow_unused=True)
        found["gradients"] = [None if grad is None else listed(grad) for grad in grads]
    return found


def listed(tensor: Any) -> list[float]:
    return [float(f"{number:.10g}") for number in tensor.detach().reshape(-1).tolist()]


def answers(torch: Any, expression: str, dtype: str = "float64", seed: int = 5) -> dict[str, Any]:
    """All that a distribution says, or the class of what it raises: a RuntimeError is a fault of PyTorch's own."""
    dist, _ = made(torch, expression, dtype)
    found = {"repr": repr(dist), "shapes": [list(dist.batch_shape), list(dist.event_shape)],
             "flags": [dist.has_rsample, dist.has_enumerate_support]}
    draws = drawn(torch, dist, seed)
    found["sample"] = answer(torch, draws, [])
    for question, ask in QUESTIONS.items():
        dist, parameters = made(torch, expression, dtype)
        torch.manual_seed(seed)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[question] = answer(torch, ask(dist, draws), parameters)
        except (NotImplementedError, RuntimeError) as error:
            found[question] = type(error).__name__
    return found


def drawn(torch: Any, dist: Any, seed: int) -> Any:
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dist.sample((3,))


def divergence(torch: Any, p: str, q: str) -> Any:
    first, parameters = made(torch, p)
    second, more = made(torch, q)
    try:
        return answer(torch, torch.distributions.kl_divergence(first, second), parameters + more)
    except NotImplementedError:
        return "NotImplementedError"
