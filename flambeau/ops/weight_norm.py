"""Weights as a length and a direction. [Salimans & Kingma 2016](https://arxiv.org/abs/1602.07868)"""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.dispatch.op import composite
from flambeau.ops.norms import norm
from flambeau.ops.permutation import movedim
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """Return the norm of each slice along `dim`, ready to be broadcast against `v`; of all of `v` for dim -1.

    >>> norm_except_dim(randn(2, 3, 4))
    >>> norm_except_dim(randn(2, 3, 4), 2, 1)
    >>> norm_except_dim(randn(2, 3), 1, -1)
    """
    if dim == -1:
        return norm(v, pow)
    rows = reshape(movedim(v, dim, 0), (v.shape[dim], -1))
    return reshape(norm(rows, pow, 1), [size if axis == dim else 1 for axis, size in enumerate(v.shape)])


@composite
def _weight_norm(v: Tensor, g: Tensor, dim: int = 0) -> Tensor:
    """Give the slices of `v` along `dim` the lengths `g`.

    >>> _weight_norm(randn(2, 3), randn(2, 1))
    >>> _weight_norm(randn(2, 3, 4), randn(1, 1, 4), 2)
    """
    return v * (g / norm_except_dim(v, 2, dim))
