"""`GreenContext`: a part of a GPU's multiprocessors. CuPy cannot make one."""
from __future__ import annotations

from typing import Any


class GreenContext:
    """A part of a GPU's multiprocessors: not to be had here, as in builds of PyTorch without them."""

    @staticmethod
    def create(*, num_sms: int | None = None, workqueue_scope: str | None = None,
               workqueue_concurrency_limit: int | None = None, device_id: int | None = None) -> Any:
        """Raises RuntimeError."""
        raise _unsupported()

    @staticmethod
    def max_workqueue_concurrency(device_id: int | None = None) -> int:
        """Raises RuntimeError."""
        raise _unsupported()

    def set_context(self) -> None:
        raise _unsupported()

    def pop_context(self) -> None:
        raise _unsupported()

    def Stream(self) -> Any:  # noqa: N802  PyTorch's name
        raise _unsupported()


def _unsupported() -> RuntimeError:
    return RuntimeError("PyTorch was not built with Green Context support! flambeau reaches GPUs through CuPy, which has none; "
                        "use a torch.cuda.Stream")
