"""Bring an op's arguments to one device and one dtype, where they are not already."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core import promotion
from flambeau.core.arrays import is_array, namespace_of
from flambeau.core.device import CPU, device_of, moved
from flambeau.core.dtype import HALVES, default_float
from flambeau.core.promotion import FLOAT32
from flambeau.core.tensor import TensorBase


def prepare(op: Any, args: tuple[Any, ...], values: list[Any], spread: int) -> tuple[list[Any], Any]:
    """Return the values as the body wants them, and the half type to narrow its result to (None: as it comes)."""
    values = [value.item() if isinstance(value, numpy.generic) else value for value in values]
    values = on_one_device(op, args, values)
    if not op.promotes:
        return values, None
    chosen = [i for i in range(len(values)) if _is_promoted(op, i, spread)]
    arrays = [values[i] for i in chosen if is_array(values[i])]
    numbers = [values[i] for i in chosen if isinstance(values[i], int | float | complex)]
    if not arrays:
        return values, None
    common = promotion.result_type(arrays, numbers)
    if op.promote == "to_float" and promotion.kind_of(common) < 2:
        common = default_float()
    working = FLOAT32 if common in HALVES else common
    for i in chosen:
        if op.promote == "compare" and working is not common:
            values[i] = _rounded(common, values[i])
        if i not in op.scalars or is_array(values[i]):
            values[i] = _as(working, values[i], arrays[0])
    return values, common if working is not common and op.promote != "compare" else None


def _is_promoted(op: Any, position: int, spread: int) -> bool:
    """Say whether promotion includes an argument, counting a spread-out sequence as one."""
    if op.sequence is not None and position > op.sequence:
        position = max(op.sequence, position - spread + 1)
    return position in op.promoted


def _as(dtype: Any, value: Any, beside: Any) -> Any:
    """Bring a value to a dtype; a number stays weak unless it would meet integers, where it becomes an array too."""
    if is_array(value):
        return value if value.dtype == dtype else value.astype(dtype)
    if isinstance(value, int | float | complex) and promotion.kind_of(dtype) < 2:
        return namespace_of(beside).asarray(_wrapped(value, dtype))
    return value


def _rounded(half: Any, value: Any) -> Any:
    """What a half type makes of a value of another dtype: a comparison sees that, not the value itself."""
    if is_array(value):
        return value if value.dtype == half else value.astype(half)
    return float(numpy.asarray(value, half)) if isinstance(value, int | float) else value


def _wrapped(value: Any, dtype: Any) -> Any:
    """A number in an integer dtype. NumPy refuses what does not fit; PyTorch wraps around."""
    if dtype.kind == "b" or not isinstance(value, int):
        return numpy.asarray(value).astype(dtype)
    if dtype.itemsize == 8:
        return numpy.asarray(value & (1 << 64) - 1, dtype="u8").astype(dtype)
    return numpy.asarray(value, dtype="i8").astype(dtype)


def on_one_device(op: Any, args: tuple[Any, ...], values: list[Any]) -> list[Any]:
    """Check that all tensors are on one device; a 0-dim CPU tensor may join any other.

    Raises RuntimeError when tensors are on several devices.
    """
    places = [device_of(value) if isinstance(arg, TensorBase) else None for arg, value in zip(args, values, strict=True)]
    homes = {place for place, value in zip(places, values, strict=True)
             if place is not None and not (place == CPU and value.ndim == 0)}
    if homes <= {CPU}:
        return values
    if len(homes) > 1:
        named = ", ".join(f"{name} on {place}" for name, place in zip(op.parameters, places, strict=False) if place)
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two devices, "
            f"{' and '.join(sorted(map(str, homes)))}! ({op.name}: {named}); move them with .to(device)"
        )
    home = homes.pop()
    return [moved(value, home) if place == CPU and op.promotes else value
            for place, value in zip(places, values, strict=True)]
