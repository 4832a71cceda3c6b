"""What the stand-ins for NumPy's functions share: the table they stand in, and NumPy's words in torch's."""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy

from flambeau.core import dtype as dtypes

torch: Any = sys.modules["flambeau"]  # public functions, so that classes of the user's and modes hear of the calls
StandIn = Callable[..., Any]
F = TypeVar("F", bound=StandIn)

stand_ins: dict[Any, StandIn] = {}  # for NumPy's functions: what answers where a gradient is wanted, or on a GPU


def stands_for(*names: str) -> Callable[[F], F]:
    """Enter a function as what answers for NumPy's functions of these names, with NumPy's parameters."""
    def enter(function: F) -> F:
        for name in names:
            found = numpys(name)
            if found is not None:
                stand_ins[found] = function
        return function

    return enter


def numpys(name: str) -> Any:
    """Return NumPy's function of a name such as 'linalg.norm'; None where this NumPy has none."""
    found: Any = numpy
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def dtype_of(wanted: Any) -> Any:
    """Turn NumPy's way to name a dtype into torch's; None stays."""
    return None if wanted is None or isinstance(wanted, dtypes.dtype) else dtypes.from_numpy(numpy.dtype(wanted))


def as_dtype(a: Any, wanted: Any) -> Any:
    return a if wanted is None else a.to(dtype_of(wanted))


def dims(a: Any, axis: Any) -> Any:
    """Return the dims that `axis` names: all of them where it is None."""
    if axis is None:
        return tuple(range(a.ndim))
    return tuple(axis) if isinstance(axis, list | tuple) else axis


def flat_unless(a: Any, axis: Any) -> tuple[Any, int]:
    """Return what to go along: `a` and the dim, or all elements in a row where `axis` is None."""
    return (a.reshape(-1), 0) if axis is None else (a, axis)
