"""Whether a program may wait for a GPU without knowing: `torch.cuda.set_sync_debug_mode`."""
from __future__ import annotations

MODES = {"default": 0, "warn": 1, "error": 2}

mode = 0


def noticed(what: str) -> None:
    """Warn or raise RuntimeError, as was asked, now that the host is about to wait for a GPU."""
    if mode == MODES["error"]:
        raise RuntimeError(f"called a synchronizing CUDA operation: {what}; torch.cuda.set_sync_debug_mode(0) allows it")
    if mode == MODES["warn"]:
        import warnings

        warnings.warn(f"called a synchronizing CUDA operation: {what}", UserWarning, stacklevel=3)
