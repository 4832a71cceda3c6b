"""`@op` turns a function over arrays into a differentiable function over tensors."""
from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeVar

from flambeau.autograd import listeners
from flambeau.dispatch import apply as road
from flambeau.dispatch import casting, overriding
from flambeau.dispatch.explain import refuse_others
from flambeau.dispatch.kernel import reconsider
from flambeau.dispatch.keywords import renamed
from flambeau.dispatch.layout import as_operands
from flambeau.dispatch.plan import Plan

F = TypeVar("F", bound=Callable[..., Any])
Rule = Callable[..., Any]

# How the dtypes of tensor arguments become one.
NONE = "none"  # the body takes them as they are
SAME = "same"  # to their common dtype
COMPARE = "compare"  # likewise; the body answers with booleans
TO_FLOAT = "to_float"  # likewise, and integers become the default float

registry: dict[str, Op] = {}
composites: dict[str, Callable[..., Any]] = {}
result_types: dict[str, type] = {}  # the named tuples, by op


class Op:
    """What an op is: its body, its gradient rules, its kernels, and plans made from them."""

    def __init__(self, body: Callable[..., Any], grad: Mapping[Any, Rule], promote: str,
                 promoted: tuple[str, ...] | None, outputs: tuple[str, ...], named: bool,
                 differentiable: int | None, view: bool, complex_rules: bool, grad_name: str | None,
                 partial: bool, batches: bool, scalars: tuple[str, ...], layout: Any) -> None:
        self.name = body.__name__.strip("_")
        self.body = positional(body)
        self.family = body.__module__.rpartition(".")[2]
        self.kernels: dict[str, list[Callable[..., Any]]] = {}
        self.compute: Callable[..., Any]  # the kernels, or else the body, on arrays
        reconsider(self)
        self.rules = dict(grad)
        self.promotes = promote != NONE
        self.promote = promote
        self.outputs = outputs
        self.differentiable = len(outputs) if differentiable is None else differentiable
        self.view = view
        self.complex_rules = complex_rules
        self.partial = partial
        self.batches = batches
        self.layout = as_operands if layout is None and self.promotes else layout
        self._grad_name = grad_name
        self.parameters, self.defaults, self.keywords_from = parameters_of(body)
        self.positional = self.parameters[:self.keywords_from]
        annotations = body.__annotations__
        self.tensors = tuple("Tensor" in str(annotations.get(name, "")) for name in self.parameters)
        self.strict = sum(1 << i for i, name in enumerate(self.parameters) if annotations.get(name) == "Tensor")
        self.promoted = self._positions(promoted)
        self.scalars = self._positions(scalars)
        self.sequence = next((i for i, name in enumerate(self.parameters)
                              if str(annotations.get(name, "")).startswith("Sequence[Tensor")), None)
        self.plans: dict[Any, Plan | None] = {}
        self.result = named_result(self.name, outputs) if named else tuple

    def _positions(self, promoted: tuple[str, ...] | None) -> frozenset[int]:
        names = self.parameters if promoted is None else promoted
        return frozenset(i for i, name in enumerate(self.parameters) if name in names and self.tensors[i])

    @property
    def grad_name(self) -> str:
        """What PyTorch prints as the grad_fn."""
        return self._grad_name or "".join(word.capitalize() for word in self.name.split("_")) + "Backward0"

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Put keyword arguments and defaults in the order of the parameters."""
        given = len(args)
        if given > self.keywords_from:
            raise TypeError(f"{self.name}() takes {self.keywords_from} positional arguments but {given} were given; "
                            f"its parameters are ({', '.join(self.parameters)})")
        rest = self.parameters[given:]
        if kwargs:
            unknown = kwargs.keys() - set(rest)
            if unknown:
                raise TypeError(self._refusal(min(unknown), given))
        try:
            return (*args, *[kwargs[name] if name in kwargs else self.defaults[name] for name in rest])
        except KeyError as missing:
            raise TypeError(f"{self.name}() missing required argument {missing}; "
                            f"its parameters are ({', '.join(self.parameters)})") from None

    def gathered(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments as they were given: on the road, the members of a sequence are arguments like any other."""
        if self.sequence is None:
            return args
        at, after = self.sequence, len(args) - (len(self.parameters) - self.sequence - 1)
        return (*args[:at], args[at:after], *args[after:])

    def _refusal(self, name: str, given: int) -> str:
        if name in self.parameters[:given]:
            return f"{self.name}() got multiple values for argument {name!r}"
        return (f"{self.name}() got an unexpected keyword argument {name!r}; "
                f"its parameters are ({', '.join(self.parameters)})")

    def plan(self, mask: int, spread: int) -> Plan | None:
        """How to record this op when the arguments in `mask` need gradients; None when no rule would run."""
        key = (mask, spread) if spread else mask
        try:
            return self.plans[key]
        except KeyError:
            return self.plans.setdefault(key, Plan.of(self, mask, spread))


def parameters_of(function: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], int]:
    """Return parameter names, defaults, and how many may be given by position (`inspect` would cost 20 µs an op)."""
    code = function.__code__
    names = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    positional = names[:code.co_argcount]
    values = function.__defaults__ or ()
    defaults = dict(zip(positional[len(positional) - len(values):], values, strict=True))
    return names, defaults | (function.__kwdefaults__ or {}), code.co_argcount


