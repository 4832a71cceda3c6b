"""Datasets of images, under torchvision's names. A page of names.

An image is a uint8 tensor, (H, W) when it is grey and (C, H, W) when it has colours; `ImageFolder` hands out what its
loader returns, which is a Pillow image unless another is given.
"""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "vision.datasets.base": "VisionDataset",
    "vision.datasets.cifar": "CIFAR10 CIFAR100",
    "vision.datasets.digits": "Digits",
    "vision.datasets.fake": "FakeData",
    "vision.datasets.folder": "DatasetFolder ImageFolder",
    "vision.datasets.idx": "read_idx",
    "vision.datasets.mnist": "FashionMNIST KMNIST MNIST",
}, parts="folder files")
