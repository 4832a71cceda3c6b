"""Writes plain objects and tensors as a pickle that PyTorch reads with `weights_only=True`.

Python's own pickler would write the names of flambeau's classes; these are the names PyTorch has for the same things.
"""
from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy

from flambeau.core.tensor import TensorBase
from flambeau.serialization.allowed import is_listed
from flambeau.serialization.instances import is_functional, write_function, write_instance
from flambeau.serialization.memory import Memory
from flambeau.serialization.plain_values import WRITERS, write_numpy_number, write_tuple
from flambeau.serialization.tensors import write_tensor


def pickled(obj: Any) -> tuple[bytes, Memory]:
    """Return the pickle of `obj` and the memory behind its tensors.

    Raises pickle.PicklingError for what `load` could not read back, saying where it is.
    """
    memory = Memory()
    Writer(memory, is_dry=True).write(obj)  # to see how far each piece of memory is used
    writer = Writer(memory, is_dry=False)
    writer.out += pickle.PROTO + b"\x02"
    writer.write(obj)
    return bytes(writer.out + pickle.STOP), memory


class Writer:
    """Appends the opcodes of pickle protocol 2 for one object after another."""

    def __init__(self, memory: Memory, is_dry: bool) -> None:
        self.memory = memory
        self.is_dry = is_dry
        self.out = bytearray()
        self.memo: dict[Any, tuple[int, Any]] = {}  # keeps what it knows by id alive
        self.path: list[Any] = []  # keys and places on the way to the present object
        self.open: set[int] = set()  # tuples and the like on that way, which have no number yet

    def write(self, obj: Any) -> None:
        self.write_as(WRITERS.get(type(obj)) or _writer_by_class(obj), obj)

    def write_as(self, write: Callable[[Writer, Any], None] | None, obj: Any) -> None:
        if write is None:
            raise pickle.PicklingError(f"save: cannot write {self.where()}, a {_class_name(obj)}{_remedy(obj)}")
        write(self, obj)

    def where(self) -> str:
        return "obj" + "".join(f"[{key!r}]" for key in self.path)

    def known(self, key: Any) -> bool:
        """Write a reference to what was written before, if it was."""
        if key not in self.memo:
            return False
        place = self.memo[key][0]
        self.out += pickle.BINGET + bytes([place]) if place < 256 else pickle.LONG_BINGET + struct.pack("<I", place)
        return True

    def remember(self, key: Any, obj: Any = None) -> None:
        """Give what was just written a number."""
        place = len(self.memo)
        self.memo[key] = place, obj
        self.out += pickle.BINPUT + bytes([place]) if place < 256 else pickle.LONG_BINPUT + struct.pack("<I", place)

    def name(self, module: str, name: str) -> None:
        if not self.known((module, name)):
            self.out += pickle.GLOBAL + f"{module}\n{name}\n".encode("ascii")
            self.remember((module, name))

    def call(self, module: str, name: str, *args: Any) -> None:
        """Write the call of a function, by name, that makes the object."""
        self.name(module, name)
        write_tuple(self, args)
        self.out += pickle.REDUCE

    def child(self, key: Any, obj: Any) -> None:
        self.path.append(key)
        self.write(obj)
        self.path.pop()


def _writer_by_class(obj: Any) -> Callable[[Writer, Any], None] | None:
    """Return how to write an object whose class is not itself in the table."""
    from flambeau.nn import Module

    if isinstance(obj, TensorBase):
        return write_tensor
    if isinstance(obj, numpy.generic):
        return write_numpy_number
    if isinstance(obj, Module) or is_listed(type(obj)):
        return write_instance
    return write_function if isinstance(obj, FunctionType) and is_functional(obj) else None


def _class_name(obj: Any) -> str:
    return f"{type(obj).__module__}.{type(obj).__qualname__}"


def _remedy(obj: Any) -> str:
    if hasattr(obj, "state_dict"):
        return ": files hold values, not code; save its state_dict() and load that into a new one"
    if isinstance(obj, FunctionType):
        return ": files hold values, not code; only functions of torch.nn.functional have a name there"
    if isinstance(obj, numpy.ndarray):
        return ": save torch.from_numpy(array)"
    return (": files hold tensors, numbers, strings, bytes, lists, tuples, dicts and sets of them, so that loading one "
            "never runs code; save what it is made of, or allow its class by torch.serialization.add_safe_globals")
