"""Constraints made of constraints."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.distributions.constraints.constraint import Constraint
from flambeau.ops.joining import cat, stack


class _Wrapped(Constraint):
    """A constraint on events that another one looks at differently."""

    def __init__(self, base_constraint: Constraint) -> None:
        _require(isinstance(base_constraint, Constraint),
                 f"base_constraint must be a Constraint, got {type(base_constraint).__name__}")
        self.base_constraint = base_constraint

    @property
    def is_discrete(self) -> bool:
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        return self.base_constraint.event_dim


class _IndependentConstraint(_Wrapped):
    """Events whose parts, along dims before the event's own, all keep to one constraint."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        super().__init__(base_constraint)
        _require(isinstance(reinterpreted_batch_ndims, int) and reinterpreted_batch_ndims >= 0,
                 f"reinterpreted_batch_ndims must be an int of 0 or more, got {reinterpreted_batch_ndims!r}")
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    @property
    def event_dim(self) -> int:
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Any) -> Any:
        result = self.base_constraint.check(value)
        kept = result.ndim - self.reinterpreted_batch_ndims
        if kept < 0:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return result.reshape((*result.shape[:kept], -1)).all(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__[1:]}({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(_Wrapped):
    """Values that keep to the constraints of all components of a mixture."""

    def check(self, value: Any) -> Any:
        result = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        kept = value.ndim - self.event_dim
        if kept < 0:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return result.reshape((*result.shape[:kept], -1)).all(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_constraint!r})"


class _Several(Constraint):
    """Parts along a dim with a constraint each."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0) -> None:
        _require(all(isinstance(part, Constraint) for part in cseq), "All elements of cseq must be Constraint instances")
        self.cseq, self.dim = list(cseq), dim

    @property
    def is_discrete(self) -> bool:
        return any(part.is_discrete for part in self.cseq)

    def _check_dim(self, value: Any) -> None:
        _require(-value.ndim <= self.dim < value.ndim,
                 f"dim {self.dim} out of range for value with {value.ndim} dimensions")


class _Cat(_Several):
    """Stretches along `dim`, of these lengths."""

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None) -> None:
        super().__init__(cseq, dim)
        self.lengths = [1] * len(self.cseq) if lengths is None else list(lengths)
        _require(len(self.lengths) == len(self.cseq),
                 f"lengths ({len(self.lengths)}) must match cseq ({len(self.cseq)})")

    @property
    def event_dim(self) -> int:
        return max(part.event_dim for part in self.cseq)

    def check(self, value: Any) -> Any:
        self._check_dim(value)
        parts = value.split(self.lengths, self.dim)
        return cat([constraint.check(part) for constraint, part in zip(self.cseq, parts, strict=True)], self.dim)


class _Stack(_Several):
    """The places along `dim`."""

    @property
    def event_dim(self) -> int:
        most = max(part.event_dim for part in self.cseq)
        return most + 1 if self.dim + most < 0 else most

    def check(self, value: Any) -> Any:
        self._check_dim(value)
        parts = value.unbind(self.dim)
        return stack([constraint.check(part) for part, constraint in zip(parts, self.cseq, strict=False)], self.dim)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
