"""Pruning: parameters with a mask that keeps some of their numbers at zero.

A pruned parameter is kept whole as `<name>_orig`, beside the buffer `<name>_mask`; `<name>` becomes their product, computed
before each forward.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flambeau.nn.module import Module
from flambeau.nn.utils.pruning_base import BasePruningMethod, PruningContainer, hooks_on
from flambeau.nn.utils.pruning_methods import (
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    RandomStructured,
    RandomUnstructured,
)
from flambeau.nn.utils.vector import parameters_to_vector
from flambeau.ops.creation import ones_like

__all__ = ["BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
           "RandomStructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
           "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove"]


def identity(module: Module, name: str) -> Module:
    """Make a parameter a pruned one, with all its numbers kept."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune a share (float) or a number (int) of a parameter's numbers at random."""
    RandomUnstructured.apply(module, name, amount=amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Any = None) -> Module:
    """Prune a share (float) or a number (int) of a parameter's numbers: those nearest to zero."""
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune a share (float) or a number (int) of a parameter's slices along `dim` at random."""
    RandomStructured.apply(module, name, amount=amount, dim=dim)
    return module


def ln_structured(module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Any = None) -> Module:
    """Prune a share (float) or a number (int) of a parameter's slices along `dim`: the smallest by the norm of order `n`."""
    LnStructured.apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Any) -> Module:
    """Prune where a mask is zero."""
    CustomFromMask.apply(module, name, mask=mask)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune the numbers of several parameters, pairs (module, name), as if they were one.

    `importance_scores`: by such pairs, what is looked at in a parameter's place. Raises TypeError for methods that choose
    anything but single numbers.
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    if not isinstance(importance_scores, dict | None):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs, given = list(parameters), importance_scores or {}
    values = [getattr(module, name) for module, name in pairs]
    scores = [given.get(pair, value) for pair, value in zip(pairs, values, strict=True)]
    masks = [getattr(module, f"{name}_mask", None) for module, name in pairs]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError('Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
                        f"Found method {pruning_method} of type {method.PRUNING_TYPE}")
    before = parameters_to_vector([ones_like(value) if mask is None else mask
                                   for value, mask in zip(values, masks, strict=True)])
    whole = PruningContainer(method).compute_mask(parameters_to_vector(scores), before)
    parts = whole.split([value.numel() for value in values])
    for (module, name), value, part in zip(pairs, values, parts, strict=True):
        custom_from_mask(module, name, mask=part.view_as(value))


def remove(module: Module, name: str) -> Module:
    """Make an ordinary parameter of a pruned one. Raises ValueError where it is not pruned."""
    for number in hooks_on(module, name):
        module._forward_pre_hooks.pop(number).remove(module)
        return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Say whether any parameter of a module, or of one in it, is pruned."""
    return any(isinstance(hook, BasePruningMethod) for each in module.modules() for hook in each._forward_pre_hooks.values())
