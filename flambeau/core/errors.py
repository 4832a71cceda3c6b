"""Exception classes that PyTorch publishes beside Python's own."""
from __future__ import annotations


class OutOfMemoryError(RuntimeError):
    """A GPU has no room for what was asked."""


class LinAlgError(RuntimeError):
    """A matrix has no inverse, no decomposition, or no convergence."""


class AcceleratorError(RuntimeError):
    """A GPU refused or failed at what it was given."""
