"""`torch.utils.dlpack`: tensors exchanged with other libraries without copying."""
from __future__ import annotations

from typing import Any

from flambeau.core.dlpack import DLDeviceType, exported
from flambeau.ops.creation import from_dlpack

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Any) -> Any:
    """Return a capsule over the memory of a tensor, good for one `from_dlpack`.

    Libraries of today take the tensor itself, and by asking it learn of its device.
    """
    return exported(tensor.detach()._array)
