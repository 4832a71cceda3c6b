"""Formulas by the classes of the two distributions, and how the one that serves is found."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flambeau.distributions.distribution import Distribution

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Formula = Callable[[Any, Any], Any]

_KL_REGISTRY: dict[tuple[type, type], Formula] = {}
_found: dict[tuple[type, type], Formula] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Formula], Formula]:
    """Return a decorator that registers a function of two distributions of these classes, and of their subclasses."""
    for name, kind in (("type_p", type_p), ("type_q", type_q)):
        if not isinstance(kind, type) or not issubclass(kind, Distribution):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def decorator(formula: Formula) -> Formula:
        _KL_REGISTRY[type_p, type_q] = formula
        _found.clear()
        return formula

    return decorator


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """Return how much a draw from `p` tells on average, for `p` and against `q`: E[log p(x) - log q(x)].

    Raises NotImplementedError where no formula is registered.
    """
    kinds = type(p), type(q)
    if kinds not in _found:
        _found[kinds] = _nearest(*kinds)
    return _found[kinds](p, q)


def _nearest(kind_p: type, kind_q: type) -> Formula:
    """Return the formula of the nearest classes; warn where the nearest for p is not the nearest for q."""
    fitting = [kinds for kinds in _KL_REGISTRY if issubclass(kind_p, kinds[0]) and issubclass(kind_q, kinds[1])]
    if not fitting:
        raise NotImplementedError(f"No KL(p || q) is implemented for p type {kind_p.__name__} and q type "
                                  f"{kind_q.__name__}; write one and register it with register_kl")

    def steps(kinds: tuple[type, type]) -> tuple[int, int]:
        return kind_p.__mro__.index(kinds[0]), kind_q.__mro__.index(kinds[1])

    by_p = min(fitting, key=steps)
    by_q = min(fitting, key=lambda kinds: steps(kinds)[::-1])
    if _KL_REGISTRY[by_p] is not _KL_REGISTRY[by_q]:
        warnings.warn(f"Ambiguous kl_divergence({kind_p.__name__}, {kind_q.__name__}). "
                      f"Please register_kl({by_p[0].__name__}, {by_q[1].__name__})", RuntimeWarning, stacklevel=3)
    return _KL_REGISTRY[by_p]
