"""Watching kernels: each answer of one is held against that of the op's body, for the same arguments."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy

from flambeau.core.arrays import QUIET, SILENT
from flambeau.dispatch import kernel
from flambeau.dispatch.op import Op, registry

# How far a sum of so many terms in another order may be off, in units of the last place of the largest of them.
ROUNDING = {"f": 2e-5, "d": 1e-12}


@contextmanager
def checked() -> Iterator[list[str]]:
    """Within, every kernel's answer is compared with the body's. Yields the names of the kernels that answered."""
    answered: list[str] = []
    ops = list(registry.values())
    for op in ops:
        kernel.load(op.family)
    for op in ops:
        if op.kernels:
            op.compute = _watched(op, answered)
    try:
        yield answered
    finally:
        for op in ops:
            kernel.reconsider(op)


def _watched(op: Op, answered: list[str]) -> Any:
    def compute(*values: Any) -> Any:
        if not isinstance(values[0], numpy.ndarray):
            return kernel.run(op, values)
        for candidate in op.kernels.get("cpu", ()):
            given = _copied(values)
            got = candidate(*values)
            if got is not NotImplemented:
                answered.append(candidate.__name__)
                compare(op, given, got, op.body(*_copied(given)))
                return got
        return op.body(*values)

    return compute


def compare(op: Op, given: Any, got: Any, want: Any) -> None:
    if isinstance(want, tuple | list):
        assert len(got) == len(want), op.name
        for mine, theirs in zip(got, want, strict=True):
            compare(op, given, mine, theirs)
        return
    if want is None or got is None:
        assert got is want, op.name
        return
    want = numpy.asarray(want)
    assert isinstance(got, numpy.ndarray), f"{op.name}: {type(got)}"
    assert got.dtype == want.dtype, f"{op.name}: {got.dtype}, the body's {want.dtype}"
    assert got.shape == want.shape, f"{op.name}: {got.shape}, the body's {want.shape}"
    if got.dtype.kind not in "fc":
        numpy.testing.assert_array_equal(got, want, err_msg=op.name)
        return
    unit = ROUNDING[got.dtype.char]
    sizes = [numpy.abs(part[numpy.isfinite(part)]).max(initial=0) for part in (*_floats(given), want)]
    numpy.testing.assert_allclose(got, want, rtol=unit, atol=unit * max(1, *sizes) * 0.5, err_msg=f"{op.name} of {given}")


def _floats(value: Any) -> Iterator[Any]:
    if isinstance(value, numpy.ndarray):
        if value.dtype.kind == "f":
            yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _floats(part)


def _copied(value: Any) -> Any:
    """Copies that lie in memory as the arrays do: kernels see where elements lie."""
    if isinstance(value, numpy.ndarray):
        return value.copy("K")
    if type(value) in (tuple, list):
        return type(value)(map(_copied, value))
    return value


def quietly(function: Any, *args: Any) -> Any:
    """Call a body as the road does, without NumPy's warnings."""
    token = QUIET.set(SILENT)
    try:
        return function(*args)
    finally:
        QUIET.reset(token)
