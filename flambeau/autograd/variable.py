"""`Variable`, from before tensors could record what is computed from them, and settings that nothing here goes by."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase


class _VariableMeta(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, TensorBase)


class Variable(metaclass=_VariableMeta):
    """`Variable(tensor, requires_grad=False)`: the tensor's values off the tape. Every tensor is one."""

    def __new__(cls, data: Any, requires_grad: bool = False, volatile: bool = False) -> Any:
        """Raises RuntimeError for both `requires_grad` and `volatile`."""
        if requires_grad and volatile:
            raise RuntimeError("Variable can't be volatile and require_grad at the same time!")
        return data.detach().requires_grad_(requires_grad)


class _Threads:
    enabled = True


class set_multithreading_enabled:  # noqa: N801  PyTorch's name
    """Keep whether backward passes may use several threads, at once or for a `with` block. They run in the one that asks."""

    def __init__(self, mode: bool) -> None:
        self.before, self.mode = _Threads.enabled, mode
        _Threads.enabled = mode

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        _Threads.enabled = self.before

    def clone(self) -> set_multithreading_enabled:
        return type(self)(self.mode)
