"""`torch.func`: functions made of functions, gradients and batches of them; modules as functions. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "func.gradients": "grad grad_and_value vjp",
    "func.modules": "debug_unwrap functionalize replace_all_batch_norm_modules_",
    "func.jacobians": "hessian jacfwd jacrev",
    "func.pushforward": "jvp linearize",
    "func.mapping": "vmap",
    "func.rearranging": "rearrange",
    "nn.utils.stateless": "functional_call=call_with stack_module_state",
})
