"""`__torch_function__`: calls of public functions are handed to the types of their arguments, and to modes, where any ask.

Public functions look at `users` alone, once per call; as long as nobody asks, that is all they do about it.
"""
from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, TracebackType
from typing import Any, TypeVar

from flambeau.core.tensor import TensorBase
from flambeau.dispatch.keywords import OTHER_NAMES
from flambeau.dispatch.signature import shows_out, with_names

F = TypeVar("F", bound=Callable[..., Any])
UNHEARD = object()  # what `asked` answers when nobody takes the call
users = 0  # classes that ask for calls, and modes that are on, in all threads together
_counting = threading.Lock()
makers: dict[Any, Callable[[], Any]] = {}  # of ops and composites: what makes a twin that looks at `users` itself
_strangers: set[type] = set()  # classes that ask for calls without being tensors, as they turn up


class NoImplementation(TypeError):
    """Nobody who was asked took the call."""


class _Here(threading.local):
    """Who is asked in this thread."""

    def __init__(self) -> None:
        self.modes: list[Any] = []  # the innermost last
        self.classes = True
        self.anyone = True


here = _Here()


def counted(change: int) -> None:
    """Count classes and modes that came, or went."""
    global users
    with _counting:
        users += change


def disabled(func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
    """Stand as the `__torch_function__` of a class that wants no calls and leaves no mark on results."""
    with DisableTorchFunctionSubclass():
        return func(*args, **(kwargs or {}))


def asks(kind: type) -> bool:
    """Say whether calls with arguments of class `kind` go to that class."""
    if kind is TensorBase._public or _is_pytorchs(kind):
        return False
    handler = getattr(kind, "__torch_function__", disabled)
    return handler is not disabled and callable(handler)


def _is_pytorchs(kind: type) -> bool:
    """Say whether a class is PyTorch's own tensor or made of it: that would hand each call back, for ever."""
    return not issubclass(kind, TensorBase) and any(
        base.__name__ == "Tensor" and base.__module__ == "torch" for base in kind.__mro__)


def overloaded(args: Iterable[Any]) -> list[Any]:
    """Return one argument of each class that asks for calls: subclasses before their bases, else in order."""
    found: list[Any] = []
    for arg in _flat(args):
        kind = type(arg)
        if asks(kind) and all(type(other) is not kind for other in found):
            place = next((i for i, other in enumerate(found) if issubclass(kind, type(other))), len(found))
            found.insert(place, arg)
    return found


def _flat(args: Iterable[Any]) -> Iterator[Any]:
    for arg in args:
        if arg.__class__ is list or arg.__class__ is tuple:
            yield from arg
        else:
            yield arg


def asked(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, arguments: bool = True) -> Any:
    """Hand the call to this thread's innermost mode or to its arguments' classes; UNHEARD where there are none.

    `arguments`: whether the function's arguments have a say; those of `torch.tensor` have none.
    Raises NoImplementation where all of them decline.
    """
    if not here.anyone or not here.modes and not here.classes:
        return UNHEARD
    takers = overloaded((*args, *kwargs.values())) if here.classes and arguments else []
    return offered(function, takers, args, kwargs) if takers or here.modes else UNHEARD


def offered(function: Callable[..., Any], takers: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Ask the innermost mode, then the takers one by one, to answer the call."""
    types = tuple(map(type, takers))
    mode = here.modes[-1] if here.modes else None
    if mode is not None:
        with _mode_away():
            result = mode.__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    for taker in takers:
        result = taker.__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    also = "" if mode is None else f" nor in mode {mode!r}"
    raise NoImplementation(f"no implementation found for '{known_name(function)}' on types that implement __torch_function__: "
                           f"{list(types)}{also}")


def known_name(function: Any) -> str:
    """Return what users call a public function."""
    title = str(function.__module__)
    title = title.replace("flambeau", "torch", 1) if title.startswith("flambeau") else title
    return f"{title.removesuffix('.tensor') if function.__qualname__.startswith('Tensor.') else title}.{function.__qualname__}"


class _mode_away:  # noqa: N801  used as `with _mode_away():`
    """Have the innermost mode leave its place to the next one while it answers."""

    def __enter__(self) -> None:
        self.mode = here.modes.pop()

    def __exit__(self, *error: object) -> None:
        here.modes.append(self.mode)


def is_stranger(value: Any) -> bool:
    """Say whether `value` is no tensor but asks for calls."""
    return not isinstance(value, TensorBase) and asks(type(value))


def rescued(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], error: Exception) -> Any:
    """Answer a call that failed since an argument is of a class that asks for calls but was never seen before.

    Nothing tells of such a class before it turns up. Raises `error` where it had another reason.
    """
    if not function.guards or not notice((*args, *kwargs.values())):
        raise error
    heard = asked(function, args, kwargs)
    if heard is UNHEARD:
        raise error
    return heard


def notice(args: Iterable[Any]) -> bool:
    """Count the classes that ask for calls without being tensors; say whether there are any that were not counted yet."""
    new = {type(arg) for arg in _flat(args) if is_stranger(arg)} - _strangers
    _strangers.update(new)
    counted(len(new))
    return bool(new)


def guarded(function: Any, *, arguments: bool = True) -> Any:
    """Return `function` as one whose calls may be taken by modes and, unless not `arguments`, by its arguments."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if users:
            heard = asked(call, args, kwargs, arguments=arguments)
            if heard is not UNHEARD:
                return heard
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not arguments:
                raise
            return rescued(call, args, kwargs, error)

    call.guards = True  # type: ignore[attr-defined]
    return call


def method(function: F) -> F:
    """Have calls of a method of Tensor taken by whoever asks for them."""
    return named(guarded(function), "flambeau.tensor", f"Tensor.{function.__name__}")


def public(value: Any, title: str, name: str) -> Any:
    """Return a function as what users know by `title.name`: its calls can be taken. Anything else stays as it is.

    Ops and composites make a twin that looks at `users` itself; other functions are called by way of one that does.
    """
    if not isinstance(value, FunctionType) or name in _UNASKED:
        return value
    if value not in makers:
        return named(guarded(value, arguments=name not in _FROM_DATA), title, name)
    twin = makers[value]()
    more = [*OTHER_NAMES.get(name, ()), *(["out"] if shows_out(title, name) else [])]
    if more:
        twin.__wrapped__ = with_names(twin.__wrapped__, more)
    return named(twin, title, name)


def named(function: Any, title: str, name: str) -> Any:
    """Have a function say that it is `title.name`."""
    function.__module__, function.__qualname__, function.__name__ = title, name, name.rpartition(".")[2]
    return function


_UNASKED = frozenset(["from_numpy", "is_tensor"])  # PyTorch asks nobody about these
# Functions that make tensors of anything: to these, tensors of a class are data like any other.
_FROM_DATA = frozenset(["arange", "as_tensor", "asarray", "from_dlpack", "full", "linspace", "logspace", "scalar_tensor",
                        "tensor"])


class _Without:
    """A `with` block in which some are not asked."""

    silenced = ""

    def __enter__(self) -> None:
        self._before = getattr(here, self.silenced)
        setattr(here, self.silenced, False)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        setattr(here, self.silenced, self._before)


class DisableTorchFunctionSubclass(_Without):
    """Ask no class; modes are asked all the same."""

    silenced = "classes"


class DisableTorchFunction(_Without):
    """Ask nobody."""

    silenced = "anyone"


def like_class(result: Any, kind: type) -> Any:
    """Return `result`, and the tensors in it, as tensors of class `kind`."""
    if kind is TensorBase._public:
        return result
    if isinstance(result, TensorBase) and not isinstance(result, kind):
        return result.as_subclass(kind)
    if isinstance(result, tuple | list):
        parts = [like_class(part, kind) for part in result]
        return type(result)._make(parts) if hasattr(result, "_make") else type(result)(parts)
    return result
