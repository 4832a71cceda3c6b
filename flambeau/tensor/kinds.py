"""What kind of tensor one is: mostly the kinds that PyTorch has and flambeau has not, which programs ask for all the same."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase


def _never(kind: str) -> Any:
    return property(lambda self: False, doc=f"False: no tensor here is {kind}.")


class KindMethods(TensorBase):
    __slots__ = ()

    is_meta = _never("without memory")
    is_mkldnn = _never("in oneDNN's layout")
    is_nested = _never("nested")
    is_quantized = _never("quantized")
    is_sparse_csr = _never("sparse by rows")
    is_ipu, is_maia, is_mps, is_mtia, is_vulkan, is_xla, is_xpu = map(_never, (
        "on an IPU", "on a MAIA", "on Apple's GPU", "on an MTIA", "on Vulkan", "on XLA", "on Intel's GPU"))

    @property
    def is_cpu(self) -> bool:
        return bool(self.device.type == "cpu")

    def is_distributed(self) -> bool:
        return False

    def is_nonzero(self) -> bool:
        """Say whether the one element is not zero. Raises RuntimeError for more elements or none."""
        return bool(self)

    def is_same_size(self, other: Any) -> bool:
        return bool(self.shape == other.shape)

    def is_set_to(self, tensor: Any) -> bool:
        """Say whether both look at the same memory in the same way."""
        return bool(self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape and self.stride() == tensor.stride())
