"""Softmaxes as layers."""
from __future__ import annotations

from typing import Any

from flambeau.nn import functional as F
from flambeau.nn.module import Module


class _AlongDim(Module):
    """A softmax along one dim."""

    function: Any

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return type(self).function(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Exponentials scaled to sum to one."""

    function = staticmethod(F.softmax)


class LogSoftmax(_AlongDim):
    """The logarithm of the softmax."""

    function = staticmethod(F.log_softmax)


class Softmin(_AlongDim):
    """The softmax of -x."""

    function = staticmethod(F.softmin)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W)."""

    def forward(self, input: Any) -> Any:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
