"""The stub of `Tensor`: each method with the signature of the op that it is, for type checkers and editors.

A method is a name in a mixin's table, bound when it is first used; a type checker would see nothing of it.
"""
from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

HEAD = """\
import builtins
from collections.abc import Callable, Iterator, Sequence
from types import EllipsisType
from typing import Any, SupportsIndex

import numpy

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format
from flambeau.core.random import Generator
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase



class Tensor(TensorBase):
    __getattr__: None  # type: ignore[assignment, misc]  # the base class lets any name pass; here a missing one is an error
    @staticmethod
    def _make_subclass(kind: builtins.type, data: Any, require_grad: builtins.bool = ...) -> Any: ...
"""
TAIL = """

_Operand = Tensor | builtins.complex | numpy.ndarray[Any, Any] | numpy.generic
_Index = (SupportsIndex | builtins.slice | builtins.bool | EllipsisType | Tensor | Sequence[Any] | numpy.ndarray[Any, Any]
          | None)
"""
# What an annotation in the source is here, where methods like `float` and properties like `dtype` hide other names.
WORDS = {word: f"builtins.{word}" for word in ("bool", "int", "float", "complex", "str", "bytes", "object", "tuple", "list",
                                                 "dict", "type", "set", "slice")}
WORDS |= {word: word for word in ("Any", "Callable", "Generator", "None", "Sequence", "Iterator", "Size", "Tensor")}
WORDS |= {"dtype": "_dtype", "device": "_device", "layout": "_layout", "memory_format": "_memory_format",
          "Dims": "builtins.int | Sequence[builtins.int] | None", "Parts": "builtins.tuple[Tensor, ...]"}
# Of methods written by hand, what the reader of a stub wants to know and their source leaves open.
RESULTS = {
    "__getitem__": "Tensor", "__len__": "builtins.int", "__bool__": "builtins.bool", "__int__": "builtins.int",
    "__index__": "builtins.int", "__float__": "builtins.float", "__complex__": "builtins.complex",
    "__contains__": "builtins.bool",
    "__iter__": "Iterator[Tensor]", "__hash__": "builtins.int", "__repr__": "builtins.str", "__setitem__": "None",
    "backward": "None", "cpu": "Tensor", "cuda": "Tensor", "data": "Tensor", "detach": "Tensor", "detach_": "Tensor",
    "device": "_device", "grad": "Tensor | None", "item": "Any", "is_cuda": "builtins.bool", "numpy": "numpy.ndarray[Any, Any]",
    "requires_grad": "builtins.bool", "requires_grad_": "Tensor", "shape": "Size", "retain_grad": "None", "to": "Tensor",
    "tolist": "Any", "type_as": "Tensor", "view": "Tensor", "reshape": "Tensor", "permute": "Tensor", "expand": "Tensor",
    "T": "Tensor", "mT": "Tensor", "H": "Tensor", "mH": "Tensor", "real": "Tensor", "imag": "Tensor", "repeat": "Tensor",
    "__array__": "numpy.ndarray[Any, Any]", "__reversed__": "Tensor", "data_ptr": "builtins.int", "layout": "_layout",
    "name": "builtins.str | None", "reinforce": "None", "where": "Tensor", "is_coalesced": "builtins.bool",
    "is_contiguous": "builtins.bool",
}
RESULTS |= dict.fromkeys(("view_as", "pin_memory", "to_padded_tensor", "dequantize", "new", "resize", "resize_as", "to_dense",
                          "coalesce", "indices", "values", "crow_indices", "col_indices", "ccol_indices", "row_indices",
                          "to_sparse", "to_sparse_coo", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc",
                          "sparse_mask", "smm", "sspaddmm", "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor",
                          "new_empty_strided"), "Tensor")
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lshift", "rshift", "and", "or", "xor"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]
OPERANDS = {f"__{side}{name}__" for name in OPERATORS for side in ("", "r", "i")} | {f"__{name}__" for name in COMPARISONS}
CASTS = ["half", "float", "double", "bfloat16", "byte", "char", "short", "int", "long", "bool", "cfloat", "cdouble"]
HIDDEN = {"__slots__", "__module__", "__doc__", "__new__", "__dict__", "__weakref__", "__class_getitem__", "__array_priority__",
          "__annotations__", "__div__", "__rdiv__", "__idiv__"}


def stub() -> str:
    """Return the text of flambeau/tensor/__init__.pyi."""
    from flambeau import Tensor

    seen: set[str] = set()
    return HEAD + "".join(f"{_indented(lines)}\n" for kind in Tensor.__mro__[:-2] for lines in _of_class(kind, seen)) + TAIL


def _of_class(kind: type, seen: set[str]) -> Iterator[str]:
    for name in vars(kind):
        if name in HIDDEN or name in seen or name.startswith("_") and not name.startswith("__"):
            continue
        seen.add(name)
        found = getattr(kind, name)  # a method that is made late is made now
        member = inspect.getattr_static(kind, name)
        if isinstance(member, property):
            yield from _property(name, member)
        elif isinstance(member, staticmethod | classmethod):
            continue
        elif callable(found):
            yield _method(name, found)


def _property(name: str, member: property) -> Iterator[str]:
    result = _result(name, getattr(member.fget, "__annotations__", {}).get("return", "Any"))
    yield f"@property\ndef {name}(self) -> {result}: ..."
    if member.fset is not None:
        yield f"@{name}.setter\ndef {name}(self, value: {result}) -> None: ..."


def _method(name: str, function: Any) -> str:
    if name in OPERANDS:  # Python's own comparisons return bool
        remark = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
        return f"def {name}(self, other: _Operand) -> Tensor: ...{remark}"
    if name in CASTS:
        return f"def {name}(self, memory_format: _memory_format = ...) -> Tensor: ..."
    if name in ("__getitem__", "__setitem__"):
        value = ", value: _Operand" if name == "__setitem__" else ""
        return f"def {name}(self, index: _Index | builtins.tuple[_Index, ...]{value}) -> {RESULTS[name]}: ..."
    signature = inspect.signature(function)
    if hasattr(function, "takes_sizes"):
        return f"def {name}(self, *{list(signature.parameters)[1]}: builtins.int | Sequence[builtins.int]) -> Tensor: ..."
    result = _result(name, signature.return_annotation)
    return f"def {name}({', '.join(_parameters(signature))}) -> {result}: ..."


def _result(name: str, annotated: Any) -> str:
    if name in RESULTS:
        return RESULTS[name]
    if name.startswith("is_"):
        return "builtins.bool"
    return "Tensor" if name.endswith("_") and not name.endswith("__") else annotation(annotated)


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    starred = False
    for place, parameter in enumerate(signature.parameters.values()):
        if place == 0 and parameter.kind is not parameter.VAR_POSITIONAL:
            yield "self"
            continue
        if place == 0:
            yield "self"
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            yield "*"
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else " = ..."
        yield f"{stars}{parameter.name}: {annotation(parameter.annotation)}{default}"


def annotation(written: Any) -> str:
    """Return an annotation in the stub's words; Any where it uses a name that the stub does not know."""
    text = "Any" if written is inspect.Parameter.empty else written if isinstance(written, str) else "Any"
    text = re.sub(r"\b(?:dtypes|devices|layouts)\.", "", text)
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    return re.sub(r"[A-Za-z_]\w*", lambda word: WORDS[word[0]], text) if words <= WORDS.keys() else "Any"


def _indented(text: str) -> str:
    return "    " + text.replace("\n", "\n    ")
