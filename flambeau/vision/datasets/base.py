"""What datasets of images share."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flambeau.utils.data import Dataset

Transform = Callable[[Any], Any]


class VisionDataset(Dataset):
    """Samples from files under `root`: (image, target), each passed through a transform, or both through `transforms`."""

    def __init__(self, root: str | Path | None = None, transforms: Callable[[Any, Any], Any] | None = None,
                 transform: Transform | None = None, target_transform: Transform | None = None) -> None:
        if transforms is not None and (transform is not None or target_transform is not None):
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        self.transform, self.target_transform, self.transforms = transform, target_transform, transforms

    def transformed(self, image: Any, target: Any) -> tuple[Any, Any]:
        """Return a sample as users get it."""
        if self.transforms is not None:
            return self.transforms(image, target)
        return (image if self.transform is None else self.transform(image),
                target if self.target_transform is None else self.target_transform(target))

    def __repr__(self) -> str:
        lines = [f"Dataset {type(self).__name__}", f"    Number of datapoints: {len(self)}"]  # type: ignore[arg-type]
        if self.root is not None:
            lines.append(f"    Root location: {self.root}")
        lines += [f"    {line}" for line in self.extra_repr().splitlines()]
        for name, transform in (("Transform", self.transform), ("Target transform", self.target_transform)):
            if transform is not None:
                lines.append(f"    {name}: {transform!r}".replace("\n", "\n" + " " * (6 + len(name))))
        return "\n".join(lines)

    def extra_repr(self) -> str:
        return ""


class Images(VisionDataset):
    """Images that are all in memory, as `data`, with `targets`."""

    data: Any
    targets: Any
    classes: list[str]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self.transformed(self.data[index], int(self.targets[index]))

    @property
    def class_to_idx(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.classes)}
