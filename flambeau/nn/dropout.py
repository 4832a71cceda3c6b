"""Layers that leave out at random, in training only."""
from __future__ import annotations

from typing import Any

from flambeau.nn import functional as F
from flambeau.nn.module import Module


class _Dropout(Module):
    """Leaves out with probability `p` and scales the rest by 1 / (1 - p)."""

    drop: Any

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Any) -> Any:
        return type(self).drop(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Leaves out single numbers. [Srivastava et al. 2014](https://jmlr.org/papers/v15/srivastava14a.html)"""

    drop = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """Leaves out whole channels of (N, C, L)."""

    drop = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """Leaves out whole channels of (N, C, H, W)."""

    drop = staticmethod(F.dropout2d)


class Dropout3d(_Dropout):
    """Leaves out whole channels of (N, C, D, H, W)."""

    drop = staticmethod(F.dropout3d)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance under SELU. [Klambauer et al. 2017](https://arxiv.org/abs/1706.02515)"""

    def forward(self, input: Any) -> Any:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """Alpha dropout of whole channels."""

    def forward(self, input: Any) -> Any:
        return F.feature_alpha_dropout(input, self.p, self.training)
