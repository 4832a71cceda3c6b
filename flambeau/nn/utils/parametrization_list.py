"""The parametrizations of one tensor, one after the other, and what they start from."""
from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn.containers import ModuleList
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter, is_tensor


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor and what they start from: `original`, or `original0`, `original1`, …

    `unsafe`: do not check that they keep shape and dtype. Raises ValueError where they do not.
    """

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        start = self._start_of(original)
        self.is_tensor = is_tensor(start)
        self.ntensors = 1 if self.is_tensor else len(start)
        if self.is_tensor:
            self._keep_one(original, start)
        else:
            self._keep_several(original, start)
        if not unsafe:
            check_kept("Registering a parametrization may not change the {} of the tensor, unless `unsafe` flag is enabled.\n"
                        "unparametrized {}: {}\nparametrized {}: {}", self(), shape, dtype)

    @no_grad()
    def _start_of(self, original: Any) -> Any:
        """Return what the parametrizations must be given to come out at `original`, as far as they can say."""
        value = original
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                with contextlib.suppress(NotImplementedError):
                    value = module.right_inverse(value)
        if not is_tensor(value) and not isinstance(value, Sequence):
            raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                             f"Got {type(value).__name__}")
        return value

    def _keep_one(self, original: Any, start: Any) -> None:
        for fact in ("dtype", "device"):
            was, became = getattr(original, fact), getattr(start, fact)
            if was != became:
                raise ValueError(f"When `right_inverse` outputs one tensor, it may not change the {fact}.\n"
                                 f"original.{fact}: {was}\nright_inverse(original).{fact}: {became}")
        set_memory(original, start)
        register(self, "original", original)

    def _keep_several(self, original: Any, start: Any) -> None:
        for i, part in enumerate(start):
            if not is_tensor(part):
                raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                                 f"Got element {i} of the sequence with type {type(part).__name__}.")
            if isinstance(original, Parameter):
                part = Parameter(part, original.requires_grad)
            part.requires_grad_(original.requires_grad)
            register(self, f"original{i}", part)

    @no_grad()
    def right_inverse(self, value: Any) -> None:
        """Change the originals so that the parametrized tensor becomes `value`.

        Raises RuntimeError where a parametrization has no `right_inverse`, ValueError where it returns something else than
        the originals.
        """
        for module in reversed(list(self)):
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
            value = module.right_inverse(value)
        if self.is_tensor:
            self._assign_one(value)
        else:
            self._assign_several(value)

    def _assign_one(self, value: Any) -> None:
        if not is_tensor(value):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if value.dtype != self.original.dtype:
            raise ValueError(f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype "
                             f"{self.original.dtype}")
        set_memory(self.original, value)

    def _assign_several(self, value: Any) -> None:
        if is_tensor(value) or not isinstance(value, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
        if len(value) != self.ntensors:
            raise ValueError(f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence "
                             f"of length {len(value)}.")
        for i, (part, original) in enumerate(zip(value, self._originals(), strict=True)):
            if not is_tensor(part):
                raise ValueError("'right_inverse' must return a sequence of tensors or reference-type opaques. "
                                 f"Got element {i} of type {type(part).__name__}.")
            if part.dtype != original.dtype:
                raise ValueError(f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while `original{i}` has dtype "
                                 f"{original.dtype}")
            set_memory(original, part)

    def _originals(self) -> list[Any]:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def forward(self) -> Any:
        first, *others = self._modules.values()
        value = first(*self._originals())
        for module in others:
            value = module(value)
        return value


def register(module: Module, name: str, value: Any) -> None:
    add = module.register_parameter if isinstance(value, Parameter) else module.register_buffer
    add(name, value)


def set_memory(original: Any, value: Any) -> None:
    """Give a tensor another's memory; it stays the same object, so that optimizers keep it."""
    if value is not original:
        original.data = value.detach()


def check_kept(message: str, value: Any, shape: Any, dtype: Any) -> None:
    """Raise ValueError for what is no tensor, or not of this dtype and shape."""
    if not is_tensor(value):
        raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
    for fact, was in (("dtype", dtype), ("shape", shape)):
        became = getattr(value, fact)
        if became != was:
            raise ValueError(message.format(fact, fact, was, fact, became))
