"""Images: datasets under torchvision's names."""
from __future__ import annotations

from flambeau.vision import datasets as datasets
