"""How whole objects are written: modules, and instances of classes that the user allowed."""
from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from flambeau.serialization.allowed import name_of_class
from flambeau.serialization.plain_values import write_items, write_tuple

if TYPE_CHECKING:
    from flambeau.serialization.pickling import Writer


def write_function(writer: Writer, obj: Any) -> None:
    writer.name("torch.nn.functional", obj.__name__)


def is_functional(function: Any) -> bool:
    from flambeau.nn import functional

    return getattr(functional, function.__name__, None) is function


def write_instance(writer: Writer, obj: Any) -> None:
    """Write an instance of a class that `load` can be told to allow: its class, what it is made with, its state."""
    if writer.known(id(obj)):
        return
    make, args, state, items, pairs = (*obj.__reduce_ex__(2), None, None, None)[:5]
    is_new = getattr(make, "__name__", "") == "__newobj__"
    kind, args = (args[0], args[1:]) if is_new else (make, args)
    writer.name(*_plain_name(writer, kind))
    write_tuple(writer, args)
    writer.out += pickle.NEWOBJ if is_new else pickle.REDUCE
    writer.remember(id(obj), obj)
    if items is not None:
        writer.out += pickle.MARK
        for place, item in enumerate(items):
            writer.child(place, item)
        writer.out += pickle.APPENDS
    if pairs is not None:
        write_items(writer, pairs)
    if state:
        writer.child("state", state)
        writer.out += pickle.BUILD


def _plain_name(writer: Writer, kind: Any) -> tuple[str, str]:
    module, name = name_of_class(kind)
    if "." in name:
        raise pickle.PicklingError(f"save: {writer.where()} is of the class {module}.{name}, which is defined within a "
                                   "function or a class; move it to the top of its module, or save its state_dict()")
    return module, name
