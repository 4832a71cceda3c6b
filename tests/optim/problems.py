"""Small problems that PyTorch and flambeau both solve; `tools/record_optimizers.py` writes down PyTorch's answers."""
from __future__ import annotations

from typing import Any

import numpy

STEPS = 6
SHAPES = ((2, 3), (3,), ())

# Options of each optimizer, as keywords; {"tensor": x} stands for a tensor of one number.
OPTIMIZERS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{}, {"lr": {"tensor": 0.05}}, {"momentum": 0.9, "weight_decay": 0.1}, {"momentum": 0.9, "nesterov": True},
            {"momentum": 0.5, "dampening": 0.3, "maximize": True}],
    "Adam": [{}, {"lr": 0.1, "weight_decay": 0.1}, {"amsgrad": True, "betas": [0.5, 0.7]}, {"maximize": True}],
    "AdamW": [{}, {"lr": {"tensor": 0.1}, "weight_decay": 0.5}, {"amsgrad": True, "maximize": True}],
    "Adagrad": [{}, {"lr_decay": 0.5, "weight_decay": 0.1, "initial_accumulator_value": 0.1}],
    "Adadelta": [{}, {"rho": 0.5, "weight_decay": 0.1, "maximize": True}],
    "Adamax": [{}, {"lr": 0.1, "weight_decay": 0.1, "maximize": True}],
    "NAdam": [{}, {"weight_decay": 0.1, "momentum_decay": 0.01}, {"decoupled_weight_decay": True, "weight_decay": 0.1}],
    "RAdam": [{}, {"betas": [0.9, 0.8], "lr": 0.1}, {"decoupled_weight_decay": True, "weight_decay": 0.1}],
    "RMSprop": [{}, {"momentum": 0.5, "centered": True, "weight_decay": 0.1}, {"alpha": 0.5, "maximize": True}],
    "Rprop": [{}, {"etas": [0.3, 1.5], "maximize": True}],
    "ASGD": [{}, {"t0": 2, "lambd": 0.1, "weight_decay": 0.1}],
    "Adafactor": [{}, {"weight_decay": 0.1, "beta2_decay": -0.5, "d": 1.5}],
    "Muon": [{}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"}],
    "LBFGS": [{"lr": 0.1, "max_iter": 3}, {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2}],
}

# Schedulers by the expression that makes one, from the schedulers `s` and the optimizer `o`.
SCHEDULERS = (
    "s.StepLR(o, 4, gamma=0.5)", "s.MultiStepLR(o, [2, 5, 5, 9], gamma=0.3)",
    "s.ConstantLR(o, factor=0.5, total_iters=4)",
    "s.LinearLR(o, 0.2, 0.9, total_iters=7)", "s.ExponentialLR(o, 0.9)", "s.PolynomialLR(o, total_iters=8, power=2.0)",
    "s.CosineAnnealingLR(o, T_max=5, eta_min=0.01)", "s.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=1e-3)",
    "s.CyclicLR(o, 0.01, 0.1, 3, 4, mode='triangular2')",
    "s.CyclicLR(o, 0.01, 0.1, 4, mode='exp_range', gamma=0.9, cycle_momentum=False)",
    "s.OneCycleLR(o, 0.2, total_steps=12)",
    "s.OneCycleLR(o, [0.2, 0.4], epochs=3, steps_per_epoch=5, anneal_strategy='linear', three_phase=True)",
    "s.LambdaLR(o, lambda epoch: 0.9 ** epoch)", "s.MultiplicativeLR(o, lambda epoch: 0.95)",
    "s.SequentialLR(o, [s.ConstantLR(o, 0.1, 5), s.ExponentialLR(o, 0.9)], milestones=[4])",
    "s.ChainedScheduler([s.ConstantLR(o, 0.1, 5), s.ExponentialLR(o, 0.9)])",
)


def wave(shape: tuple[int, ...], shift: float) -> numpy.ndarray:
    """Numbers that look random enough, the same everywhere."""
    count = int(numpy.prod(shape, dtype=int))
    return numpy.cos(numpy.arange(count) * 1.3 + shift).astype("f4").reshape(shape)


def shapes_for(name: str) -> tuple[tuple[int, ...], ...]:
    return ((2, 3), (4, 2)) if name == "Muon" else SHAPES


def options(torch: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Keywords for a constructor of the framework `torch`."""
    def value(item: Any) -> Any:
        if isinstance(item, dict):
            return torch.tensor(item["tensor"])
        return tuple(item) if isinstance(item, list) else item

    return {key: value(item) for key, item in given.items()}


def after_steps(torch: Any, name: str, given: dict[str, Any], steps: int = STEPS) -> list[list[float]]:
    """The parameters after some steps of an optimizer."""
    params = [torch.from_numpy(wave(shape, place)).requires_grad_() for place, shape in enumerate(shapes_for(name))]
    optimizer = getattr(torch.optim, name)(params, **options(torch, given))

    def closure() -> Any:
        optimizer.zero_grad()
        loss = sum((param - 0.3).pow(2).sum() * (param + 1).pow(2).sum() for param in params)
        loss.backward()
        return loss

    for step in range(2 if name == "LBFGS" else steps):  # further on it is at the bottom, where rounding decides
        for place, param in enumerate(params):
            param.grad = torch.from_numpy(wave(tuple(param.shape), step + 2.5 * place))
        optimizer.step(closure) if name == "LBFGS" else optimizer.step()
    return [param.detach().reshape(-1).tolist() for param in params]


def rates(torch: Any, expression: str, epochs: int = 12) -> list[list[float]]:
    """The learning rates and momenta of two groups, epoch by epoch."""
    params = [torch.ones(2).requires_grad_() for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": params[:1]}, {"params": params[1:], "lr": 0.05}], lr=0.1, momentum=0.9)
    scheduler = eval(expression, {"s": torch.optim.lr_scheduler, "o": optimizer})  # noqa: S307  one of those above
    seen = []
    for _ in range(epochs):
        seen.append([group[key] for group in optimizer.param_groups for key in ("lr", "momentum")])
        optimizer.step()
        scheduler.step()
    return seen
