"""The stub of a function that takes `out`, which its declaration in `flambeau.ops` does not name."""
from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

from tensor_stub import annotation

HEAD = """\
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format
"""
ALSO = {"Generator": "core.random", "Size": "core.size", "Tensor": "tensor"}  # imported where the page does not have them


def head(page: str) -> str:
    """Return the imports that definitions need on a page."""
    return HEAD + "".join(f"from flambeau.{module} import {name}\n" for name, module in ALSO.items()
                          if f" as {name}\n" not in page)


def stub(title: str, name: str, module: str, origin: str) -> str | None:
    """Return the definition of `title.name`, or None where what `module` declares as `origin` says it all."""
    if not module.startswith("ops."):
        return None
    function = getattr(importlib.import_module(title), name)
    declared = getattr(importlib.import_module(f"flambeau.{module}"), origin)
    if not inspect.isfunction(function) or _takes_out(declared) or not _takes_out(function):
        return None
    signature = inspect.signature(function)
    line = f"def {name}({', '.join(_parameters(signature))}) -> {annotation(signature.return_annotation)}:"
    told = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    return f'{line}\n    """{told}"""\n' if told else f"{line} ...\n"


def _takes_out(function: Any) -> bool:
    return inspect.isfunction(function) and "out" in inspect.signature(function).parameters


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    starred = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            yield "*"
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else " = ..."
        yield f"{star}{parameter.name}: {annotation(parameter.annotation)}{default}"
