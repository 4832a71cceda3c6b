"""Probabilities or their logits: what the distributions share that are told by either."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.size import Size
from flambeau.distributions.distribution import Distribution
from flambeau.distributions.utils import lazy_property, logits_to_probs, probs_to_logits

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def given(probs: Any, logits: Any) -> tuple[str, Any]:
    """Return the name and the value of the one that was given.

    Raises ValueError for both and for none.
    """
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")
    return ("probs", probs) if logits is None else ("logits", logits)


class Told(Distribution):
    """A distribution that holds `probs` or `logits`, whichever it was told, and computes the other when asked."""

    @property
    def _param(self) -> Tensor:
        """The one it was told."""
        held = vars(self)
        return held["probs"] if "probs" in held else held["logits"]

    @property
    def param_shape(self) -> Size:
        return self._param.shape


class Chance(Told):
    """Told how likely a success is."""

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)


class OverCategories(Distribution):
    """A distribution whose probabilities are those of a `Categorical` inside, `_categorical`."""

    _categorical: Any

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def param_shape(self) -> Size:
        return self._categorical.param_shape

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits
