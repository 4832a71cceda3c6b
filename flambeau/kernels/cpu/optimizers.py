"""Formulas of optimizers in one pass over parameter, gradient and state."""
from __future__ import annotations

from typing import Any

from flambeau.kernels.cpu.native import native
from flambeau.optim.adagrad import adagrad
from flambeau.optim.adam import adam
from flambeau.optim.formulas import kernel_of
from flambeau.optim.rmsprop import rmsprop
from flambeau.optim.sgd import sgd


@kernel_of(adam)
def adam_in_one_pass(*arrays: Any, step_size: Any, beta1: float, beta2: float, spread: float, eps: float, decay: Any,
                     weight_decay: float, maximize: bool) -> Any:
    return native.adam(*arrays, step_size, beta1, beta2, spread, eps, 1.0 if decay is None else decay, weight_decay, maximize)


@kernel_of(sgd)
def sgd_in_one_pass(*arrays: Any, lr: Any, momentum: float, dampening: float, weight_decay: Any, nesterov: bool,
                    maximize: bool, is_first: bool) -> Any:
    return native.sgd(*arrays, lr, momentum, dampening, weight_decay, nesterov, maximize, is_first)


@kernel_of(rmsprop)
def rmsprop_in_one_pass(*arrays: Any, lr: Any, alpha: float, eps: float, momentum: float, weight_decay: float,
                        maximize: bool) -> Any:
    return native.rmsprop(*arrays, lr, alpha, eps, momentum, weight_decay, maximize)


@kernel_of(adagrad)
def adagrad_in_one_pass(*arrays: Any, step_size: Any, eps: float, weight_decay: float, maximize: bool) -> Any:
    return native.adagrad(*arrays, step_size, eps, weight_decay, maximize)
