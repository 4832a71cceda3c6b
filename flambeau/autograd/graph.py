"""`torch.autograd.graph`: what the tape saves and how, and hooks on several gradients at once."""
from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from flambeau.autograd import listeners
from flambeau.autograd.engine import at_end_of_pass
from flambeau.autograd.hooks import RemovableHandle, hooks_of
from flambeau.autograd.node import GradientEdge, Node, as_function
from flambeau.autograd.packing import pack
from flambeau.core.tensor import TensorBase

__all__ = ["GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge",
           "increment_version", "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks"]


def require_gradient(tensor: Any) -> Any:
    """Return a tensor that takes part in the tape. Raises RuntimeError for one that does not."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return tensor


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """Return the place of a tensor on the tape. Raises RuntimeError when it needs no gradient."""
    require_gradient(tensor)
    return GradientEdge(as_function(tensor._node or tensor), tensor._number)


def increment_version(tensor: Any) -> None:
    """Count a write to the memory of a tensor (or of several) that flambeau could not see."""
    for each in (tensor,) if isinstance(tensor, TensorBase) else tensor:
        each._storage.bump("increment_version", depth=2)


class _Here(threading.local):
    """One thread's hooks, the innermost last, and why none may be added."""

    def __init__(self) -> None:
        self.hooks: list[saved_tensors_hooks] = []
        self.refusal: str | None = None


_here = _Here()


class saved_tensors_hooks:  # noqa: N801  PyTorch's name
    """Within a `with` block, have the tape keep `pack_hook(tensor)` for each tensor it would save.

    `unpack_hook` gets it back and returns a tensor of the same values, when backward needs it.
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        if _here.refusal is not None:
            raise RuntimeError(_here.refusal)
        if not _here.hooks:
            listeners.add(_pack_what_is_saved)
        _here.hooks.append(self)

    def __exit__(self, *error: object) -> None:
        _here.hooks.remove(self)
        if not _here.hooks:
            listeners.remove(_pack_what_is_saved)


def innermost_hooks() -> saved_tensors_hooks | None:
    """Return the hooks that what is saved now is handed to."""
    return _here.hooks[-1] if _here.hooks else None


def _pack_what_is_saved(op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
    result = proceed(op, args)
    innermost = _here.hooks[-1]
    for node in listeners.fresh_nodes(op, result):
        pack(node, innermost.pack_hook, innermost.unpack_hook)
    return result


class save_on_cpu(saved_tensors_hooks):  # noqa: N801  PyTorch's name
    """Within a `with` block, keep what the tape saves in the CPU's memory, and bring it back for backward."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def to_host(tensor: Any) -> Any:
            return tensor.device, tensor.to("cpu", copy=True)

        def back(kept: Any) -> Any:
            device, tensor = kept
            return tensor.to(device, non_blocking=pin_memory)

        super().__init__(to_host, back)


class disable_saved_tensors_hooks:  # noqa: N801  PyTorch's name
    """Within a `with` block, have `saved_tensors_hooks` raise RuntimeError with `error_message`."""

    def __init__(self, error_message: str) -> None:
        self.message = error_message

    def __enter__(self) -> None:
        self.before, _here.refusal = _here.refusal, self.message

    def __exit__(self, *error: object) -> None:
        _here.refusal = self.before


class allow_mutation_on_saved_tensors(saved_tensors_hooks):  # noqa: N801  PyTorch's name
    """Within a `with` block, saved tensors may be written to in place: backward uses the values they had.

    Each saved tensor is copied when it is saved; PyTorch copies at the write. The numbers are the same.
    """

    def __init__(self) -> None:
        super().__init__(lambda tensor: tensor.clone(), lambda tensor: tensor)


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[[Any], Any], *,
                             mode: Literal["all", "any"] = "all") -> RemovableHandle:
    """Call `fn` when the gradients of all `tensors` are known, with a sequence of them (None for one that got none);
    with mode "any", when the first of them is, with that one gradient.

    Raises ValueError for another mode, RuntimeError for a tensor that needs no gradient.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    gathering = _Gathering(len(tensors), fn, mode == "any")
    tables = [hooks_of(require_gradient(tensor)) for tensor in tensors]
    handle = RemovableHandle(*tables)
    for i, table in enumerate(tables):
        table[handle.id] = gathering.at(i)
    return handle


class _Gathering:
    """The gradients of several tensors, as they come in during each pass."""

    def __init__(self, count: int, fn: Callable[[Any], Any], first_only: bool) -> None:
        self.count, self.fn, self.first_only = count, fn, first_only
        self.found: dict[int, Any] = {}

    def at(self, i: int) -> Callable[[Any], None]:
        def arrive(g: Any) -> None:
            if not self.found:
                at_end_of_pass(self.end)
                if self.first_only:
                    self.fn(g)
            self.found[i] = g

        return arrive

    def end(self) -> None:
        found, self.found = self.found, {}
        if not self.first_only:
            self.fn([found.get(i) for i in range(self.count)])
