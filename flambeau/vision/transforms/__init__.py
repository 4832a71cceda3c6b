"""Transforms of images, under torchvision's names. A page of names.

An image is a tensor (…, H, W), which need not have a channel dim when it is grey, or a Pillow image. Randomness comes from
`torch`'s generator, in torchvision's order: the same seed makes the same choices.
"""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "vision.transforms.color": "ColorJitter Grayscale RandomGrayscale RandomInvert",
    "vision.transforms.composition": "Compose Lambda RandomApply RandomChoice RandomOrder",
    "vision.transforms.conversion": "ConvertImageDtype Normalize PILToTensor ToPILImage ToTensor",
    "vision.transforms.erasing": "RandomErasing",
    "vision.transforms.functional": "InterpolationMode",
    "vision.transforms.geometry":
        "CenterCrop Pad RandomCrop RandomHorizontalFlip RandomResizedCrop RandomVerticalFlip Resize",
}, parts="functional")
