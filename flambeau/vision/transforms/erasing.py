"""A rectangle erased at random. Zhong et al., "Random Erasing Data Augmentation", 2017."""
from __future__ import annotations

import math
from typing import Any

from flambeau.nn import Module
from flambeau.ops.creation import empty, tensor
from flambeau.ops.random import rand
from flambeau.vision.transforms import functional as F
from flambeau.vision.transforms.geometry import below, uniform


class RandomErasing(Module):
    """Overwrites a rectangle of a tensor with probability `p`.

    Its area is a share in `scale` of the image's, its aspect in `ratio`; `value` fills it: a number, one for each channel, or
    noise ("random").
    """

    def __init__(self, p: float = 0.5, scale: tuple[float, float] = (0.02, 0.33), ratio: tuple[float, float] = (0.3, 3.3),
                 value: Any = 0, inplace: bool = False) -> None:
        super().__init__()
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        if not 0 <= scale[0] <= scale[1] <= 1:
            raise ValueError("Scale should be between 0 and 1")
        if not 0 <= p <= 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    @staticmethod
    def get_params(img: Any, scale: tuple[float, float], ratio: tuple[float, float],
                   value: list[float] | None = None) -> tuple[int, int, int, int, Any]:
        """Draw (top, left, height, width, what fills it); where ten draws do not fit, the whole image as it is."""
        channels, height, width = img.shape[-3], img.shape[-2], img.shape[-1]
        for _ in range(10):
            area = height * width * uniform(*scale)
            aspect = math.exp(uniform(math.log(ratio[0]), math.log(ratio[1])))
            h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if not (h < height and w < width):
                continue
            fill = empty(channels, h, w).normal_() if value is None else tensor(value)[:, None, None]
            top = below(height - h + 1)
            return top, below(width - w + 1), h, w, fill
        return 0, 0, height, width, img

    def forward(self, img: Any) -> Any:
        if rand(1).item() >= self.p:
            return img
        value = None if isinstance(self.value, str) else list(self.value) if isinstance(self.value, list | tuple) else [
            float(self.value)]
        if value is not None and len(value) not in (1, img.shape[-3]):
            raise ValueError("If value is a sequence, it should have either a single value or "
                             f"{img.shape[-3]} (number of input channels)")
        return F.erase(img, *self.get_params(img, self.scale, self.ratio, value), self.inplace)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
                f"inplace={self.inplace})")
