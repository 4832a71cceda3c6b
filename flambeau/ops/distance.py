"""Distances between all pairs of points."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.ops.dims import array_of
from flambeau.ops.indexing import pick
from flambeau.ops.norms import p_norm
from flambeau.ops.shape import unsqueeze

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


# Ways to the same numbers; here there is one
_MODES = (None, "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")


def _check_points(x1: Any, x2: Any, p: float) -> None:
    for number, x in enumerate((x1, x2), start=1):
        if array_of(x).dtype.kind not in "fV":
            raise RuntimeError(f"cdist only supports floating-point dtypes, X{number} got: {x.dtype}")
        if array_of(x).dtype in HALVES:
            raise NotImplementedError(f"\"cdist\" not implemented for '{pytorch_name(array_of(x).dtype)}'; convert to float32")
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{number} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if x1.dtype != x2.dtype:
        raise RuntimeError(f"cdist expects both of one dtype, but got {x1.dtype} and {x2.dtype}")
    if p < 0:
        raise RuntimeError(f"cdist only supports non-negative p values, not {p}")


@composite
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0,
          compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """Return the `p`-norm distance between each row of `x1` and each row of `x2`.

    >>> cdist(randn(2, 3), randn(4, 3))
    >>> cdist(randn(2, 2, 3), randn(4, 3), p=1.0)
    """
    _check_points(x1, x2, p)
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return p_norm(unsqueeze(x1, -2) - unsqueeze(x2, -3), float(p), -1, False)


@composite
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """Return the `p`-norm distance between every two rows, each pair once.

    >>> pdist(randn(4, 3))
    """
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError(f"pdist only supports non-negative p values, not {p}")
    first, second = namespace_of(array_of(input)).triu_indices(input.shape[0], 1)
    return p_norm(pick(input, [wrap(first)], (0,)) - pick(input, [wrap(second)], (0,)), float(p), -1, False)
