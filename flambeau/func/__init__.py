"""`torch.func`: modules as functions of their parameters. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.utils.stateless": "functional_call=call_with stack_module_state",
})
