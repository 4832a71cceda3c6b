"""Optimizers whose formula treats each number of a parameter on its own: all but a few."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES, default_float
from flambeau.core.tensor import TensorBase, wrap
from flambeau.optim.checks import number
from flambeau.optim.formulas import computed
from flambeau.optim.groups import Group, State
from flambeau.optim.parameterwise import Parameterwise

BLOCK = 32 * 1024  # numbers at a time: what a formula touches then stays in a core's cache between its operations
_CAPTURABLE_DEVICES = ["cuda"]


class Elementwise(Parameterwise):
    """Applies `_formula(param, grad, *state, **numbers)`, which works in place, to each parameter with a gradient."""

    _formula: ClassVar[Callable[..., None]]
    _remembered: ClassVar[tuple[str, ...]] = ()  # the entries of the state that the formula gets

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        """Count one step and return the formula's numbers for it."""
        raise NotImplementedError

    def _update(self, param: Any, group: Group) -> None:
        if group.get("capturable") or group.get("fused"):
            _check_place(param, group)
        state = self._state_of(param, group)
        numbers = self._numbers(param, group, state)
        if group["differentiable"]:
            _renew(state, self._remembered)
        tensors = [param, param._grad, *[state.get(name) for name in self._remembered]]
        if group["differentiable"] or param._array.dtype in HALVES:
            type(self)._formula(*tensors, **numbers)
            return
        arrays: list[Any] = [tensor if tensor is None else tensor._array for tensor in tensors]
        if arrays[0].dtype.kind == "c":
            arrays = [array if array is None else _as_pairs(array) for array in arrays]
        if computed(type(self)._formula, arrays, numbers):
            return
        if arrays[0].size <= BLOCK and arrays[0].dtype.kind == "f" and arrays[0].ndim > 0:  # most are: no more ado
            type(self)._formula(*arrays, **numbers)
            return
        for block in _blocks(arrays):
            type(self)._formula(*block, **numbers)


def option(group: Group, name: str) -> Any:
    """Return an option as a number; as a tensor only where gradients may be wanted through it."""
    value = group[name]
    if isinstance(value, TensorBase):
        return value.squeeze() if group["differentiable"] else number(value)  # on the public class
    return value


def counter(value: float = 0.0) -> Any:
    """Return a number as PyTorch keeps it in a state: a tensor, on the CPU so that reading it never waits for a GPU."""
    dtype = numpy.dtype("f8") if default_float() == numpy.dtype("f8") else numpy.dtype("f4")
    return wrap(numpy.asarray(value, dtype))


def counted(state: State) -> float:
    """Count a step in `state` and return its number, the first being 1."""
    if not isinstance(state["step"], TensorBase):  # as old files have it
        state["step"] = counter(float(state["step"]))
    array = state["step"]._array
    array += 1
    return float(array)


def zeros_like(param: Any) -> Any:
    return wrap(namespace_of(param._array).zeros_like(param._array))


def full_like(param: Any, value: float) -> Any:
    """Return `value` for each number of `param`; complex numbers count as two."""
    pair = complex(value, value) if param._array.dtype.kind == "c" else value
    return wrap(namespace_of(param._array).full_like(param._array, pair))


def _check_place(param: Any, group: Group) -> None:
    """Refuse what PyTorch refuses: capture off a GPU, and fused updates of anything but floating-point numbers."""
    device = param.device.type
    if group.get("capturable") and device not in _CAPTURABLE_DEVICES:
        raise AssertionError("If capturable=True, params and state_steps must be on supported devices: "
                             f"{_CAPTURABLE_DEVICES}; a parameter is on {device}, so leave capturable=False")
    if group.get("fused") and not param.is_floating_point():
        raise RuntimeError("`fused=True` requires all the params to be floating point Tensors of supported devices: "
                           f"['cpu', 'cuda'] but {param.dtype} and {device}")


def _renew(state: State, names: tuple[str, ...]) -> None:
    """Leave the tensors that the last step recorded alone: this one writes into copies of them."""
    for name in names:
        if state.get(name) is not None:
            state[name] = state[name].clone()


def _blocks(arrays: list[Any]) -> Iterator[list[Any]]:
    """Cut arrays of one shape into pieces that a cache holds."""
    param = arrays[0]
    if param.ndim == 0:
        arrays = [array if array is None else array.reshape(1) for array in arrays]
    if namespace_of(param) is not numpy or not _lie_alike(arrays):
        yield arrays
        return
    flat: list[Any] = [array if array is None else array.reshape(-1) for array in arrays]
    for start in range(0, flat[0].size, BLOCK):
        yield [array if array is None else array[start:start + BLOCK] for array in flat]


def _as_pairs(array: Array) -> Array:
    """Look at complex numbers as pairs of real ones."""
    return array[..., None].view(array.real.dtype)


def _lie_alike(arrays: list[Any]) -> bool:
    """Say whether all can be cut flat without a copy that would lose the update; the gradient is only read."""
    written = [array for place, array in enumerate(arrays) if array is not None and place != 1]
    return all(array.flags.c_contiguous for array in written)
