"""`torch.nn.utils`: gradients clipped, parameters as one vector, sequences padded and packed. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.utils.clipping": "clip_grad_norm_ clip_grad_value_ get_total_norm",
    "nn.utils.spectral_norm_hook": "remove_spectral_norm spectral_norm",
    "nn.utils.vector": "parameters_to_vector vector_to_parameters",
    "nn.utils.weight_norm_hook": "remove_weight_norm weight_norm",
}, parts="parametrizations parametrize prune rnn")
