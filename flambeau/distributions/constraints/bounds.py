"""Constraints on single numbers."""
from __future__ import annotations

from typing import Any

from flambeau.distributions.constraints.constraint import Constraint


class _Real(Constraint):
    def check(self, value: Any) -> Any:
        return value == value  # NaN alone differs from itself


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value == 0) | (value == 1)


class _Bounded(Constraint):
    """A constraint that its bounds describe."""

    def __repr__(self) -> str:
        bounds = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__[1:]}({bounds})"


class _From(_Bounded):
    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound


class _UpTo(_Bounded):
    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound


class _Between(_Bounded):
    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound, self.upper_bound = lower_bound, upper_bound


class _GreaterThan(_From):
    def check(self, value: Any) -> Any:
        return self.lower_bound < value


class _GreaterThanEq(_From):
    def check(self, value: Any) -> Any:
        return self.lower_bound <= value


class _LessThan(_UpTo):
    def check(self, value: Any) -> Any:
        return value < self.upper_bound


class _Interval(_Between):
    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _HalfOpenInterval(_Between):
    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value < self.upper_bound)


class _IntegerGreaterThan(_From):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return _is_whole(value) & (value >= self.lower_bound)


class _IntegerLessThan(_UpTo):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return _is_whole(value) & (value <= self.upper_bound)


class _IntegerInterval(_Between):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return _is_whole(value) & (self.lower_bound <= value) & (value <= self.upper_bound)


def _is_whole(value: Any) -> Any:
    return value % 1 == 0
