"""`torch.nn.modules.container`: containers. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.containers": "Container ModuleDict ModuleList Sequential",
    "nn.parameter_containers": "ParameterDict ParameterList",
})
