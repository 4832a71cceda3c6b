"""Checks on options, with PyTorch's messages."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase


def check_lr(lr: Any) -> None:
    """Raise ValueError unless `lr` is a number or a tensor of one, not negative."""
    if isinstance(lr, TensorBase) and lr._array.size != 1:
        raise ValueError(f"Tensor lr must be 1-element, but has {lr._array.size}")
    if not number(lr) >= 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")


def check_not_negative(**options: Any) -> None:
    """Raise ValueError for a negative (or NaN) option, naming it."""
    for name, value in options.items():
        if not number(value) >= 0.0:
            raise ValueError(f"Invalid {name} value: {value}")


def check_betas(betas: Any) -> None:
    for index in (0, 1):
        beta = betas[index]
        if not 0.0 <= number(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta}")


def check_fused(fused: Any, foreach: Any, differentiable: Any) -> None:
    """Raise RuntimeError for options that PyTorch does not combine with `fused`."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def number(option: Any) -> Any:
    """Return the number in an option that may be a tensor of one element."""
    return option.item() if isinstance(option, TensorBase) else option  # on the public class
