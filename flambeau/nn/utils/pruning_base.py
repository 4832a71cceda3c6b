"""What all ways of pruning share: the hook that masks a parameter before each forward, and several of them in a row."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from flambeau.nn.module import Module
from flambeau.ops.creation import ones_like


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
    numbers_of_hooks = hooks_on(module, name)
    if len(numbers_of_hooks) > 1:
        raise AssertionError(f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a "
                             "PruningContainer.")
    for number in numbers_of_hooks:
        known = module._forward_pre_hooks.pop(number)
        container = known if isinstance(known, PruningContainer) else PruningContainer(known)
        container.add_pruning_method(method)
        return container
    return method


def hooks_on(module: Module, name: str) -> list[int]:
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
    return slices_at(t, dim, mask.sum(dim=others) != 0)


def slices_at(t: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """Return the index of some slices along a dim."""
    places: list[Any] = [slice(None)] * t.ndim
    places[dim] = index
    return tuple(places)
