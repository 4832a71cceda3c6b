"""Which classes and functions, beyond plain values, a file may name.

Nothing is looked up by executing an import that a file asks for. There are the names of PyTorch's own plain values
(`rebuilding.NAMES`), what the program put on its list by `add_safe_globals`, and, with `weights_only=False`, the classes
of modules that are there already.
"""
from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterable
from typing import Any

from flambeau.serialization.rebuilding import NAMES
from flambeau.serialization.unpickling import AllowedClass, Call, present_name

Name = tuple[str, str]

_OTHER_NAMES = {"NonDynamicallyQuantizableLinear": "Linear"}  # MultiheadAttention's out_proj, in PyTorch's files

_listed: dict[Name, Any] = {}


def add_safe_globals(safe_globals: Iterable[Any]) -> None:
    """Let files name these classes and functions, and so call them: put only those here that you would run yourself.

    An entry may also be a pair of the thing and the full name under which a file knows it.
    """
    for entry in safe_globals:
        _listed[_name_of(entry)] = entry


def get_safe_globals() -> list[Any]:
    """Return what was put on the list."""
    return list(_listed.values())


def clear_safe_globals() -> None:
    """Take everything from the list."""
    _listed.clear()


class safe_globals:  # noqa: N801  PyTorch's name, used as `with safe_globals([...]):`
    """Lets files name these classes and functions within the block."""

    def __init__(self, safe_globals: Iterable[Any]) -> None:
        self.entries = list(safe_globals)

    def __enter__(self) -> None:
        self.before = dict(_listed)
        add_safe_globals(self.entries)

    def __exit__(self, *_: object) -> None:
        _listed.clear()
        _listed.update(self.before)


def _name_of(entry: Any) -> Name:
    if isinstance(entry, tuple):
        if len(entry) != 2 or not isinstance(entry[1], str):
            raise ValueError(f"expected a pair of a class or function and its full name, but got {entry!r:.120}")
        module, _, name = entry[1].rpartition(".")
        return module, name
    if not hasattr(entry, "__qualname__"):
        raise TypeError(f"expected a class, a function, or a pair of one and its name, but got a {type(entry).__name__}")
    return entry.__module__, entry.__qualname__


def is_listed(kind: type) -> bool:
    return (kind.__module__, kind.__qualname__) in _listed


def finder(weights_only: bool) -> Callable[[Name], Any]:
    """Return what says what a name in a file stands for; None for what it may not name."""
    def find(name: Name) -> Any:
        if name in NAMES:
            return NAMES[name]
        if name in _listed:
            entry = _listed[name]
            return _callable(entry[0] if isinstance(entry, tuple) else entry)
        return None if weights_only else _of_modules(name)

    return find


def _callable(thing: Any) -> Any:
    return AllowedClass(thing) if isinstance(thing, type) else Call(thing)


def _of_modules(name: Name) -> Any:
    """Return a class of modules, to be made without calling it, or a function of `nn.functional`, not to be called at all."""
    from flambeau import nn

    module, word = name
    if module in ("torch.nn.functional", "torch._C._nn"):
        return getattr(nn.functional, word, None)
    found = _ours(word) if module.startswith("torch.nn") else _present(module, word)
    return AllowedClass(found, called=False) if isinstance(found, type) and issubclass(found, nn.Module) else None


def _ours(word: str) -> Any:
    from flambeau import nn

    word = _OTHER_NAMES.get(word, word)
    return getattr(nn, word, None)


def _present(module: str, word: str) -> Any:
    """Find a class in a module that the program has imported; of flambeau's own, in any."""
    if module.startswith("flambeau.nn."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    found: Any = sys.modules.get(module)
    for part in word.split("."):
        found = getattr(found, part, None)
    return found


def name_of_class(kind: type) -> Name:
    """Return the name a file has for a class: for one of our modules the name that PyTorch finds it by too."""
    return ("torch.nn", kind.__name__) if _ours(kind.__name__) is kind else (kind.__module__, kind.__qualname__)


def unsafe_names(pickle: bytes) -> list[str]:
    """Return the names in a pickle that a file may not use, each once, in order."""
    find = finder(weights_only=True)
    return list(dict.fromkeys(".".join(name) for name in _names_in(pickle) if find(name) is None))


def _names_in(data: bytes) -> Iterable[Name]:
    import pickletools

    words: list[Any] = ["", ""]
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "GLOBAL":
            module, _, name = str(argument).partition(" ")
            yield present_name(module, name)
        elif opcode.name == "STACK_GLOBAL":
            yield words[-2], words[-1]
        elif "UNICODE" in opcode.name:
            words.append(argument)
