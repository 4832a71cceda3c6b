"""Transforms of the parts of a tensor, each by a transform of its own."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flambeau.distributions import constraints
from flambeau.distributions.transforms.transform import Transform
from flambeau.distributions.utils import _sum_rightmost
from flambeau.ops.joining import cat, stack

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class _PartsTransform(Transform):
    """Transforms of the parts of tensors along `dim`."""

    transforms: list[Transform]
    dim: int

    def __init__(self, tseq: Sequence[Transform], cache_size: int) -> None:
        if not all(isinstance(transform, Transform) for transform in tseq):
            raise AssertionError("All elements of tseq must be Transform instances")
        super().__init__(cache_size)
        self.transforms = [transform.with_cache(cache_size) if cache_size else transform for transform in tseq]

    @property
    def bijective(self) -> bool:
        return all(transform.bijective for transform in self.transforms)

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        raise NotImplementedError

    def _check_size(self, x: Tensor, expected: int) -> None:
        if not -x.ndim <= self.dim < x.ndim:
            raise AssertionError(f"dim {self.dim} out of range for tensor with {x.ndim} dimensions")
        if x.shape[self.dim] != expected:
            raise AssertionError(f"size({self.dim}) = {x.shape[self.dim]} must be {expected}, as the transforms take")

    def _each(self, function: Callable[..., Any], *tensors: Tensor) -> list[Any]:
        """Call `function` with each transform and its parts of the tensors."""
        return [function(*group) for group in zip(self.transforms, *map(self._parts, tensors), strict=True)]


class CatTransform(_PartsTransform):
    """Stretches along `dim`, of these lengths."""

    _arguments = ("transforms", "dim", "lengths")

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None,
                 cache_size: int = 0) -> None:
        super().__init__(tseq, cache_size)
        self.dim = dim
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match transforms ({len(self.transforms)})")

    @property
    def event_dim(self) -> int:
        return max(transform.event_dim for transform in self.transforms)

    @property
    def length(self) -> int:
        return sum(self.lengths)

    @constraints.dependent_property
    def domain(self) -> constraints.Constraint:
        return constraints.cat([transform.domain for transform in self.transforms], self.dim, self.lengths)

    @constraints.dependent_property
    def codomain(self) -> constraints.Constraint:
        return constraints.cat([transform.codomain for transform in self.transforms], self.dim, self.lengths)

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        self._check_size(x, self.length)
        return x.split(self.lengths, self.dim)

    def _call(self, x: Tensor) -> Tensor:
        return cat(self._each(lambda transform, part: transform(part), x), self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return cat(self._each(lambda transform, part: transform.inv(part), y), self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        def stretch(transform: Transform, before: Tensor, after: Tensor) -> Tensor:
            return _sum_rightmost(transform.log_abs_det_jacobian(before, after), self.event_dim - transform.event_dim)

        stretches = self._each(stretch, x, y)
        dim = (self.dim if self.dim < 0 else self.dim - x.ndim) + self.event_dim
        return cat(stretches, dim) if dim < 0 else sum(stretches)


class StackTransform(_PartsTransform):
    """The places along `dim`."""

    _arguments = ("transforms", "dim")

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, cache_size)
        self.dim = dim

    @constraints.dependent_property
    def domain(self) -> constraints.Constraint:
        return constraints.stack([transform.domain for transform in self.transforms], self.dim)

    @constraints.dependent_property
    def codomain(self) -> constraints.Constraint:
        return constraints.stack([transform.codomain for transform in self.transforms], self.dim)

    def _parts(self, x: Tensor) -> Sequence[Tensor]:
        self._check_size(x, len(self.transforms))
        return x.unbind(self.dim)

    def _call(self, x: Tensor) -> Tensor:
        return stack(self._each(lambda transform, part: transform(part), x), self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return stack(self._each(lambda transform, part: transform.inv(part), y), self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return stack(self._each(lambda transform, *parts: transform.log_abs_det_jacobian(*parts), x, y), self.dim)
