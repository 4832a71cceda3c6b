"""Samples in folders, one for each class."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flambeau.vision.datasets.base import Transform, VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def has_file_allowed_extension(filename: str, extensions: str | tuple[str, ...]) -> bool:
    return filename.lower().endswith(extensions)


def is_image_file(filename: str) -> bool:
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: str | Path) -> tuple[list[str], dict[str, int]]:
    """Return the names of the folders in a directory, sorted, and their numbers. Raises FileNotFoundError without any."""
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
    return classes, {name: number for number, name in enumerate(classes)}


def make_dataset(directory: str | Path, class_to_idx: dict[str, int], extensions: tuple[str, ...] | str | None = None,
                 is_valid_file: Callable[[str], bool] | None = None, allow_empty: bool = False) -> list[tuple[str, int]]:
    """Return (path, class number) of all files under the class folders, in order of their names.

    Raises FileNotFoundError for a class without any, unless `allow_empty`.
    """
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")
    wanted = is_valid_file or (lambda name: has_file_allowed_extension(name, extensions or ()))
    found: list[tuple[str, int]] = []
    empty = []
    for name in sorted(class_to_idx):
        paths = [os.path.join(folder, file) for folder, _, files in sorted(os.walk(Path(directory) / name, followlinks=True))
                 for file in sorted(files)]
        samples = [(path, class_to_idx[name]) for path in paths if wanted(path)]
        if not samples:
            empty.append(name)
        found += samples
    if empty and not allow_empty:
        kinds = "" if extensions is None else f" Supported extensions are: {', '.join([*extensions])}"
        raise FileNotFoundError(f"Found no valid file for the classes {', '.join(empty)}.{kinds}")
    return found


def pil_loader(path: str) -> Any:
    """Open an image file with Pillow, as RGB."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("reading image files needs Pillow; install it with: pip install 'flambeau[vision]'") from error
    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


class DatasetFolder(VisionDataset):
    """Files under `root/CLASS/…`, read by `loader`; `classes`, `class_to_idx`, `samples` and `targets` say what there is."""

    def __init__(self, root: str | Path, loader: Callable[[str], Any], extensions: tuple[str, ...] | None = None,
                 transform: Transform | None = None, target_transform: Transform | None = None,
                 is_valid_file: Callable[[str], bool] | None = None, allow_empty: bool = False) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes, self.class_to_idx = self.find_classes(self.root or "")
        self.loader, self.extensions = loader, extensions
        self.samples = make_dataset(self.root or "", self.class_to_idx, extensions, is_valid_file, allow_empty)
        self.targets = [number for _, number in self.samples]

    def find_classes(self, directory: str | Path) -> tuple[list[str], dict[str, int]]:
        return find_classes(directory)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, number = self.samples[index]
        return self.transformed(self.loader(path), number)


class ImageFolder(DatasetFolder):
    """Image files under `root/CLASS/…`, as Pillow images unless `loader` says otherwise."""

    def __init__(self, root: str | Path, transform: Transform | None = None, target_transform: Transform | None = None,
                 loader: Callable[[str], Any] = pil_loader, is_valid_file: Callable[[str], bool] | None = None,
                 allow_empty: bool = False) -> None:
        super().__init__(root, loader, IMG_EXTENSIONS if is_valid_file is None else None, transform, target_transform,
                         is_valid_file, allow_empty)
        self.imgs = self.samples
