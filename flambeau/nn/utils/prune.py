"""Pruning: parameters with a mask that keeps some of their numbers at zero.

A pruned parameter is kept whole as `<name>_orig`, beside the buffer `<name>_mask`; `<name>` becomes their product, computed
before each forward.
"""
from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from flambeau.nn.module import Module
from flambeau.nn.utils.vector import parameters_to_vector
from flambeau.ops.creation import ones_like, zeros_like
from flambeau.ops.norms import norm
from flambeau.ops.quantiles import kthvalue
from flambeau.ops.random import rand, rand_like
from flambeau.ops.rounding import abs as magnitude
from flambeau.ops.sorting import topk

# ------------------------------------------------------------------------------------ methods


class BasePruningMethod(ABC):
    """A way to choose what is pruned, and the hook that does it before each forward. A subclass adds `compute_mask`.

    `PRUNING_TYPE` says what it chooses from when a parameter was pruned before: "unstructured", the numbers that are left;
    "structured", the slices along its `dim` that have any left; "global", all.
    """

    PRUNING_TYPE: ClassVar[str]
    _tensor_name: str | None = None

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Return a mask like `t`, zero wherever `default_mask` is and where `t` is to be pruned."""

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, str(self._tensor_name), self.apply_mask(module))

    def apply_mask(self, module: Module) -> Any:
        """Return the pruned parameter of a module."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned")
        original = getattr(module, f"{self._tensor_name}_orig")
        return getattr(module, f"{self._tensor_name}_mask").to(dtype=original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> BasePruningMethod:
        """Prune a parameter, further if it was pruned already; `importance_scores` are looked at in its place."""
        method = _joined(module, name, cls(*args, **kwargs))
        parameter = getattr(module, name)
        if importance_scores is None:
            scores = parameter
        else:
            scores = importance_scores
            _check_scores(scores, parameter, f"parameter {name} of {module}")
        is_first = not isinstance(method, PruningContainer)
        before = ones_like(parameter) if is_first else getattr(module, f"{name}_mask").detach().clone()
        mask = method.compute_mask(scores, default_mask=before)
        if is_first:
            module.register_parameter(f"{name}_orig", parameter)
            del module._parameters[name]
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """Return a tensor pruned, without a module."""
        if importance_scores is not None:
            _check_scores(importance_scores, t, "tensor t")
        scores = t if importance_scores is None else importance_scores
        return t * self.compute_mask(scores, default_mask=ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Module) -> None:
        """Make an ordinary parameter of the pruned one; what was pruned stays zero."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
        name, value = self._tensor_name, self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        parameter = module._parameters.pop(f"{name}_orig")
        parameter.data = value.data
        del module._buffers[f"{name}_mask"]
        setattr(module, name, parameter)


def _check_scores(scores: Any, tensor: Any, title: str) -> None:
    if scores.shape != tensor.shape:
        raise AssertionError(f"importance_scores should have the same shape as {title}, got {scores.shape} vs {tensor.shape}")


def _joined(module: Module, name: str, method: BasePruningMethod) -> BasePruningMethod:
    """Take the hook that prunes a parameter already, if any, and return it together with a further method."""
    method._tensor_name = name
    numbers_of_hooks = _hooks_on(module, name)
    if len(numbers_of_hooks) > 1:
        raise AssertionError(f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a "
                             "PruningContainer.")
    for number in numbers_of_hooks:
        known = module._forward_pre_hooks.pop(number)
        container = known if isinstance(known, PruningContainer) else PruningContainer(known)
        container.add_pruning_method(method)
        return container
    return method


def _hooks_on(module: Module, name: str) -> list[int]:
    return [number for number, hook in module._forward_pre_hooks.items()
            if isinstance(hook, BasePruningMethod) and hook._tensor_name == name]


class PruningContainer(BasePruningMethod):
    """Several methods on one parameter, one after the other."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Add a method. Raises TypeError for what is none, ValueError for one on another parameter."""
        if method is not None and not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and method._tensor_name != self._tensor_name:
            raise ValueError("Can only add pruning methods acting on the parameter named "
                             f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'")
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Apply the last method to what the others have left."""
        method = self._pruning_methods[-1]
        left = _left(method, t, default_mask)
        mask = default_mask.to(dtype=t.dtype, copy=True)
        mask[left] = method.compute_mask(t[left], default_mask=default_mask[left]).to(dtype=mask.dtype)
        return mask


def _left(method: Any, t: Any, mask: Any) -> Any:
    """Return the index of what a method may still choose from."""
    kind = method.PRUNING_TYPE
    if kind == "unstructured":
        return mask == 1
    if kind == "global":
        return (slice(None),) * t.ndim
    if kind != "structured":
        raise ValueError(f"Unrecognized PRUNING_TYPE {kind}")
    if not hasattr(method, "dim"):
        raise AttributeError('Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.')
    if method.dim < -t.ndim:
        raise IndexError(f"Index is out of bounds for tensor with dimensions {t.ndim}")
    dim = method.dim % t.ndim
    others = [other for other in range(t.ndim) if other != dim]
    return _at(t, dim, mask.sum(dim=others) != 0)


def _at(t: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """Return the index of some slices along a dim."""
    places: list[Any] = [slice(None)] * t.ndim
    places[dim] = index
    return tuple(places)


class Identity(BasePruningMethod):
    """Prunes nothing, but makes the parameter a pruned one."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class _Amount(BasePruningMethod):
    """A method that prunes a share of what there is, for a float from 0 to 1, or so many, for an int."""

    def __init__(self, amount: float) -> None:
        _check_amount(amount)
        self.amount = amount

    def _count(self, size: int) -> int:
        count = round(self.amount * size) if not isinstance(self.amount, numbers.Integral) else int(self.amount)
        if count > size:
            raise ValueError(f"amount={count} should be smaller than the number of parameters to prune={size}")
        return count


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if float(amount) < 0 or not isinstance(amount, numbers.Integral) and float(amount) > 1:
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


class _Unstructured(_Amount):
    """Prunes single numbers: those with the lowest scores."""

    PRUNING_TYPE = "unstructured"

    def _least(self, t: Any, count: int) -> Any:
        """Return the places of so many numbers in the flattened tensor."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        count, mask = self._count(t.numel()), default_mask.contiguous().clone()
        if count:
            mask.view(-1)[self._least(t, count)] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes single numbers at random."""

    def _least(self, t: Any, count: int) -> Any:
        return topk(rand_like(t).view(-1), count)[1]


class L1Unstructured(_Unstructured):
    """Prunes the numbers nearest to zero."""

    def _least(self, t: Any, count: int) -> Any:
        return topk(magnitude(t).reshape(-1), count, largest=False)[1]


class _Structured(_Amount):
    """Prunes whole slices along a dim."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _kept(self, t: Any, pruned: int) -> Any:
        """Return the index of the slices that stay."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        _check_slices(t, self.dim)
        count = self._count(t.shape[self.dim])
        if not count:
            return default_mask
        mask = zeros_like(t)
        mask[_at(t, self.dim, self._kept(t, count))] = 1
        return mask * default_mask.to(dtype=mask.dtype)


def _check_slices(t: Any, dim: int) -> None:
    if t.ndim <= 1:
        raise ValueError("Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                         f"{t.shape} with {t.ndim} dims")
    if dim >= t.ndim:
        raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")


class RandomStructured(_Structured):
    """Prunes slices along a dim at random."""

    def _kept(self, t: Any, pruned: int) -> Any:
        drawn = rand(t.shape[self.dim])
        return drawn > kthvalue(drawn, k=pruned)[0]


class LnStructured(_Structured):
    """Prunes the slices along a dim with the smallest norm of order `n`."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Any, pruned: int) -> Any:
        others = [dim for dim in range(t.ndim) if dim != self.dim % t.ndim]
        return topk(norm(t, p=self.n, dim=others), t.shape[self.dim] - pruned)[1]


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}")
        return default_mask * self.mask.to(dtype=default_mask.dtype)


# ------------------------------------------------------------------------------------ functions


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
    for number in _hooks_on(module, name):
        module._forward_pre_hooks.pop(number).remove(module)
        return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Say whether any parameter of a module, or of one in it, is pruned."""
    return any(isinstance(hook, BasePruningMethod) for each in module.modules() for hook in each._forward_pre_hooks.values())
