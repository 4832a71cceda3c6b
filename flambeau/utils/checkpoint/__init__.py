"""`torch.utils.checkpoint`: keep the inputs of a part of a model rather than all it saves, and run it again for backward.

[Chen et al. 2016](https://arxiv.org/abs/1604.06174). A page of names.
"""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "utils.checkpoint.calling": "checkpoint checkpoint_sequential noop_context_fn",
    "utils.checkpoint.device_states": "DefaultDeviceType get_device_states set_device_states",
    "utils.checkpoint.recomputation": "CheckpointError GraphExecGroup",
    "utils.checkpoint.reentrant": "CheckpointFunction check_backward_validity detach_variable",
    "utils.checkpoint.selective":
        "CheckpointPolicy SAC_IGNORED_OPS SelectiveCheckpointContext create_selective_checkpoint_contexts",
    "utils.checkpoint.settings": "set_checkpoint_debug_enabled set_checkpoint_early_stop",
})
