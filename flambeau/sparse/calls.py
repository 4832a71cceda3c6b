"""Public functions that are called with a sparse tensor: who answers them. What nobody answers is refused."""
from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.dispatch.overriding import DisableTorchFunctionSubclass
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of

# Which module here answers which functions. In-place forms and `out=` follow from these.
ANSWERS = {
    "arithmetic": "add sub subtract rsub __rsub__ mul multiply div divide true_divide floor_divide __floordiv__ pow __pow__",
    "filling": "zeros_like empty_like ones_like full_like fill zero any norm",
    "masking": "sparse_mask copy",
    "products": "mm matmul mv addmm addmv bmm linear __rmatmul__",
    "reshaping": "t transpose swapaxes swapdims permute unsqueeze select unbind __getitem__ cat concat concatenate stack "
                 "index_select narrow_copy",
    "sums": "sum",
}
# Functions of one tensor that are zero where it is: they are applied to its values.
_KEEPING_ZERO = (
    "abs absolute alpha_dropout angle arcsin arcsinh arctan arctanh asin asinh atan atanh ceil conj conj_physical deg2rad "
    "dropout erf erfinv expm1 feature_dropout fix floor frac isinf isnan isneginf isposinf log1p nan_to_num neg negative "
    "positive rad2deg relu resolve_conj resolve_neg round sgn sign signbit sin sinh sqrt square tan tanh trunc")
KEEPING_ZERO = frozenset(_KEEPING_ZERO.split())
# Functions that look at nothing but attributes.
LOOKING = frozenset({"get_device", "is_inference", "is_nonzero", "is_signed", "numel", "result_type", "type_as"})


def answer(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call what answers `func` where a sparse tensor is among the arguments.

    Raises NotImplementedError where nothing does.
    """
    name = getattr(func, "__name__", "")
    if _looks_for_itself(func, name):
        with DisableTorchFunctionSubclass():
            return func(*args, **kwargs)
    return by_name(func, name, args, kwargs)


def by_name(func: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call what answers the function of that name, or `func` on the values."""
    if kwargs.get("out") is not None:
        return _into(func, name, args, **kwargs)
    found = _own_method(name, args) or _from_table(name)
    if found is not None:
        return found(*args, **kwargs)
    if name in KEEPING_ZERO and args and isinstance(args[0], RefusingMethods):
        return on_values(func, name, *args, **kwargs)
    if name.endswith("_") and not name.startswith("_") and args:
        return in_place(name[:-1], args, kwargs)
    raise _refusal(name, (*args, *kwargs.values()))


def _looks_for_itself(func: Any, name: str) -> bool:
    """Say whether a function is none of ours, or asks tensors for nothing but attributes."""
    is_attribute = isinstance(getattr(func, "__self__", None), property)
    return name in LOOKING or is_attribute or not getattr(func, "guards", False) and not name.startswith("__")


def _own_method(name: str, args: tuple[Any, ...]) -> Any:
    """Return the method that sparse tensors have in place of the plain tensor's, if they do."""
    kind: Any = type(args[0]) if args else None
    if args and isinstance(args[0], RefusingMethods) and name in _own_names(kind):
        return getattr(kind, name)
    return None


@functools.cache
def _own_names(kind: type) -> frozenset[str]:
    ours = [base for base in kind.__mro__ if issubclass(base, RefusingMethods)]
    return frozenset(name for base in ours for name, value in vars(base).items() if callable(value))


@functools.cache
def _from_table(name: str) -> Any:
    module = next((module for module, names in ANSWERS.items() if name in names.split()), None)
    if module is None:
        return None
    return getattr(importlib.import_module(f"flambeau.sparse.{module}"), name)


def on_values(func: Callable[..., Any], name: str, input: Any, *args: Any, **kwargs: Any) -> Any:
    """Apply a function to the values; those of one place are added up before, unless it comes to the same."""
    if name not in _LINEAR and input.is_sparse:
        input = input.coalesce()
    return input._rebuilt(func(input._entries, *args, **kwargs))


# Of these, those that give the same before values of one place are added up and after.
_LINEAR = frozenset({"conj", "conj_physical", "deg2rad", "neg", "negative", "positive", "rad2deg", "resolve_conj",
                     "resolve_neg"})


def in_place(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute a result and have it take the place of the first argument."""
    from flambeau.sparse.overwriting import overwrite

    if _from_table(name) is None and name not in KEEPING_ZERO:
        raise _refusal(f"{name}_", (*args, *kwargs.values()))
    func: Any = getattr(TensorBase._public, name, None)
    return overwrite(args[0], lambda: by_name(func, name, args, kwargs), f"{name}_")


def _into(func: Callable[..., Any], name: str, args: tuple[Any, ...], out: Any, **kwargs: Any) -> Any:
    """Compute a result and put it in `out`."""
    from flambeau.sparse.overwriting import put

    return put(out, func(*args, **kwargs), name)


def _refusal(name: str, values: tuple[Any, ...]) -> NotImplementedError:
    kinds = [kind_of(value) for value in values if isinstance(value, TensorBase)]
    kinds += [kind_of(member) for value in values if isinstance(value, list | tuple) for member in value
              if isinstance(member, TensorBase)]
    return NotImplementedError(f"Could not run '{name}' with tensors of layout {', '.join(kinds)}: it is not implemented "
                               "for sparse tensors. Use to_dense() first, or call it on the values()")
