"""An interpreter of pickles that can only build plain values, and call what it was given to call.

Python's own unpickler imports and calls what a file names. This one asks for every name what it stands for and stops at
the first that stands for nothing; it imports nothing, and sets attributes on nothing but an OrderedDict and instances of
classes that the user allowed.
"""
from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

_DEEPEST_KEY = 8  # a key of tuples within tuples must not exhaust the stack of what hashes it


_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # under Python 2
_BUILTINS = {"xrange": "range", "unicode": "str", "long": "int", "unichr": "chr"}


def present_name(module: str, name: str) -> tuple[str, str]:
    """Return what Python 3 calls a thing that a pickle of the older protocols names."""
    return _MODULES.get(module, module), _BUILTINS.get(name, name) if module == "__builtin__" else name


class Call:
    """A function that a pickle may call."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


class AllowedClass(Call):
    """A class that a pickle may make instances of, and give them their state; not by a call unless it is `called`."""

    def __init__(self, kind: type, called: bool = True) -> None:
        super().__init__(kind if called else self._refuse)
        self.kind = kind

    def _refuse(self, *_: Any) -> Any:
        raise pickle.UnpicklingError(f"the pickle calls {self.kind.__name__}, which may only be restored")

    def new(self, *args: Any) -> Any:
        return self.kind.__new__(self.kind, *args)


class Draft:
    """What a call made, to be replaced by `finished(state)` when the pickle hands its state over."""

    def finished(self, state: Any) -> Any:
        raise NotImplementedError


def unpickled(data: bytes, find_name: Callable[[tuple[str, str]], Any], find_storage: Callable[[Any], Any],
              python2_strings: Callable[[bytes], Any] = lambda raw: str(raw, "utf-8", "surrogatepass")) -> Any:
    """Return the object that the pickle `data` describes.

    `find_name` says what a name in it stands for, None for one that it may not use; `find_storage` turns the references to
    storages into something, `python2_strings` says what the strings of Python 2 become.
    Raises pickle.UnpicklingError for a name it may not use, for opcodes that plain values do not need, and for damage.
    """
    try:
        return _Interpreter(data, find_name, find_storage, python2_strings).run()
    except pickle.UnpicklingError:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise pickle.UnpicklingError(f"the pickle is damaged: {type(error).__name__}: {error}") from error


class _Interpreter:
    def __init__(self, data: bytes, find_name: Callable[[tuple[str, str]], Any], find_storage: Callable[[Any], Any],
                 python2_strings: Callable[[bytes], Any]) -> None:
        self.data, self.at = data, 0
        self.find_name, self.find_storage, self.python2_strings = find_name, find_storage, python2_strings
        self.instances: dict[int, Any] = {}  # made of classes that were allowed, which have a state of their own
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        while (opcode := self.take(1)) != pickle.STOP:
            step = _STEPS.get(opcode)
            if step is None:
                raise pickle.UnpicklingError(f"opcode {opcode!r} at byte {self.at - 1} is not one that plain values need")
            step(self)
        return self.stack.pop()

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self.at + count
        if end > len(self.data):
            raise pickle.UnpicklingError(f"the pickle ends at byte {len(self.data)}, in the middle of something")
        part = self.data[self.at:end]
        self.at = end
        return part

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        end = self.data.index(b"\n", self.at)
        line = self.take(end - self.at).decode("utf-8")
        self.at += 1
        return line

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def from_mark(self) -> list[Any]:
        """Take everything since the last mark off the stack."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def name(self, module: str, name: str) -> None:
        module, name = present_name(module, name)
        found = self.find_name((module, name))
        if found is None:
            raise pickle.UnpicklingError(
                f"Unsupported global: GLOBAL {module}.{name} was not an allowed global by default. The file wants to use "
                "it to rebuild an object; flambeau never runs code that a file names, with weights_only=False neither. "
                "Save tensors and plain values, such as a model's state_dict(), instead of whole objects; of a file that "
                f"you trust, allow the name: torch.serialization.add_safe_globals([{name}]). A whole nn.Module whose class "
                "the program has imported is read with weights_only=False"
            )
        self.push(found)

    def call(self, new: bool = False) -> None:
        args, called = self.stack.pop(), self.stack.pop()
        if not isinstance(called, Call) or type(args) is not tuple:
            raise pickle.UnpicklingError(f"the pickle calls {called!r:.80}, which is nothing to call")
        if isinstance(called, AllowedClass):
            made = called.new(*args) if new else called.function(*args)
            self.instances[id(made)] = made
        else:
            made = called.function(*args)
        self.push(made)

    def build(self) -> None:
        """Finish a draft, or give an OrderedDict the attributes it had: of a model's state_dict, the versions of its parts."""
        state, owner = self.stack.pop(), self.stack[-1]
        if isinstance(owner, Draft):
            finished = self.stack[-1] = owner.finished(state)
            self.memo |= {place: finished for place, value in self.memo.items() if value is owner}
            return
        if self.instances.get(id(owner)) is owner and owner is not None:
            _restore(owner, state)
            return
        if type(owner) is not OrderedDict or type(state) not in (dict, OrderedDict):
            raise pickle.UnpicklingError(f"the pickle sets attributes of a {type(owner).__name__}; it may only do so for an "
                                         "OrderedDict")
        vars(owner).update({key: value for key, value in state.items() if type(key) is str})

    def add_items(self, flat: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise pickle.UnpicklingError(f"the pickle puts items into a {type(target).__name__}")
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            _check_key(key)
            target[key] = value

    def extend(self, items: list[Any], kind: type) -> None:
        target = self.stack[-1]
        if type(target) is not kind:
            raise pickle.UnpicklingError(f"the pickle appends to a {type(target).__name__}")
        if isinstance(target, list):
            target.extend(items)
        elif isinstance(target, set):
            target.update(hashable(items))

    def replace_top(self, count: int) -> None:
        """Put the top of the stack into a tuple."""
        items = tuple(self.stack[len(self.stack) - count:])
        if len(items) < count:
            raise pickle.UnpicklingError("the pickle takes more from the stack than is there")
        self.stack[len(self.stack) - count:] = [items]

    def remember(self, place: int) -> None:
        self.memo[place] = self.stack[-1]


def _restore(instance: Any, state: Any) -> None:
    """Give an instance its state, as `copy` and `pickle` do."""
    if hasattr(instance, "__setstate__"):
        instance.__setstate__(state)
        return
    members, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if members:
        vars(instance).update(members)
    for name, value in (slots or {}).items():
        setattr(instance, name, value)


def hashable(items: list[Any]) -> list[Any]:
    """Return the items, having made sure that they can be keys."""
    for item in items:
        _check_key(item)
    return items


def _check_key(key: Any, depth: int = 0) -> None:
    if depth > _DEEPEST_KEY:
        raise pickle.UnpicklingError("the pickle has a key of tuples nested too deeply")
    for part in key if isinstance(key, tuple | frozenset) else ():
        _check_key(part, depth + 1)


def _text(length: str) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.push(str(machine.take(machine.number(length)), "utf-8", "surrogatepass"))


def _raw(length: str, kind: type = bytes) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.push(kind(machine.take(machine.number(length))))


def _python2(length: str) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.push(machine.python2_strings(machine.take(machine.number(length))))


def _constant(make: Callable[[], Any]) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.push(make())


_STEPS: dict[bytes, Callable[[_Interpreter], Any]] = {
    pickle.PROTO: lambda machine: machine.take(1),
    pickle.FRAME: lambda machine: machine.take(8),
    pickle.MARK: lambda machine: machine.marks.append(len(machine.stack)),
    pickle.POP: lambda machine: machine.stack.pop(),
    pickle.POP_MARK: lambda machine: machine.from_mark(),
    pickle.DUP: lambda machine: machine.push(machine.stack[-1]),
    # numbers
    pickle.NONE: _constant(lambda: None),
    pickle.NEWTRUE: _constant(lambda: True),
    pickle.NEWFALSE: _constant(lambda: False),
    pickle.BININT: lambda machine: machine.push(machine.number("<i")),
    pickle.BININT1: lambda machine: machine.push(machine.number("<B")),
    pickle.BININT2: lambda machine: machine.push(machine.number("<H")),
    pickle.LONG1: lambda machine: machine.push(pickle.decode_long(machine.take(machine.number("<B")))),
    pickle.BINFLOAT: lambda machine: machine.push(machine.number(">d")),
    # text and bytes
    pickle.BINUNICODE: _text("<I"),
    pickle.SHORT_BINUNICODE: _text("<B"),
    pickle.BINUNICODE8: _text("<Q"),
    pickle.SHORT_BINSTRING: _python2("<B"),
    pickle.BINSTRING: _python2("<i"),
    pickle.BINBYTES: _raw("<I"),
    pickle.SHORT_BINBYTES: _raw("<B"),
    pickle.BINBYTES8: _raw("<Q"),
    pickle.BYTEARRAY8: _raw("<Q", bytearray),
    # containers
    pickle.EMPTY_TUPLE: _constant(tuple),
    pickle.TUPLE: lambda machine: machine.push(tuple(machine.from_mark())),
    pickle.TUPLE1: lambda machine: machine.replace_top(1),
    pickle.TUPLE2: lambda machine: machine.replace_top(2),
    pickle.TUPLE3: lambda machine: machine.replace_top(3),
    pickle.EMPTY_LIST: _constant(list),
    pickle.APPEND: lambda machine: machine.extend([machine.stack.pop()], list),
    pickle.APPENDS: lambda machine: machine.extend(machine.from_mark(), list),
    pickle.EMPTY_DICT: _constant(dict),
    pickle.SETITEM: lambda machine: machine.add_items([machine.stack.pop(), machine.stack.pop()][::-1]),
    pickle.SETITEMS: lambda machine: machine.add_items(machine.from_mark()),
    pickle.EMPTY_SET: _constant(set),
    pickle.ADDITEMS: lambda machine: machine.extend(machine.from_mark(), set),
    pickle.FROZENSET: lambda machine: machine.push(frozenset(hashable(machine.from_mark()))),
    # what was seen before
    pickle.BINPUT: lambda machine: machine.remember(machine.number("<B")),
    pickle.LONG_BINPUT: lambda machine: machine.remember(machine.number("<I")),
    pickle.MEMOIZE: lambda machine: machine.remember(len(machine.memo)),
    pickle.BINGET: lambda machine: machine.push(machine.memo[machine.number("<B")]),
    pickle.LONG_BINGET: lambda machine: machine.push(machine.memo[machine.number("<I")]),
    # names and calls
    pickle.GLOBAL: lambda machine: machine.name(machine.line(), machine.line()),
    pickle.STACK_GLOBAL: lambda machine: machine.name(*[machine.stack.pop(), machine.stack.pop()][::-1]),
    pickle.REDUCE: lambda machine: machine.call(),
    pickle.NEWOBJ: lambda machine: machine.call(new=True),
    pickle.BUILD: lambda machine: machine.build(),
    pickle.BINPERSID: lambda machine: machine.push(machine.find_storage(machine.stack.pop())),
}
