"""Activations as functions that write over their input: `relu_(x)` is `relu(x, inplace=True)`."""
from __future__ import annotations

from flambeau.dispatch.inplace import inplace
from flambeau.ops.activation import celu, elu, relu, selu
from flambeau.ops.dropout import rrelu
from flambeau.ops.piecewise import hardtanh, leaky_relu, threshold

relu_, elu_, celu_, selu_ = inplace(relu), inplace(elu), inplace(celu), inplace(selu)
hardtanh_, leaky_relu_, threshold_, rrelu_ = inplace(hardtanh), inplace(leaky_relu), inplace(threshold), inplace(rrelu)
