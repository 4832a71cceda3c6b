"""Random images, for trying things out."""
from __future__ import annotations

from typing import Any

from flambeau.core.random import Generator
from flambeau.ops.random import randint
from flambeau.vision.datasets.base import Transform, VisionDataset


class FakeData(VisionDataset):
    """`size` images of noise, uint8 and of `image_size` (C, H, W), with random labels; the same ones each time."""

    def __init__(self, size: int = 1000, image_size: tuple[int, int, int] = (3, 224, 224), num_classes: int = 10,
                 transform: Transform | None = None, target_transform: Transform | None = None,
                 random_offset: int = 0) -> None:
        super().__init__(None, transform=transform, target_transform=target_transform)
        self.size, self.num_classes, self.image_size, self.random_offset = size, num_classes, image_size, random_offset

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not 0 <= index < self.size:
            raise IndexError(f"{type(self).__name__} index out of range: {index} of {self.size}")
        generator = Generator().manual_seed(index + self.random_offset)
        image = randint(0, 256, self.image_size, generator=generator).byte()
        return self.transformed(image, int(randint(0, self.num_classes, (1,), generator=generator)))
