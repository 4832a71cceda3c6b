"""`torch.nn.modules.activation`: activations. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.activation":
        "CELU ELU GELU GLU SELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish PReLU ReLU ReLU6 "
        "RReLU Sigmoid SiLU Softplus Softshrink Softsign Tanh Tanhshrink Threshold",
    "nn.multihead": "MultiheadAttention",
    "nn.softmax": "LogSoftmax Softmax Softmax2d Softmin",
})
