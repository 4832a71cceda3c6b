"""Adafactor."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.tensor import wrap
from flambeau.optim.arithmetic import lerp_
from flambeau.optim.checks import check_lr, number
from flambeau.optim.elementwise import counted, counter
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params
from flambeau.optim.parameterwise import Parameterwise


def adafactor(param: Array, grad: Array, variance: Array | None, row_var: Array | None, col_var: Array | None, *,
              step: float, lr: float, beta2_decay: float, eps1: float, eps2: float, d: float,
              weight_decay: float) -> None:
    """Step along the gradient, divided by the root of its mean square, which rows and columns describe together."""
    xp = namespace_of(param)
    step_size = max(eps2, root_mean_square(param)) * min(lr, 1 / step**0.5)
    if weight_decay != 0:
        param *= 1 - lr * weight_decay
    freshness = step**beta2_decay
    if variance is not None:
        lerp_(variance, grad * grad, freshness)
        estimate = variance
    else:
        lerp_(row_var, (grad * grad).mean(axis=-1, keepdims=True), freshness)
        lerp_(col_var, (grad * grad).mean(axis=-2, keepdims=True), freshness)
        estimate = row_var * col_var / xp.maximum(row_var.mean(axis=-2, keepdims=True), eps1)  # type: ignore[operator, union-attr]  # both are there when `variance` is not
    update = grad / xp.sqrt(xp.maximum(estimate, eps1 * eps1))
    param -= update * (step_size / max(1.0, root_mean_square(update) / d))


def root_mean_square(array: Array) -> float:
    """Return the size of a typical element."""
    return float(float(namespace_of(array).linalg.norm(array.reshape(-1))) / array.size**0.5)


class Adafactor(Parameterwise):
    """Adam's idea with a memory of rows plus columns only: [Shazeer & Stern 2018](https://arxiv.org/abs/1804.04235).

    `beta2_decay` is the power by which the mean square's memory grows, `eps` are the least mean square (None: the
    dtype's own) and the least step, `d` the largest size of an update. Half types are computed in float32.
    """

    def __init__(self, params: Params, lr: Any = 1e-2, beta2_decay: float = -0.8,
                 eps: tuple[float | None, float] = (None, 1e-3), d: float = 1.0, weight_decay: float = 0.0, *,
                 foreach: bool | None = None, maximize: bool = False) -> None:
        check_lr(lr)
        _check_options(beta2_decay, eps, d, weight_decay)
        super().__init__(params, {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        })

    def _start(self, param: Any, group: Group) -> State:
        if param._array.dtype.kind == "c":
            raise RuntimeError("Adafactor does not support complex parameters")
        xp, grad = namespace_of(param._array), param._grad._array
        if grad.ndim < 2:
            return {"step": counter(), "variance": wrap(xp.zeros_like(grad))}
        *rest, rows, columns = grad.shape
        return {"step": counter(), "row_var": wrap(xp.zeros((*rest, rows, 1), grad.dtype)),
                "col_var": wrap(xp.zeros((*rest, 1, columns), grad.dtype))}

    def _update(self, param: Any, group: Group) -> None:
        state = self._state_of(param, group)
        tensors = [param, param._grad, *[state.get(name) for name in ("variance", "row_var", "col_var")]]
        stored: list[Any] = [None if tensor is None else tensor._array for tensor in tensors]
        arrays = [_in_float32(array) for array in stored]
        if group["maximize"]:
            arrays[1] = -arrays[1]
        eps1 = group["eps"][0]
        adafactor(*arrays, step=counted(state), lr=number(group["lr"]), beta2_decay=group["beta2_decay"],
                  eps1=_spacing(param._array.dtype) if eps1 is None else eps1, eps2=group["eps"][1],
                  d=group["d"], weight_decay=group["weight_decay"])
        for array, result in zip(stored, arrays, strict=True):
            if array is not result and array is not param._grad._array:
                array[...] = result


def _spacing(dtype: Any) -> float:
    """Return the distance from 1 to the next number of a dtype."""
    import ml_dtypes

    return float(ml_dtypes.finfo(dtype).eps)  # its stubs leave it out


def _in_float32(array: Any) -> Any:
    return array.astype("f4") if array is not None and array.dtype in HALVES else array


def _check_options(beta2_decay: float, eps: tuple[float | None, float], d: float, weight_decay: float) -> None:
    if not beta2_decay <= 0.0:
        raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
    if eps[0] is not None and not eps[0] >= 0.0:
        raise ValueError(f"epsilon1 should be >= 0 but is: {eps[0]}")
    if not eps[1] >= 0.0:
        raise ValueError(f"epsilon2 should be >= 0 but is: {eps[1]}")
    if not d >= 1.0:
        raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
    if not weight_decay >= 0.0:
        raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
