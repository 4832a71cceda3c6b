"""Schedules that go up and down, the momentum against the rate."""
from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from flambeau.optim.lr_scheduler.base import LRScheduler, Rate, assign, check_optimizer, one_per_group
from flambeau.optim.lr_scheduler.functions import state_of
from flambeau.optim.optimizer import Optimizer


class _CyclesMomentum(LRScheduler):
    """Sets the momentum (of optimizers with betas: the first of them) too."""

    cycle_momentum: bool
    use_beta1: bool

    def _prepare_momentum(self, optimizer: Optimizer, base: Any, largest: Any, is_new: bool) -> tuple[Any, Any]:
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled, but "
                             f"{type(optimizer).__name__} has neither; pass cycle_momentum=False")
        self.use_beta1 = "betas" in optimizer.defaults
        bases, maxima = (one_per_group(name, optimizer, value)
                         for name, value in (("base_momentum", base), ("max_momentum", largest)))
        if is_new:
            self._set_momentum(maxima)
            for group, lowest, highest in zip(optimizer.param_groups, bases, maxima, strict=True):
                group["max_momentum"], group["base_momentum"] = highest, lowest
        return bases, maxima

    def _set_momentum(self, values: list[float]) -> None:
        for group, value in zip(self.optimizer.param_groups, values, strict=True):
            if self.use_beta1:
                group["betas"] = (value, *group["betas"][1:])
            else:
                group["momentum"] = value


def _same_height(cycle: float) -> float:
    return 1.0


def _half_height(cycle: float) -> float:
    return float(1 / 2.0 ** (cycle - 1))


def _power(gamma: float, iterations: float) -> float:
    return float(gamma**iterations)


class CyclicLR(_CyclesMomentum):
    """Let the rates go up and down between `base_lr` and `max_lr`: [Smith 2015](https://arxiv.org/abs/1506.01186).

    Each cycle takes `step_size_up` + `step_size_down` steps. Its height stays ("triangular"), halves ("triangular2"),
    falls by `gamma` a step ("exp_range") or is what `scale_fn` says, a function of the cycle or of the iterations.
    """

    def __init__(self, optimizer: Optimizer, base_lr: float | list[float], max_lr: float | list[float],
                 step_size_up: int = 2000, step_size_down: int | None = None, mode: str = "triangular",
                 gamma: float = 1.0, scale_fn: Callable[[float], float] | None = None, scale_mode: str = "cycle",
                 cycle_momentum: bool = True, base_momentum: float = 0.8, max_momentum: float = 0.9,
                 last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = one_per_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for rate, group in zip(base_lrs, optimizer.param_groups, strict=True):
                assign(group, "lr", rate)
        self.max_lrs = one_per_group("max_lr", optimizer, max_lr)
        self.total_size = float(step_size_up) + float(step_size_up if step_size_down is None else step_size_down)
        self.step_ratio = float(step_size_up) / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"mode is invalid and scale_fn is None: mode is {mode!r}")
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        self._init_scale_fn()
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = self._prepare_momentum(
                optimizer, base_momentum, max_momentum, is_new=last_epoch == -1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _init_scale_fn(self) -> None:
        if self._scale_fn_custom is None:
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"
            heights: dict[str, Callable[[float], float]] = {"triangular": _same_height, "triangular2": _half_height,
                       "exp_range": functools.partial(_power, self.gamma)}
            self._scale_fn_ref = heights[self.mode]

    def scale_fn(self, x: float) -> float:
        """Return the height of a cycle."""
        return (self._scale_fn_custom or self._scale_fn_ref)(x)

    def _rates(self) -> list[Rate]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        share = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        height = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            self._set_momentum([largest - (largest - base) * share * height for base, largest
                                in zip(self.base_momentums, self.max_momentums, strict=True)])
        return [base + (largest - base) * share * height
                for base, largest in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer; of `scale_fn` only the attributes of a callable object."""
        saved = {**super().state_dict(), "_scale_fn_custom": state_of(self._scale_fn_custom)}
        saved.pop("_scale_fn_ref", None)
        return saved

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        saved = state_dict["_scale_fn_custom"]
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "_scale_fn_custom"})
        if saved is not None:
            self._scale_fn_custom.__dict__.update(saved)
        self._init_scale_fn()


def _along_cosine(start: Any, end: Any, share: float) -> Any:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def _along_line(start: Any, end: Any, share: float) -> Any:
    return (end - start) * share + start


class OneCycleLR(_CyclesMomentum):
    """Let the rates rise to `max_lr` once and then fall far: [Smith & Topin 2017](https://arxiv.org/abs/1708.07120).

    The length is `total_steps`, or `epochs` times `steps_per_epoch`; `pct_start` of it goes up. The rates start at
    `max_lr` / `div_factor` and end at that / `final_div_factor`; `three_phase` comes down as it went up before it goes on.
    """

    def __init__(self, optimizer: Optimizer, max_lr: float | list[float], total_steps: int | None = None,
                 epochs: int | None = None, steps_per_epoch: int | None = None, pct_start: float = 0.3,
                 anneal_strategy: str = "cos", cycle_momentum: bool = True, base_momentum: float | list[float] = 0.85,
                 max_momentum: float | list[float] = 0.95, div_factor: float = 25.0, final_div_factor: float = 1e4,
                 three_phase: bool = False, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = _length(total_steps, epochs, steps_per_epoch)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        is_new = last_epoch == -1
        max_lrs = one_per_group("max_lr", optimizer, max_lr)
        if is_new:
            for group, largest in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = largest / div_factor
                group["max_lr"] = largest
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._prepare_momentum(optimizer, base_momentum, max_momentum, is_new)
        super().__init__(optimizer, last_epoch)

    def _rates(self) -> list[Rate]:
        if self.last_epoch > self.total_steps:
            raise ValueError(f"Tried to step {self.last_epoch} times. The specified number of total steps is "
                             f"{self.total_steps}")
        phase, share = self._place_in_schedule()
        anneal = _along_cosine if self._anneal_func_type == "cos" else _along_line
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            self._set_momentum([anneal(group[phase["start_momentum"]], group[phase["end_momentum"]], share)
                                for group in groups])
        return [anneal(group[phase["start_lr"]], group[phase["end_lr"]], share) for group in groups]

    def _place_in_schedule(self) -> tuple[dict[str, Any], float]:
        """Return the present phase, and the share of it that is over."""
        start = 0.0
        for phase in self._schedule_phases:
            end = phase["end_step"]
            if self.last_epoch <= end or phase is self._schedule_phases[-1]:
                break
            start = end
        return phase, (self.last_epoch - start) / (end - start)


def _length(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    given = {"total_steps": total_steps} if total_steps is not None else {
        "epochs": epochs, "steps_per_epoch": steps_per_epoch}
    if None in given.values():
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return math.prod(given.values())  # type: ignore[arg-type]  # none is None


def _phases(total: int, share_up: float, three_phase: bool) -> list[dict[str, Any]]:
    """Describe the phases: the last step of each, and between which options of the groups it goes."""

    def phase(end: float, *names: str) -> dict[str, Any]:
        keys = ("start_lr", "end_lr", "start_momentum", "end_momentum")
        return {"end_step": end, **dict(zip(keys, names, strict=True))}

    up = phase(float(share_up * total) - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    if not three_phase:
        return [up, phase(total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")]
    return [up, phase(float(2 * share_up * total) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
            phase(total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")]
