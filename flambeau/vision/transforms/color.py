"""Colours changed at random."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.nn import Module
from flambeau.ops.random import rand, randperm
from flambeau.vision.transforms import functional as F
from flambeau.vision.transforms.geometry import uniform

Range = tuple[float, float]


class ColorJitter(Module):
    """Changes brightness, contrast, saturation and hue by random factors, in random order.

    A number x stands for factors from 1 - x to 1 + x (of hue: from -x to x); a pair gives them.
    """

    def __init__(self, brightness: float | Range = 0, contrast: float | Range = 0, saturation: float | Range = 0,
                 hue: float | Range = 0) -> None:
        super().__init__()
        self.brightness = _range("brightness", brightness)
        self.contrast = _range("contrast", contrast)
        self.saturation = _range("saturation", saturation)
        self.hue = _range("hue", hue, center=0, bounds=(-0.5, 0.5))

    @staticmethod
    def get_params(brightness: Range | None, contrast: Range | None, saturation: Range | None,
                   hue: Range | None) -> tuple[Any, ...]:
        """Draw the order, and a factor for each (None: left alone)."""
        order = randperm(4)
        return (order, *(None if limits is None else uniform(*limits) for limits in (brightness, contrast, saturation, hue)))

    def forward(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        steps = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for number in order.tolist():
            if factors[number] is not None:
                img = steps[number](img, factors[number])
        return img

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(brightness={self.brightness}, contrast={self.contrast}, "
                f"saturation={self.saturation}, hue={self.hue})")


def _range(name: str, value: float | Sequence[float], center: float = 1,
           bounds: tuple[float, float] = (0, float("inf"))) -> Range | None:
    if isinstance(value, int | float):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        low, high = center - float(value), center + float(value)
        low = max(low, 0.0) if center else low
    elif len(value) == 2:
        low, high = float(value[0]), float(value[1])
    else:
        raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
    if not bounds[0] <= low <= high <= bounds[1]:
        raise ValueError(f"{name} values should be between {bounds}, but got {[low, high]}.")
    return None if low == high == center else (low, high)


class Grayscale(Module):
    """Takes the colours away."""

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(Module):
    """Takes the colours away with probability `p`; the channels stay as many."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        channels = F.get_dimensions(img)[0]
        return F.rgb_to_grayscale(img, channels) if rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomInvert(Module):
    """Makes the negative with probability `p`."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        return F.invert(img) if rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"
