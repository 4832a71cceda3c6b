"""The range and precision of dtypes."""
from __future__ import annotations

import math

import ml_dtypes

from flambeau.core.dtype import default_float, dtype, from_numpy, is_packed

_DIGITS_PER_BIT = math.log10(2)


class finfo:  # noqa: N801  PyTorch's name
    """Limits of a floating-point dtype; of a complex one, those of its parts.

    Raises TypeError for integers.
    """

    def __init__(self, type: dtype | None = None) -> None:
        kind = from_numpy(default_float()) if type is None else type
        if not (kind.is_floating_point or kind.is_complex) or is_packed(kind.numpy):
            raise TypeError(f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle {kind}")
        facts = ml_dtypes.finfo(kind.to_real().numpy)
        self.bits = int(facts.bits)
        self.eps, self.max, self.min = float(facts.eps), float(facts.max), float(facts.min)
        self.tiny = self.smallest_normal = float(facts.smallest_normal)
        self.resolution = float(f"1e-{int(facts.nmant * _DIGITS_PER_BIT)}")
        self.dtype = kind.to_real().name

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
                f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})")


class iinfo:  # noqa: N801  PyTorch's name
    """Limits of an integer dtype.

    Raises TypeError for other dtypes.
    """

    def __init__(self, type: dtype) -> None:
        if type.numpy.kind not in "iu":
            raise TypeError(f"torch.iinfo() requires an integer input type. Use torch.finfo to handle {type}")
        self.bits = type.itemsize * 8
        self.max = (1 << self.bits - type.is_signed) - 1
        self.min = -self.max - 1 if type.is_signed else 0
        self.dtype = type.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
