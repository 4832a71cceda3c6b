"""The order in memory of the weights of convolutions."""
from __future__ import annotations

from typing import Any

from flambeau.nn.convolution import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from flambeau.nn.module import Module


def convert_conv2d_weight_memory_format(module: Module, memory_format: Any) -> Module:
    """Lay the weights of all 2-d convolutions in a module out in a memory format, such as `channels_last`."""
    return _lay_out(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module: Module, memory_format: Any) -> Module:
    """Lay the weights of all 3-d convolutions in a module out in a memory format, such as `channels_last_3d`."""
    return _lay_out(module, (Conv3d, ConvTranspose3d), memory_format)


def _lay_out(module: Module, kinds: Any, memory_format: Any) -> Module:
    for each in module.modules():
        if isinstance(each, kinds):
            weight: Any = each.weight
            weight.data = weight.detach().clone(memory_format=memory_format)
    return module
