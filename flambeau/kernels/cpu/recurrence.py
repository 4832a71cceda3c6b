"""Layers of LSTM over sequences of one length."""
from __future__ import annotations

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops import recurrence

kernel(recurrence.recurrent_layer, "cpu")(native.recurrent_layer)
kernel(recurrence.recurrent_layer_backward, "cpu")(native.recurrent_layer_backward)
