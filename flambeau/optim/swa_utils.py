"""Averages of a model's parameters over time: stochastic weight averaging and exponential moving averages."""
from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from flambeau import nn
from flambeau.autograd.mode import no_grad
from flambeau.ops.creation import tensor
from flambeau.optim.lr_scheduler.base import LRScheduler, Rate, one_per_group
from flambeau.optim.optimizer import Optimizer

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn",
           "update_bn"]

AverageFunction = Callable[[Any, Any, Any], Any]


def get_ema_avg_fn(decay: float = 0.999) -> AverageFunction:
    """Return the function of an exponential moving average: (average, new, count) -> the next average."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> AverageFunction:
    """Return the function of an equal average: (average, new, count) -> the next average."""

    @no_grad()
    def swa_update(averaged_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> AverageFunction:
    """Return the function of an exponential moving average that updates a list of tensors in place."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param_list: Any, current_param_list: Any, _: Any) -> None:
        for average, new in zip(ema_param_list, current_param_list, strict=True):
            _move(average, new, 1 - decay)

    return ema_update


def get_swa_multi_avg_fn() -> AverageFunction:
    """Return the function of an equal average that updates a list of tensors in place."""

    @no_grad()
    def swa_update(averaged_param_list: Any, current_param_list: Any, num_averaged: Any) -> None:
        for average, new in zip(averaged_param_list, current_param_list, strict=True):
            _move(average, new, 1 / (float(num_averaged) + 1))

    return swa_update


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def _move(average: Any, new: Any, share: float) -> None:
    """Move an average the given share of the way to a new value; whole numbers are rounded down."""
    if average.is_floating_point() or average.is_complex():
        average.lerp_(new, share)
    else:
        average.copy_(average * (1 - share) + new * share)


class AveragedModel(nn.Module):
    """A copy of `model` whose parameters average those that `update_parameters` is given, by default equally.

    `avg_fn(average, new, count)` returns another average, `multi_avg_fn(averages, news, count)` updates lists in place;
    with `use_buffers` buffers are averaged too, else copied.
    """

    def __init__(self, model: nn.Module, device: Any = None, avg_fn: AverageFunction | None = None,
                 multi_avg_fn: AverageFunction | None = None, use_buffers: bool = False) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", tensor(0, device=device))
        if device is not None:
            self.module = self.module.to(device)
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: nn.Module) -> None:
        """Take the present parameters of `model` into the average."""
        averages = [average.detach() for average in self._averaged(self.module)]
        news = [new.detach().to(average.device)
                for average, new in zip(averages, self._averaged(model), strict=True)]
        if int(self.n_averaged) == 0:
            _copy(averages, news)
        elif self.multi_avg_fn is not None:
            self.multi_avg_fn(averages, news, self.n_averaged)
        else:
            update = self.avg_fn or get_swa_avg_fn()
            _copy(averages, [update(average, new, self.n_averaged.to(average.device))
                             for average, new in zip(averages, news, strict=True)])
        if not self.use_buffers:
            _copy(self.module.buffers(), model.buffers())
        self.n_averaged += 1

    def _averaged(self, model: nn.Module) -> Iterable[Any]:
        return itertools.chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()


def _copy(targets: Iterable[Any], sources: Iterable[Any]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target.detach().copy_(source.detach().to(target.device))


@no_grad()
def update_bn(loader: Iterable[Any], model: nn.Module, device: Any = None) -> None:
    """Compute the running statistics of all batch norms anew, from the inputs (or first items) that `loader` yields."""
    norms = [module for module in model.modules() if hasattr(module, "reset_running_stats")]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # an equal average over all batches
    was_training = model.training
    model.train()
    for batch in loader:
        input = batch[0] if isinstance(batch, list | tuple) else batch
        model(input if device is None else input.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


def _along_line(share: float) -> float:
    return share


def _along_cosine(share: float) -> float:
    return (1 - math.cos(math.pi * share)) / 2


_STRATEGIES = {"cos": _along_cosine, "linear": _along_line}


class SWALR(LRScheduler):
    """Let the rates go to the constant `swa_lr` in `anneal_epochs` epochs, along a cosine or a line."""

    def __init__(self, optimizer: Optimizer, swa_lr: float, anneal_epochs: int = 10, anneal_strategy: str = "cos",
                 last_epoch: int = -1) -> None:
        for rate, group in zip(one_per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in _STRATEGIES:
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _rates(self) -> list[Rate]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        return [group["swa_lr"] * now + _start_of(group["lr"], group["swa_lr"], before) * (1 - now)
                for group in self.optimizer.param_groups]

    def _share(self, step: int) -> float:
        """Return how much of the way is gone at a step."""
        return _STRATEGIES[self._anneal_strategy](max(0, min(1, step / max(1, self.anneal_epochs))))


def _start_of(rate: Rate, end: Rate, share: float) -> Rate:
    """Return where a way began that has led to `rate`."""
    return end if share == 1 else (rate - share * end) / (1 - share)
