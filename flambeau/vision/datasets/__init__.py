"""Datasets of images."""
from __future__ import annotations

from flambeau.vision.datasets.handwriting import MNIST as MNIST
from flambeau.vision.datasets.handwriting import Digits as Digits
from flambeau.vision.datasets.idx import read_idx as read_idx
