"""`LRScheduler`: what sets the learning rates of an optimizer's groups as epochs go by."""
from __future__ import annotations

import contextlib
import functools
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.optim.checks import number
from flambeau.optim.optimizer import Optimizer

Rate = Any  # a float, or a tensor of one number

_DEPRECATED_EPOCH = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler; with an epoch, the closed form is used where there is one."
)
_TOO_EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order: "
    "`optimizer.step()` before `lr_scheduler.step()`; else the first value of the schedule is skipped."
)
_REPLACED = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure "
    "to call `optimizer.step()` before `lr_scheduler.step()`."
)
_OUTSIDE_STEP = "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."


class LRScheduler:
    """Base of all schedulers: calls `get_lr` at each step and gives its rates to the groups.

    `last_epoch` is -1 for a new schedule, else the epoch to go on from, whose groups must have an "initial_lr".
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        _remember_initial_rates(optimizer, last_epoch)
        self.base_lrs: list[Rate] = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _watch(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a saved schedule."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Rate]:
        """Return the rates that were set last, one for each group."""
        return self._last_lr

    def get_lr(self) -> list[Rate]:
        """Compute the rates of `last_epoch`; meant for `step` only, and warns elsewhere."""
        if not self._get_lr_called_within_step:
            warnings.warn(_OUTSIDE_STEP, UserWarning, stacklevel=2)
        return self._rates()

    def _rates(self) -> list[Rate]:
        """Return the rates of `last_epoch`, mostly from those of the epoch before, so that schedules can be chained."""
        raise NotImplementedError(f"{type(self).__name__} has no get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Go on by one epoch. Call it after `optimizer.step()`."""
        if self._step_count == 1:
            self._warn_of_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(_DEPRECATED_EPOCH, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _warn_of_order(self) -> None:
        if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
            warnings.warn(_REPLACED, UserWarning, stacklevel=3)
        elif not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(_TOO_EARLY, UserWarning, stacklevel=3)

    def _update_lr(self, epoch: int | None = None) -> None:
        with self._within_step():
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            closed_form = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
            rates = (closed_form or self.get_lr)()
        self._set(rates)

    @contextlib.contextmanager
    def _within_step(self) -> Iterator[None]:
        self._get_lr_called_within_step = True
        try:
            yield
        finally:
            self._get_lr_called_within_step = False

    def _set(self, rates: list[Rate]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            assign(group, "lr", rate)
        self._last_lr: list[Rate] = values_of(self.optimizer, "lr")

    def _unchanged(self) -> list[Rate]:
        return values_of(self.optimizer, "lr")

    def _times(self, factor: float) -> list[Rate]:
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _base_times(self, factor: float) -> list[Rate]:
        return [base * factor for base in self.base_lrs]


def check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def values_of(optimizer: Optimizer, key: str) -> list[Any]:
    """Return an option of every group; tensors are copied, so that later changes do not reach them."""
    return [_copied(group[key]) for group in optimizer.param_groups]


def assign(group: dict[str, Any], key: str, value: Any) -> None:
    """Set an option; a tensor stays the same object and takes the value."""
    if isinstance(group[key], TensorBase):
        group[key]._array[...] = number(value)
        group[key]._storage.bump("scheduler")
    else:
        group[key] = value


def one_per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """Return a list with a value for each group; a single value counts for all.

    Raises ValueError for a list of another length.
    """
    count = len(optimizer.param_groups)
    if not isinstance(value, list | tuple):
        return [_copied(value) for _ in range(count)]
    if len(value) != count:
        raise ValueError(f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
                         f"param_groups has {count}.")
    return [_copied(item) for item in value]


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, TensorBase) else value  # on the public class


def _remember_initial_rates(optimizer: Optimizer, last_epoch: int) -> None:
    for place, group in enumerate(optimizer.param_groups):
        if last_epoch == -1:
            group.setdefault("initial_lr", _copied(group["lr"]))
        elif "initial_lr" not in group:
            raise KeyError(f"param 'initial_lr' is not specified in param_groups[{place}] when resuming scheduler with "
                           "last_epoch >= 0; load the optimizer's state first, or start with last_epoch=-1")


def _watch(optimizer: Optimizer) -> None:
    """Have the optimizer note that it was stepped, for the warning about the order of calls."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    step, owner = optimizer.step.__func__, weakref.ref(optimizer)  # type: ignore[attr-defined]  # a bound method

    @functools.wraps(step)
    def noted(*args: Any, **kwargs: Any) -> Any:
        stepped = owner()
        stepped._opt_called = True  # type: ignore[union-attr]  # it lives: its method was called
        return step(stepped, *args, **kwargs)

    noted._wrapped_by_lr_sched = True  # type: ignore[attr-defined]  # functions take attributes
    optimizer.step = noted  # type: ignore[method-assign]  # on the instance, as PyTorch does
