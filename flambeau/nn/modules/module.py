"""`torch.nn.modules.module`: `Module`, and hooks on every module. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.everywhere":
        "register_module_backward_hook register_module_buffer_registration_hook register_module_forward_hook "
        "register_module_forward_pre_hook register_module_full_backward_hook register_module_full_backward_pre_hook "
        "register_module_module_registration_hook register_module_parameter_registration_hook",
    "nn.module": "Module",
    "nn.state": "_EXTRA_STATE_KEY_SUFFIX=EXTRA _IncompatibleKeys",
})
