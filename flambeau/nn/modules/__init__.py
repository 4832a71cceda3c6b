"""`torch.nn.modules`: the layers of `torch.nn`, with pages of them named as PyTorch's files, which programs import from."""
from __future__ import annotations

from flambeau import nn
from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(
    __name__, {"nn": " ".join(name for name in nn.__all__ if name[0].isupper())},
    parts="activation adaptive batchnorm channelshuffle container conv distance dropout flatten fold instancenorm lazy "
          "linear loss module normalization padding pixelshuffle pooling rnn sparse transformer upsampling utils")
