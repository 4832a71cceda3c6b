"""`torch.backends.cpu`: which kernels compute on the CPU, and how precisely they convolve.

`conv_precision` is "fast" or "exact". "fast", the default, lets convolutions of 3 x 3 windows that move by one go over tiles
(Winograd's way), two to three times as quick; the largest error is then below 1e-5 of the largest result, where direct
multiplication in float32 errs by about 3e-7 times the root of the number of terms over ten. "exact" multiplies directly.
float64 is always multiplied directly.
"""
from __future__ import annotations

import sys
import types

from flambeau.dispatch.kernel import extension

_PRECISIONS = ("fast", "exact")
_CAPABILITIES = {"v4": "AVX512", "v3": "AVX2", "v2": "DEFAULT", "generic": "DEFAULT"}
_precision = _PRECISIONS[0]


def get_cpu_capability() -> str:
    """Name the instructions that kernels use, in PyTorch's words: "AVX512", "AVX2" or "DEFAULT"."""
    native = extension()
    return "NO AVX" if native is None else _CAPABILITIES[native.level]


class _Settings(types.ModuleType):
    """A module with an attribute that is checked when it is set."""

    @property
    def conv_precision(self) -> str:
        return _precision

    @conv_precision.setter
    def conv_precision(self, value: str) -> None:
        global _precision
        if value not in _PRECISIONS:
            raise ValueError(f"conv_precision must be one of {', '.join(map(repr, _PRECISIONS))}, but got {value!r}")
        _precision = value
        native = extension()
        if native is not None:
            native.set_fast_convolution(value == "fast")


sys.modules[__name__].__class__ = _Settings
