"""Errors of CUDA by their number."""
from __future__ import annotations

from typing import Any


class cudaStatus:  # noqa: N801  PyTorch's name
    SUCCESS: int = 0
    ERROR_NOT_READY: int = 34


class CudaError(RuntimeError):
    """A function of CUDA returned a number other than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{_meaning(code)} ({code})")


def _meaning(code: int) -> str:
    """What CuPy says to the number; without CuPy nobody can say."""
    from flambeau.cuda.devices import cudart

    try:
        kind: Any = cudart().CUDARuntimeError
    except (AssertionError, RuntimeError):
        return "CUDA error"
    return str(kind(int(code)))


class DeferredCudaCallError(Exception):
    """A call that waited for a GPU failed when there was one."""


def check_error(res: int) -> None:
    """Raise CudaError unless `res`, which a function of CUDA returned, is 0."""
    if int(res) != cudaStatus.SUCCESS:
        raise CudaError(res)
