"""Layers that move numbers about: padding, unfolding, shuffling, and distances."""
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
CircularPad1d, CircularPad2d, CircularPad3d = _pads(_Pad, "circular", "CircularPad", "Pads with the other end.")


class Unfold(Module):
    """Lays the windows of images out as columns."""

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Any) -> Any:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
                f"stride={self.stride}")


class Fold(Module):
    """Adds columns up to images: what `Unfold` laid out."""

    def __init__(self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Any) -> Any:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
                f"padding={self.padding}, stride={self.stride}")


class PixelShuffle(Module):
    """Trades channels for a finer grid. [Shi et al. 2016](https://arxiv.org/abs/1609.05158)"""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Any) -> Any:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Trades a finer grid for channels."""

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Any) -> Any:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Deals the channels of groups out in turn. [Zhang et al. 2017](https://arxiv.org/abs/1707.01083)"""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Any) -> Any:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of the difference of vectors."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
