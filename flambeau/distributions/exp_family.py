"""Exponential families: densities exp(η · t(x) - A(η)) over a carrier, by their natural parameters η and A."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.distributions.distribution import Distribution

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class ExponentialFamily(Distribution):
    """A distribution whose entropy and divergences follow from its log normalizer A, the gradient of which is E[t(x)]."""

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError(f"{type(self).__name__} does not define _natural_params")

    def _log_normalizer(self, *natural_params: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define _log_normalizer")

    @property
    def _mean_carrier_measure(self) -> float:
        """The expected logarithm of the carrier."""
        raise NotImplementedError(f"{type(self).__name__} does not define _mean_carrier_measure")

    def entropy(self) -> Tensor:
        """Nielsen and Nock, "Entropies and cross-entropies of exponential families", 2010."""
        parameters = [parameter.detach().requires_grad_() for parameter in self._natural_params]
        log_normalizer, means = normalizer_and_means(self, parameters)
        result = log_normalizer - self._mean_carrier_measure
        for parameter, mean in zip(parameters, means, strict=True):
            result = result - (parameter * mean).reshape((*self._batch_shape, -1)).sum(-1)
        return result


def normalizer_and_means(family: ExponentialFamily, parameters: list[Any]) -> tuple[Any, Any]:
    """Return A(η), and its gradient E[t(x)]."""
    from flambeau.autograd import grad

    log_normalizer = family._log_normalizer(*parameters)
    return log_normalizer, grad(log_normalizer.sum(), parameters, create_graph=True)