def positional(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` taking its keyword-only parameters by position too, as the road hands them over."""
    code = function.__code__
    if not code.co_kwonlyargcount:
        return function
    code = code.replace(co_argcount=code.co_argcount + code.co_kwonlyargcount, co_kwonlyargcount=0)
    closure = function.__closure__
    return FunctionType(code, function.__globals__, function.__name__, None, closure)


def named_result(name: str, fields: tuple[str, ...]) -> Any:
    """Make PyTorch's kind of result, a tuple whose parts have names, and return what makes one of an iterable."""
    from collections import namedtuple

    kind = type(name, (namedtuple(name, fields),), {"__slots__": (), "__repr__": _result_in_lines})
    kind.__module__ = "torch.return_types"
    result_types[name] = kind
    return kind._make  # type: ignore[attr-defined]


def _result_in_lines(result: Any) -> str:
    """Print a named result as PyTorch does, a part to a line."""
    parts = ",\n".join(f"{name}={part!r}" for name, part in zip(result._fields, result, strict=True))
    return f"torch.return_types.{type(result).__name__}(\n{parts})"


def op(*, grad: Mapping[Any, Rule] | None = None, promote: str = NONE, promoted: tuple[str, ...] | None = None,
       outputs: tuple[str, ...] = (), named: bool = False, differentiable: int | None = None, view: bool = False,
       complex_rules: bool = False, grad_name: str | None = None, partial: bool = False,
       batches: bool = False, scalars: tuple[str, ...] = (), layout: Any = None) -> Callable[[F], F]:
    """Declare an op: the decorated function computes it on arrays, `grad` has a rule for each differentiable argument.

    A rule's parameter names say what it needs: `g`, `out` (or `out_if_kept`, None if it was written to
    since), any argument, any extra output, `<argument>_shape`, `needs`.
    A key may name several arguments that share one rule. With `partial`, a rule is given None, not zeros, as the gradient of
    an output that nobody used. With `batches`, the body takes the batches of `vmap` itself. A number
    given for one of `scalars` stays a number also beside integers: the body says whether it fits them.
    `layout`: how results lie in memory where operands are views (dispatch/layout.py).
    See CONTRIBUTING.md for a walk through one declaration.
    """
    def declare(body: F) -> F:
        info = Op(body, grad or {}, promote, promoted, outputs, named, differentiable, view, complex_rules, grad_name,
                  partial, batches, scalars, layout)
        registry[f"{info.family}.{info.name}"] = info
        return public_function(info, body)

    return declare


def find(name: str) -> Op:
    """Return an op by its family and name, as in "shape.expand". The family is imported when it is first asked for."""
    if name not in registry:
        importlib.import_module(f"flambeau.ops.{name.partition('.')[0]}")
    return registry[name]


def public_function(info: Op, declared: Callable[..., Any], guards: bool = False) -> Any:
    """Return what is called, with the signature that was declared. What users get `guards`: its calls can be taken."""
    apply, with_sequence, sequence = road.apply, road.apply_to_sequence, info.sequence
    full = len(info.parameters) if info.keywords_from == len(info.parameters) else -1  # -1: some must be named

    @functools.wraps(declared)
    def call(*args: Any, **kwargs: Any) -> Any:
        if overriding.users and guards:
            heard = overriding.asked(call, args, kwargs)
            if heard is not overriding.UNHEARD:
                return heard
        given = args
        try:
            if kwargs or len(args) != full:
                if "out" in kwargs and "out" not in info.parameters:
                    return _into(call, args, **kwargs)
                args = info.bind(args, kwargs)
            return apply(info, args) if sequence is None else with_sequence(info, args)
        except Exception as error:
            if kwargs and (kwargs_of_ours := renamed(info.name, kwargs)) is not None:
                return call(*given, **kwargs_of_ours)
            return overriding.rescued(call, given, kwargs, error)

    call.op, call.guards = info, guards  # type: ignore[attr-defined]
    overriding.makers[call] = functools.partial(public_function, info, declared, True)
    return call


def _into(call: Any, args: tuple[Any, ...], *, out: Any, **kwargs: Any) -> Any:
    from flambeau.dispatch.outs import into

    return into(out, call, args, kwargs)


def composite(function: F) -> F:
    """Register a function written with ops, so that it is tested from its samples and takes `out=` as ops do."""
    call = _composite(function)
    composites[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = call
    return call  # same signature, by wraps


def _composite(function: Callable[..., Any], guards: bool = False) -> Any:
    name = function.__name__

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if overriding.users and guards:
            heard = overriding.asked(call, args, kwargs)
            if heard is not overriding.UNHEARD:
                return heard
        try:
            if listeners.count:
                args, kwargs = casting.recast_call(name, args, kwargs)
            return _into(function, args, **kwargs) if "out" in kwargs else function(*args, **kwargs)
        except Exception as error:
            if kwargs and (kwargs_of_ours := renamed(name, kwargs)) is not None:
                return call(*args, **kwargs_of_ours)
            if isinstance(error, AttributeError) and not any(map(overriding.is_stranger, args)):
                refuse_others(function, args, error)
            return overriding.rescued(call, args, kwargs, error)

    call.guards = guards  # type: ignore[attr-defined]
    overriding.makers[call] = functools.partial(_composite, function, True)
    return call
