"""Activations and softmaxes as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family, inplace

activation = Family("activation")
piecewise = Family("piecewise")
softmax = Family("softmax")


class ActivationMethods(TensorBase):
    __slots__ = ()

    relu, relu_ = activation.relu, activation._relu_
    sigmoid, sigmoid_ = activation.sigmoid, inplace(activation.sigmoid)
    prelu, hardshrink = piecewise.prelu, piecewise.hardshrink
    softmax, log_softmax = softmax.softmax, softmax.log_softmax
