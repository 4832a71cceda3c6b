"""Batch norm over the batches of all processes. flambeau trains in one process, whose batch is the whole one."""
from __future__ import annotations

from typing import Any

from flambeau.nn.module import Module
from flambeau.nn.normalization import _BatchNorm


class SyncBatchNorm(_BatchNorm):
    """Standardizes each channel over the whole batch, (N, C, …) of any number of dims."""

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, process_group: Any = None, device: Any = None, dtype: Any = None, *,
                 bias: bool = True) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if input.dim() < 2:
            raise ValueError(f"expected at least 2D input (got {input.dim()}D input)")
        if input.shape[1] == 0:
            raise ValueError("SyncBatchNorm number of input channels should be non-zero")

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """Return a module with a `SyncBatchNorm` in the place of each batch norm, around the same parameters."""
        result = _synchronized(module, process_group) if isinstance(module, _BatchNorm) else module
        for name, child in module.named_children():
            result.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return result


def _synchronized(norm: Any, process_group: Any) -> SyncBatchNorm:
    made = SyncBatchNorm(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats, process_group,
                         bias=norm.bias is not None)
    made._parameters.update(norm._parameters)
    made._buffers.update(norm._buffers)
    made.training = norm.training
    return made
