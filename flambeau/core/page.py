"""Pages: modules that only list names, each imported from where it is defined when it is first asked for."""
from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

pages: dict[str, tuple[dict[str, tuple[str, str]], list[str]]] = {}  # of each page: where its names are from, its parts


Page = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]


def page(title: str, contents: Mapping[str, str], parts: str = "",
         public: Callable[[Any, str, str], Any] | None = None) -> Page:
    """Return the `__getattr__`, `__dir__` and `__all__` of the module `title`.

    `contents`: for each module of flambeau, the names that the page takes from it, with `name=origin` where they differ
    there. `parts`: the page's own submodules, which `title.part` imports. `public(value, title, name)` makes of a function
    of `flambeau.ops` what users get.
    """
    origins = {name: (module, origin or name) for module, names in contents.items()
               for name, _, origin in (word.partition("=") for word in names.split())}
    own = parts.split()
    pages[title] = origins, own

    def find(name: str) -> Any:
        if name in origins:
            module, origin = origins[name]
            value = getattr(importlib.import_module(f"flambeau.{module}"), origin)
            if public is not None and module.startswith("ops."):
                value = public(value, title, name)
        elif name in own:
            value = importlib.import_module(f"{title}.{name}")
        else:
            raise AttributeError(f"module {title!r} has no attribute {name!r}")
        setattr(sys.modules[title], name, value)  # found at once from now on
        return value

    return find, lambda: sorted({*vars(sys.modules[title]), *origins, *own}), [*origins, *own]
