"""How small a singular value must be to count as zero: `atol`, and `rtol` times the largest one."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.dtype import from_numpy
from flambeau.core.limits import finfo
from flambeau.dispatch.inplace import pytorch_name


def cutoff(title: str, values: Array, sizes: tuple[int, ...], atol: Any, rtol: Any) -> Array:
    """Return, for each matrix, what its values must be larger than; the last dim stays, with size 1.

    Where no `rtol` is given it is the precision of the dtype times the larger size, or 0 where an `atol` above 0 is.
    """
    xp = namespace_of(values)
    for name, tolerance in (("atol", atol), ("rtol", rtol)):
        if is_array(tolerance) and tolerance.dtype.kind == "c":
            raise RuntimeError(f"{title}: {name} tensor of complex type is not supported. Got {pytorch_name(tolerance.dtype)}")
    absolute = xp.asarray(0 if atol is None else atol, values.dtype)
    default = xp.where(absolute > 0, 0, _precision(values.dtype) * max(sizes))
    relative = xp.asarray(default if rtol is None else rtol, values.dtype)
    largest = values.max(-1) if values.shape[-1] else xp.zeros(values.shape[:-1], values.dtype)
    return xp.maximum(absolute, relative * largest)[..., None]


def _precision(dtype: Any) -> float:
    return float(finfo(from_numpy(dtype)).eps)
