"""`torch.autograd.forward_ad`: tensors that carry a tangent with them.

A dual tensor is followed on the tape; its tangent is pushed forward when somebody asks for that of a result. So, other than in
PyTorch, results say that they require grad, and what is computed under `no_grad` has no tangent.
"""
from __future__ import annotations

import threading
from typing import Any, NamedTuple

from flambeau.autograd.mode import enable_grad
from flambeau.core.tensor import TensorBase
from flambeau.func.following import Followed
from flambeau.func.pushforward import Pushforward


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns: a tensor without its tangent, and the tangent, or None if it has none."""

    primal: Any
    tangent: Any


class _Level:
    """The dual tensors of one level: what they are followed as, and their tangents."""

    def __init__(self) -> None:
        self.followed = Followed([])
        self.tangents: list[Any] = []


class _Here(threading.local):
    level: _Level | None = None


_here = _Here()


def enter_dual_level() -> int:
    """Start a level, in which tensors can carry tangents; return its number. Raises RuntimeError within another one."""
    if _here.level is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment; use torch.func.jvp, which can be nested")
    _here.level = _Level()
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level; its tensors lose their tangents. Raises RuntimeError where there is none, or not this one."""
    if _here.level is None or level not in (None, 0):
        raise RuntimeError("Trying to exit a forward AD level that was not the last one that was created. This is not "
                           "supported.")
    _here.level = None


class dual_level:  # noqa: N801  PyTorch's name
    """`with dual_level():` a block in which tensors can carry tangents."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *error: object) -> None:
        exit_dual_level()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """Return `tensor` with a tangent of its shape. Raises RuntimeError outside of a level and for other shapes."""
    if _here.level is None:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() "
                           "first.")
    if not tensor.is_floating_point() and not tensor.is_complex():
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
    if not tangent.is_floating_point() and not tangent.is_complex():
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent.dtype}")
    if tangent.shape != tensor.shape:
        raise RuntimeError(f"Trying to set a forward gradient that has a different size than that of the original Tensor, "
                           f"this is "
                           f"not supported. Tensor is of size {list(tensor.shape)} while the given forward gradient is of size "
                           f"{list(tangent.shape)}.")
    dual = _here.level.followed.add(tensor)
    _here.level.tangents.append(tangent)
    return dual


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """Return a tensor without its tangent, and the tangent; None where no dual tensor led to it."""
    here = _here.level
    if here is None or not isinstance(tensor, TensorBase) or not tensor._requires_grad or not here.tangents:
        return UnpackedDualTensor(tensor, None)
    with enable_grad():
        push = Pushforward([tensor], here.followed)
        if all(slope is None for slope in push.slopes):
            return UnpackedDualTensor(tensor, None)
        return UnpackedDualTensor(push.shown()[0], push.push(here.tangents)[0])
