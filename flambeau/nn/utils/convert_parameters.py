"""`torch.nn.utils.convert_parameters`: parameters as one vector, and back. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.utils.vector": "parameters_to_vector vector_to_parameters",
})
