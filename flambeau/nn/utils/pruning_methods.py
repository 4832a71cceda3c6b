"""Ways to choose what is pruned: at random, by size, by slices, or by a given mask."""
from __future__ import annotations

import numbers
from typing import Any

from flambeau.nn.utils.pruning_base import BasePruningMethod, slices_at
from flambeau.ops.creation import zeros_like
from flambeau.ops.norms import norm
from flambeau.ops.quantiles import kthvalue
from flambeau.ops.random import rand, rand_like
from flambeau.ops.rounding import abs as magnitude
from flambeau.ops.sorting import topk


class Identity(BasePruningMethod):
    """Prunes nothing, but makes the parameter a pruned one."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class _Amount(BasePruningMethod):
    """A method that prunes a share of what there is, for a float from 0 to 1, or so many, for an int."""

    def __init__(self, amount: float) -> None:
        _check_amount(amount)
        self.amount = amount

    def _count(self, size: int) -> int:
        count = round(self.amount * size) if not isinstance(self.amount, numbers.Integral) else int(self.amount)
        if count > size:
            raise ValueError(f"amount={count} should be smaller than the number of parameters to prune={size}")
        return count


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if not 0 <= float(amount) <= (float("inf") if isinstance(amount, numbers.Integral) else 1):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


class _Unstructured(_Amount):
    """Prunes single numbers: those with the lowest scores."""

    PRUNING_TYPE = "unstructured"

    def _least(self, t: Any, count: int) -> Any:
        """Return the places of so many numbers in the flattened tensor."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        count, mask = self._count(t.numel()), default_mask.contiguous().clone()
        if count:
            mask.view(-1)[self._least(t, count)] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes single numbers at random."""

    def _least(self, t: Any, count: int) -> Any:
        return topk(rand_like(t).view(-1), count)[1]


class L1Unstructured(_Unstructured):
    """Prunes the numbers nearest to zero."""

    def _least(self, t: Any, count: int) -> Any:
        return topk(magnitude(t).reshape(-1), count, largest=False)[1]


class _Structured(_Amount):
    """Prunes whole slices along a dim."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _kept(self, t: Any, pruned: int) -> Any:
        """Return the index of the slices that stay."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        _check_slices(t, self.dim)
        count = self._count(t.shape[self.dim])
        if not count:
            return default_mask
        mask = zeros_like(t)
        mask[slices_at(t, self.dim, self._kept(t, count))] = 1
        return mask * default_mask.to(dtype=mask.dtype)


def _check_slices(t: Any, dim: int) -> None:
    if t.ndim <= 1:
        raise ValueError("Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                         f"{t.shape} with {t.ndim} dims")
    if dim >= t.ndim:
        raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")


class RandomStructured(_Structured):
    """Prunes slices along a dim at random."""

    def _kept(self, t: Any, pruned: int) -> Any:
        drawn = rand(t.shape[self.dim])
        return drawn > kthvalue(drawn, k=pruned)[0]


class LnStructured(_Structured):
    """Prunes the slices along a dim with the smallest norm of order `n`."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Any, pruned: int) -> Any:
        others = [dim for dim in range(t.ndim) if dim != self.dim % t.ndim]
        return topk(norm(t, p=self.n, dim=others), t.shape[self.dim] - pruned)[1]


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}")
        return default_mask * self.mask.to(dtype=default_mask.dtype)
