"""Logs that TensorBoard shows, written without it. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "utils.tensorboard.records": "FileWriter",
    "utils.tensorboard.writer": "SummaryWriter",
})
