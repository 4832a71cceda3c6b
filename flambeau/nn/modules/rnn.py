"""`torch.nn.modules.rnn`: recurrent layers and cells. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.recurrent": "GRU LSTM RNN RNNBase",
    "nn.recurrent_cells": "GRUCell LSTMCell RNNCell RNNCellBase",
})
