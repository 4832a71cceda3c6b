"""A layer and the batch norm after it as one layer, for evaluation."""
from __future__ import annotations

import copy
from typing import Any

from flambeau.nn.parameter import Parameter
from flambeau.ops.creation import ones_like, zeros_like
from flambeau.ops.exponential import rsqrt


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """Return a copy of a convolution that does what it and a batch norm do, both in evaluation."""
    _check_evaluation(conv, bn)
    fused = copy.deepcopy(conv)
    _check_statistics(bn)
    fused.weight, fused.bias = fuse_conv_bn_weights(fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps,
                                                    bn.weight, bn.bias, transpose)
    return fused


def fuse_conv_bn_weights(conv_w: Any, conv_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any,
                         transpose: bool = False) -> tuple[Parameter, Parameter]:
    """Return the weight and bias of such a convolution; the weight of a transposed one has its outputs second."""
    shape = [1] * conv_w.ndim
    shape[1 if transpose else 0] = -1
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, ones_like(bn_rm) if bn_w is None else bn_w, bn_b, shape)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """Return a copy of a linear layer that does what it and a batch norm do, both in evaluation."""
    _check_evaluation(linear, bn)
    fused = copy.deepcopy(linear)
    if bn.num_features not in (1, linear.out_features):
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
                             f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}")
    _check_statistics(bn)
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps,
                                                      bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(linear_w: Any, linear_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any,
                           bn_b: Any) -> tuple[Parameter, Parameter]:
    """Return the weight and bias of such a linear layer."""
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _fused(weight: Any, bias: Any, mean: Any, variance: Any, eps: float, scale: Any, shift: Any,
           shape: list[int]) -> tuple[Parameter, Parameter]:
    factor = scale * rsqrt(variance + eps)
    start = zeros_like(mean) if bias is None else bias
    bias_dtype = weight.dtype if bias is None else bias.dtype
    moved = (start - mean) * factor
    return (Parameter((weight * factor.reshape(shape)).to(dtype=weight.dtype), weight.requires_grad),
            Parameter((moved if shift is None else moved + shift).to(dtype=bias_dtype), start.requires_grad))


def _check_evaluation(layer: Any, bn: Any) -> None:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")


def _check_statistics(bn: Any) -> None:
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
