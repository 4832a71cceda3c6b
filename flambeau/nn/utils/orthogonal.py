"""Matrices with orthonormal columns, computed from any matrix.

[Lezcano-Casado & Martínez-Rubio 2019](https://arxiv.org/abs/1901.08428),
[Lezcano-Casado 2019](https://arxiv.org/abs/1909.09501)
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.core.limits import finfo
from flambeau.nn.module import Module
from flambeau.nn.parameter import is_tensor
from flambeau.nn.utils.parametrize import register_parametrization
from flambeau.ops.comparison import allclose
from flambeau.ops.creation import eye, zeros_like
from flambeau.ops.joining import cat
from flambeau.ops.matrix_exponential import matrix_exp
from flambeau.ops.random import randn
from flambeau.ops.reflections import geqrf, householder_product
from flambeau.ops.solving import solve


def _skew(X: Any) -> Any:
    """Make a square skew-symmetric matrix of the lower triangle of X."""
    rows, columns = X.shape[-2:]
    lower = X.tril()
    if rows != columns:
        lower = cat([lower, lower.new_zeros(*X.shape[:-2], rows, rows - columns)], -1)
    return lower - lower.mH


def _by_exponential(X: Any) -> Any:
    return matrix_exp(_skew(X))[..., :X.shape[-1]]


def _by_cayley(X: Any) -> Any:
    half = 0.5 * _skew(X)
    one = eye(half.shape[-1], dtype=half.dtype, device=half.device)
    return solve(one - half, one + half)[..., :X.shape[-1]]


def _by_reflections(X: Any) -> Any:
    """Below the diagonal of X are the reflections; the signs on it choose those of the columns."""
    lower = X.tril(-1)
    tau = 2.0 / (1.0 + (lower * lower).sum(-2))
    return householder_product(lower, tau) * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)


MAPS: dict[str, Callable[[Any], Any]] = {"matrix_exp": _by_exponential, "cayley": _by_cayley, "householder": _by_reflections}


class _Orthogonal(Module):
    """Computes an orthogonal matrix; one with more columns than rows has orthonormal rows.

    With `use_trivialization`, it is the product of `base` with what the map makes of the parameter, so that any orthogonal
    matrix can be assigned.
    """

    def __init__(self, weight: Any, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Any) -> Any:
        wide = X.shape[-2] < X.shape[-1]
        Q = MAPS[self.orthogonal_map](X.mT if wide else X)
        if hasattr(self, "base"):
            Q = self.base @ Q
        return Q.mT if wide else Q

    @no_grad()
    def right_inverse(self, Q: Any) -> Any:
        """Return the parameter for an orthogonal matrix; from any other, the nearest in the sense of QR is taken first."""
        if Q.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}.")
        wide = Q.shape[-2] < Q.shape[-1]
        tall = Q.mT if wide else Q
        if hasattr(self, "base"):
            self.base = _completed(tall)
            start = zeros_like(Q)
            start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)  # no triangle, so the map gives I; but for reflections -I
            return start
        if self.orthogonal_map != "householder":
            raise NotImplementedError("It is not possible to assign to the matrix exponential or the Cayley parametrizations "
                                      "when use_trivialization=False.")
        A, tau = geqrf(tall)
        diagonal = A.diagonal(dim1=-2, dim2=-1)
        diagonal.sign_()
        diagonal[tau == 0.0] *= -1  # no reflection at all, where the others turn the column round
        return A.mT if wide else A


def _completed(Q: Any) -> Any:
    """Return a square orthogonal matrix whose first columns are those of Q, or span what they do."""
    rows, columns = Q.shape[-2:]
    if rows == columns:
        return Q.clone() if _is_orthogonal(Q) else _orthogonalized(Q)
    further = randn(*Q.shape[:-2], rows, rows - columns, dtype=Q.dtype, device=Q.device)
    return _orthogonalized(cat([Q, further], -1))


def _is_orthogonal(Q: Any) -> bool:
    one = eye(Q.shape[-1], dtype=Q.dtype, device=Q.device)
    return bool(allclose(Q.mH @ Q, one.expand_as(Q), atol=10.0 * Q.shape[-2] * finfo(Q.dtype).eps))


def _orthogonalized(A: Any) -> Any:
    """Return Q of A = QR, with the signs that make the diagonal of R positive."""
    reflections, tau = geqrf(A)
    return householder_product(reflections, tau) * reflections.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def orthogonal(module: Module, name: str = "weight", orthogonal_map: str | None = None, *,
               use_trivialization: bool = True) -> Module:
    """Keep a matrix orthogonal: `orthogonal_map` is "matrix_exp", "cayley" or "householder".

    Unless it is given, square and complex matrices get "matrix_exp" and others "householder". Raises ValueError for what is
    no tensor, no matrix, or no map.
    """
    weight: Any = getattr(module, name, None)
    if not is_tensor(weight):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        is_square = weight.shape[-2] == weight.shape[-1]
        orthogonal_map = "matrix_exp" if is_square or weight.is_complex() else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError('orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
                         f"Got: {orthogonal_map}")
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
