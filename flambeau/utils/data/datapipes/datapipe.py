"""The two kinds of pipe, and the names under which steps are methods of a pipe."""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from flambeau.utils.data.dataset import Dataset, IterableDataset


class _Steps:
    """What both kinds have: steps that were registered are methods."""

    functions: ClassVar[dict[str, Callable[..., Any]]]

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            from flambeau.utils.data.datapipes import iter, map  # noqa: F401  their steps register themselves
        if name in self.functions:
            return functools.partial(self.functions[name], self)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @classmethod
    def register_function(cls, function_name: str, function: Callable[..., Any]) -> None:
        """Make `pipe.function_name(...)` call `function(pipe, ...)`."""
        cls.functions[function_name] = function

    @classmethod
    def register_datapipe_as_function(cls, function_name: str, cls_to_register: type, enable_df_api_tracing: bool = False
                                      ) -> None:
        """Make `pipe.function_name(...)` the pipe `cls_to_register(pipe, ...)`. Raises Exception for a name that is taken."""
        if function_name in cls.functions:
            raise Exception(f"Unable to add DataPipe function name {function_name} as it is already taken")
        cls.register_function(function_name, cls_to_register)

    def __getstate__(self) -> Any:
        return self.__dict__

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)

    def __repr__(self) -> str:
        return type(self).__name__


class IterDataPipe(_Steps, IterableDataset[Any]):
    """Samples one after the other: a subclass adds `__iter__`."""

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} should implement __iter__")


class MapDataPipe(_Steps, Dataset[Any]):
    """Samples by key: a subclass adds `__getitem__` and `__len__`."""

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}


class DFIterDataPipe(IterDataPipe):
    """A pipe of data frames."""


class DataChunk(list[Any]):
    """A batch on its way through a pipe."""

    def __init__(self, items: Iterable[Any]) -> None:
        items = list(items)
        super().__init__(items)
        self.items = items

    def as_str(self, indent: str = "") -> str:
        return f"{indent}[{', '.join(map(str, self))}]"

    def raw_iterator(self) -> Iterator[Any]:
        yield from self.items
