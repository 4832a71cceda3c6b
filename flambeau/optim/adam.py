"""Adam, and AdamW."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.optim.arithmetic import Numbers, addcdiv_, addcmul_, descent, lerp_, maximum_, sqrt
from flambeau.optim.checks import check_betas, check_fused, check_lr, check_not_negative, number
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def adam(param: Numbers, grad: Numbers, exp_avg: Numbers, exp_avg_sq: Numbers, max_exp_avg_sq: Numbers | None, *,
         step_size: Any, beta1: float, beta2: float, spread: float, eps: float, decay: Any, weight_decay: float,
         maximize: bool) -> None:
    """Step along the running mean of the gradient, divided by the root of the running mean of its square.

    `spread` undoes the bias of that root towards its start at zero, `step_size` that of the mean.
    """
    grad = descent(grad, param, maximize, weight_decay)
    if decay is not None:
        param *= decay
    lerp_(exp_avg, grad, 1 - beta1)
    exp_avg_sq *= beta2
    addcmul_(exp_avg_sq, grad, grad, 1 - beta2)
    if max_exp_avg_sq is not None:
        maximum_(max_exp_avg_sq, exp_avg_sq)
        exp_avg_sq = max_exp_avg_sq
    denominator = sqrt(exp_avg_sq) / spread
    denominator += eps
    addcdiv_(param, exp_avg, denominator, -step_size)


class Adam(Elementwise):
    """Steps of a size adapted to each number: [Kingma & Ba 2014](https://arxiv.org/abs/1412.6980).

    `betas` are the memories of the gradient's mean and of its square's, `eps` keeps the division from zero, `amsgrad`
    divides by the largest mean square seen so far, `decoupled_weight_decay` shrinks the parameters instead of adding to
    the gradient (as AdamW). `foreach` and `fused` are accepted and change nothing.
    """

    _formula = adam
    _remembered = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(self, params: Params, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
                 capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
                 decoupled_weight_decay: bool = False) -> None:
        check_lr(lr)
        check_not_negative(epsilon=eps, weight_decay=weight_decay)
        check_betas(betas)
        _check_tensor_options(lr, betas, foreach, capturable)
        super().__init__(params, {
            "lr": lr, "betas": tuple(map(_scalar, betas)), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        })
        check_fused(fused, foreach, differentiable)

    def _start(self, param: Any, group: Group) -> State:
        state = {"step": counter(), "exp_avg": zeros_like(param), "exp_avg_sq": zeros_like(param)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros_like(param)
        return state

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        step, lr, weight_decay = counted(state), option(group, "lr"), group["weight_decay"]
        beta1, beta2 = (number(beta) for beta in group["betas"])
        decoupled = group["decoupled_weight_decay"] and weight_decay != 0
        return {
            "step_size": lr / (1 - beta1**step), "beta1": beta1, "beta2": beta2, "eps": group["eps"],
            "spread": (1 - beta2**step) ** 0.5, "decay": 1 - lr * weight_decay if decoupled else None,
            "weight_decay": 0 if decoupled else weight_decay, "maximize": group["maximize"],
        }


class AdamW(Adam):
    """Adam with weight decay apart from the gradient: [Loshchilov & Hutter 2017](https://arxiv.org/abs/1711.05101)."""

    def __init__(self, params: Params, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False,
                 foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
                 fused: bool | None = None) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
                         capturable=capturable, differentiable=differentiable, fused=fused, decoupled_weight_decay=True)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:  # a file from before the option existed, or one of Adam's
            group["decoupled_weight_decay"] = True


def _scalar(option: Any) -> Any:
    return option.squeeze() if isinstance(option, TensorBase) else option  # on the public class


def _check_tensor_options(lr: Any, betas: tuple[Any, Any], foreach: Any, capturable: Any) -> None:
    """Raise ValueError for tensors among the options where PyTorch takes numbers only."""
    if not any(all(isinstance(beta, kind) for beta in betas) for kind in (float, TensorBase)):
        raise ValueError(f"betas must be either both floats or both Tensors, not {betas!r}")
    for name, value in (("lr", lr), ("betas[0]", betas[0]), ("betas[1]", betas[1])):
        if isinstance(value, TensorBase) and foreach and not capturable:
            raise ValueError(f"{name} as a Tensor is not supported for capturable=False and foreach=True")
        if isinstance(value, TensorBase) and value._array.size != 1:
            raise ValueError(f"Tensor {name} must be 1-element")
