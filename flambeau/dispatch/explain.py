"""Turn an array library's complaint into the error PyTorch would raise, naming the op and what it was given."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core.arrays import is_array
from flambeau.core.dtype import refuse_packed
from flambeau.core.errors import LinAlgError, OutOfMemoryError
from flambeau.core.tensor import TensorBase


def explained(op: Any, args: tuple[Any, ...], error: Exception) -> Exception:
    """Return the error to raise. Errors that an op's body raises on purpose pass unchanged."""
    kind = _kind(error)
    if kind is not None:
        for arg in args:
            if isinstance(arg, TensorBase):
                refuse_packed(arg._array.dtype, op.name)
    if kind is None:
        return _no_tensor_among(op, args) or error if isinstance(error, AttributeError) else error
    return kind(f"{op.name}({seen(op, args)}): {error}{_remedy(op, args, error)}")


def _no_tensor_among(op: Any, args: tuple[Any, ...]) -> TypeError | None:
    for i, arg in enumerate(args):
        if op.strict >> i & 1 and not isinstance(arg, TensorBase) and not is_array(arg) and arg is not None:
            return no_tensor(op, arg, i + 1)
    return None


def _kind(error: Exception) -> type[Exception] | None:
    """The class that PyTorch raises where the array library raises `error`; None for an error of our own."""
    if isinstance(error, numpy.linalg.LinAlgError):
        return LinAlgError
    if isinstance(error, IndexError | numpy.exceptions.AxisError):
        return IndexError
    if type(error).__name__ == "OutOfMemoryError" or isinstance(error, MemoryError):
        return OutOfMemoryError
    if isinstance(error, ValueError | numpy._core._exceptions.UFuncTypeError):
        return RuntimeError
    return TypeError if isinstance(error, TypeError) else None


def no_tensor(op: Any, arg: Any, position: int) -> TypeError:
    """The error for a number where only a tensor will do."""
    return TypeError(f"{op.name}(): argument '{op.parameters[position - 1]}' (position {position}) must be Tensor, not "
                     f"{type(arg).__name__}")


def refuse_others(function: Any, args: tuple[Any, ...], error: Exception) -> None:
    """Raise TypeError where a composite failed for a list, a string or the like in the place of a tensor."""
    names, annotations = function.__code__.co_varnames, function.__annotations__
    for position, (name, arg) in enumerate(zip(names, args, strict=False), start=1):
        if annotations.get(name) == "Tensor" and not isinstance(arg, TensorBase) and not is_array(arg):
            raise TypeError(f"{function.__name__}(): argument '{name}' (position {position}) must be Tensor, not "
                            f"{type(arg).__name__}") from error


def refuse_numbers(op: Any, args: tuple[Any, ...]) -> None:
    """Raise TypeError where an op on tensors was given numbers alone."""
    for position, (arg, is_tensor) in enumerate(zip(args, op.tensors, strict=False), start=1):
        if is_tensor and isinstance(arg, int | float | complex):
            raise no_tensor(op, arg, position)


def seen(op: Any, args: tuple[Any, ...]) -> str:
    """Describe the arguments of a call: shapes and dtypes of tensors, values of the rest."""
    names = op.parameters if len(op.parameters) == len(args) else [""] * len(args)
    return ", ".join(f"{name}={_described(arg)}" if name else _described(arg) for name, arg in zip(names, args, strict=True))


def _described(value: Any) -> str:
    if isinstance(value, TensorBase):
        return f"{value._array.dtype.name}{list(value._array.shape)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _remedy(op: Any, args: tuple[Any, ...], error: Exception) -> str:
    if "broadcast" not in str(error):
        return ""
    shapes = [arg._array.shape for arg in args if isinstance(arg, TensorBase)]
    return _unlike(shapes[0], shapes[1]) if len(shapes) > 1 else ""


def _unlike(one: tuple[int, ...], other: tuple[int, ...]) -> str:
    """Name the dim at which two shapes do not fit, in the words that programs match on."""
    for back in range(1, min(len(one), len(other)) + 1):
        if one[-back] != other[-back] and 1 not in (one[-back], other[-back]):
            dim = max(len(one), len(other)) - back
            return (f". The size of tensor a ({one[-back]}) must match the size of tensor b ({other[-back]}) at "
                    f"non-singleton dimension {dim}; reshape or unsqueeze one of them")
    return ""
