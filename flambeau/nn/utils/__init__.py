"""`torch.nn.utils`: gradients clipped, weights normed and pruned, layers fused, sequences packed. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.utils.clipping": "clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ get_total_norm",
    "nn.utils.fusion": "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights",
    "nn.utils.init": "skip_init",
    "nn.utils.memory_format": "convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format",
    "nn.utils.spectral_norm_hook": "remove_spectral_norm spectral_norm",
    "nn.utils.vector": "parameters_to_vector vector_to_parameters",
    "nn.utils.weight_norm_hook": "remove_weight_norm weight_norm",
}, parts="clip_grad convert_parameters fusion init memory_format parametrizations parametrize prune rnn stateless")
