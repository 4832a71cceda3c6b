"""`DataParallel`, for programs that use it on one device."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.nn.module import Module


class DataParallel(Module):
    """Calls `module`, which keeps its place: without several GPUs there is nothing to divide a batch among.

    Raises NotImplementedError for more than one device: run a process for each instead.
    """

    def __init__(self, module: Module, device_ids: Sequence[Any] | None = None, output_device: Any = None,
                 dim: int = 0) -> None:
        super().__init__()
        self.module, self.dim, self.output_device = module, dim, output_device
        self.device_ids = list(device_ids or [])
        if len(self.device_ids) > 1:
            raise NotImplementedError(f"DataParallel over {len(self.device_ids)} devices: run one process for each device, or "
                                      "give device_ids=[0]")

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
