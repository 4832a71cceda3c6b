"""Saving and loading, in PyTorch's own file format, without ever running code from a file."""
from __future__ import annotations

from flambeau.serialization.loading import load as load
from flambeau.serialization.saving import save as save
