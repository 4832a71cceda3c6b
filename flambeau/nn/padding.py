"""Padding as layers."""
from __future__ import annotations

from typing import Any

from flambeau.nn import functional as F
from flambeau.nn.module import Module


class _Pad(Module):
    """Widens the last dims; a single number widens all sides alike."""

    dims, mode = 0, "constant"
    value: float | None = None

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.dims) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPad(_Pad):
    def forward(self, input: Any) -> Any:
        if input.dim() not in (self.dims + 1, self.dims + 2):
            raise ValueError(f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.dim()}D input)")
        return super().forward(input)


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_Pad):
    value = 0.0


def _pads(base: type, mode: str, name: str, doc: str) -> list[Any]:
    """Make the 1, 2 and 3-d forms of a padding."""
    facts = [{"dims": dims, "mode": mode, "__doc__": doc, "__module__": __name__} for dims in (1, 2, 3)]
    return [type(f"{name}{fact['dims']}d", (base,), fact) for fact in facts]


ConstantPad1d, ConstantPad2d, ConstantPad3d = _pads(_ConstantPad, "constant", "ConstantPad", "Pads with one value.")
ZeroPad1d, ZeroPad2d, ZeroPad3d = _pads(_ZeroPad, "constant", "ZeroPad", "Pads with zeros.")
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = _pads(_Pad, "reflect", "ReflectionPad", "Pads with a mirror image.")
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = _pads(_Pad, "replicate", "ReplicationPad", "Pads with the edge.")
CircularPad1d, CircularPad2d, CircularPad3d = _pads(_CircularPad, "circular", "CircularPad", "Pads with the other end.")
