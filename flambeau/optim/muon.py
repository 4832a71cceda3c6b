"""Muon."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES, bfloat16
from flambeau.core.tensor import TensorBase, wrap
from flambeau.optim.arithmetic import lerp_
from flambeau.optim.checks import number
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params
from flambeau.optim.parameterwise import Parameterwise

_LEARNING_RATE_RULES: dict[str | None, Callable[[int, int], float]] = {
    None: lambda rows, columns: math.sqrt(max(1, rows / columns)),
    "original": lambda rows, columns: math.sqrt(max(1, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}


def orthogonalized(matrix: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """Bring all singular values of `matrix` near one by Newton-Schulz steps, each rounded to bfloat16 as PyTorch's.

    Raises ValueError for 100 steps or more, which PyTorch calls a mistake.
    """
    if steps >= 100:
        raise ValueError(f"Number of steps must be less than 100 for computational efficiency, not {steps}")
    if len(coefficients) != 3:
        raise ValueError(f"Coefficients must be a tuple of exactly 3 values, not {coefficients}")
    linear, cubic, quintic = coefficients
    xp, is_tall = namespace_of(matrix), matrix.shape[0] > matrix.shape[1]
    x = _rounded(matrix.T if is_tall else matrix)
    x = _rounded(x / max(float(_rounded(xp.linalg.norm(x))), eps))
    for _ in range(steps):
        gram = _rounded(x @ x.T)
        update = _rounded(_fused(cubic, gram, quintic * (gram @ gram)))
        x = _rounded(_fused(linear, x, update @ x))
    return x.T if is_tall else x


def _rounded(array: Array) -> Array:
    """Keep what bfloat16 can hold, in float32."""
    return array.astype(bfloat16.numpy).astype("f4")


def _fused(scale: float, array: Array, other: Array) -> Array:
    """Return `scale * array + other`, rounded to float32 only once, as the processor's fused instruction does."""
    return (array.astype("f8") * float(array.dtype.type(scale)) + other).astype("f4")


class Muon(Parameterwise):
    """Momentum whose matrices are made orthogonal: [Jordan et al. 2024](https://kellerjordan.github.io/posts/muon).

    For matrices only. `ns_coefficients`, `ns_steps` and `eps` belong to the Newton-Schulz iteration, `adjust_lr_fn`
    ("original" or "match_rms_adamw") says how the learning rate follows from a matrix's shape.
    """

    def __init__(self, params: Params, lr: Any = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95,
                 nesterov: bool = True, ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
                 eps: float = 1e-7, ns_steps: int = 5, adjust_lr_fn: str | None = None) -> None:
        if isinstance(lr, TensorBase) and lr._array.size != 1:
            raise ValueError(f"Tensor lr must be 1-element, but has {lr._array.size}")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not number(value) >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in _LEARNING_RATE_RULES:
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        super().__init__(params, {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        })
        for group in self.param_groups:
            for param in group["params"]:
                if param.ndim != 2:
                    raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: "
                                     f"{param.shape}; give the others to AdamW")

    def _start(self, param: Any, group: Group) -> State:
        if param._array.dtype.kind == "c":
            raise RuntimeError("Muon does not support complex parameters")
        return {"momentum_buffer": wrap(namespace_of(param._array).zeros_like(param._grad._array))}

    def _update(self, param: Any, group: Group) -> None:
        buffer = self._state_of(param, group)["momentum_buffer"]._array
        array, grad, lr = param._array, _in_float32(param._grad._array), number(group["lr"])
        average = _in_float32(buffer)
        lerp_(average, grad, 1 - group["momentum"])
        if average is not buffer:
            buffer[...] = average
        if group["nesterov"]:
            grad = grad.copy()
            lerp_(grad, average, group["momentum"])
            average = grad
        update = orthogonalized(average, group["ns_coefficients"], group["ns_steps"], group["eps"])
        step_size = lr * _LEARNING_RATE_RULES[group["adjust_lr_fn"]](*array.shape)
        array[...] = _in_float32(array) * (1 - lr * group["weight_decay"]) - update * step_size


def _in_float32(array: Array) -> Array:
    return array.astype("f4") if array.dtype in HALVES else array
