"""Forward mode: `jvp` and `linearize`.

The gradient of a function is linear in the weights of its outputs. Differentiating it by those weights turns it around: what
took gradients from the outputs to the inputs takes tangents from the inputs to the outputs. So the rules for going back are
all that forward mode needs.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flambeau import autograd
from flambeau.autograd.mode import enable_grad, is_grad_enabled
from flambeau.core.tensor import TensorBase
from flambeau.func.following import Followed
from flambeau.func.gradients import checked_inputs, checked_outputs, parted, tree_settled
from flambeau.utils._pytree import tree_flatten, tree_unflatten


class Pushforward:
    """A function at one point: its outputs, and `push`, which takes tangents of its inputs to those of its outputs."""

    def __init__(self, outputs: Sequence[Any], followed: Followed) -> None:
        self.outputs, self.followed = list(outputs), followed
        self.ways = [i for i, output in enumerate(outputs) if output._requires_grad]
        self.weights: list[Any] = []
        self.slopes: list[Any] = []
        if self.ways:
            self._turn()

    def _turn(self) -> None:
        """Record the gradients of the inputs as a function of weights that are yet to come."""
        with enable_grad():
            self._weights = Followed([self.outputs[i].detach().new_zeros(self.outputs[i].shape) for i in self.ways])
            self.weights = self._weights.goals
            self.slopes = list(autograd.grad([self.outputs[i] for i in self.ways], self.followed.goals, self.weights,
                                             create_graph=True, allow_unused=True))

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """Return the outputs' tangents; zeros for an output that does not depend on the inputs."""
        found: list[Any] = [None] * len(self.outputs)
        pairs = [(slope, tangent) for slope, tangent in zip(self.slopes, tangents, strict=False)
                 if slope is not None and slope._requires_grad]
        if pairs:
            create = is_grad_enabled() and not self._is_all_of([pair[0] for pair in pairs], [pair[1] for pair in pairs])
            pushed = autograd.grad([slope for slope, _ in pairs], self.weights, [tangent for _, tangent in pairs],
                                   retain_graph=True, create_graph=create, allow_unused=True)
            for i, part in zip(self.ways, pushed, strict=True):
                found[i] = part if create or part is None else part.detach()
        return [output.new_zeros(output.shape) if part is None else part
                for part, output in zip(found, self.outputs, strict=True)]

    def _is_all_of(self, slopes: list[Any], tangents: list[Any]) -> bool:
        both = Followed([])
        both.hidden = self.followed.hidden | self._weights.hidden
        return both.is_all_of([*slopes, *tangents])

    def shown(self) -> list[Any]:
        """The outputs as a user gets them."""
        return self.followed.settled(self.outputs)


def jvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, strict: bool = False,
        has_aux: bool = False) -> Any:
    """Return `func(*primals)` and how it changes when the primals change by the tangents, to first order.

    With `has_aux`, `func` returns (result, other results), and these come third. With `strict`, an output that does not
    depend on the primals is an error instead of having zeros.
    Raises RuntimeError where tangents are not shaped like the primals or `func` does not return tensors.
    """
    flat, spec = tree_flatten(_tuple(primals, "primals"))
    given, other = tree_flatten(_tuple(tangents, "tangents"))
    if spec != other:
        raise RuntimeError("jvp(f, primals, tangents): Expected primals and tangents to have the same python structure. For "
                           f"example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure "
                           f"{spec} and tangents with structure {other}")
    _check_tangents(flat, given)
    push, out_spec, aux = _followed(func, flat, spec, has_aux, "jvp(f, primals, tangents)")
    if strict and len(push.ways) < len(push.outputs):
        raise RuntimeError("jvp(f, primals, tangents, strict=True): The output of f is independent of the primals: this is not "
                           "allowed with strict=True")
    results = tree_unflatten(push.shown(), out_spec), tree_unflatten(push.push(given), out_spec)
    return (*results, tree_settled(aux, push.followed)) if has_aux else results


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """Return `func(*primals)` and the function that takes tangents of the primals to those of the result.

    `func` is called once, however many tangents follow.
    """
    flat, spec = tree_flatten(primals)
    push, out_spec, _ = _followed(func, flat, spec, False, "linearize(f, *primals)")

    def pushed(*tangents: Any) -> Any:
        given, other = tree_flatten(tangents)
        if other != spec:
            raise RuntimeError(f"linearize: expected tangents with the structure of the primals, {spec}, but got {other}")
        _check_tangents(flat, given)
        return tree_unflatten(push.push(given), out_spec)

    return tree_unflatten(push.shown(), out_spec), pushed


def _followed(func: Callable[..., Any], flat: list[Any], spec: Any, has_aux: bool, where: str) -> tuple[Pushforward, Any, Any]:
    with enable_grad():
        followed = Followed(checked_inputs(flat, where))
        results = func(*tree_unflatten(followed.tensors, spec))
        results, aux = parted(results, where) if has_aux else (results, None)
    outputs, out_spec = tree_flatten(results)
    checked_outputs(outputs, where)
    return Pushforward(outputs, followed), out_spec, aux


def _tuple(values: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(values, tuple) or not values:
        raise RuntimeError(f"jvp(f, primals, tangents): Expected {name} to be a tuple of at least one tensor. E.g. it should "
                           f"be valid to call f(*primals). Got {type(values).__name__}")
    return values


def _check_tangents(primals: list[Any], tangents: list[Any]) -> None:
    for primal, tangent in zip(primals, tangents, strict=True):
        if not isinstance(tangent, TensorBase) or tangent.shape != primal.shape:
            raise RuntimeError(f"jvp(f, primals, tangents): expected a tangent of shape {list(primal.shape)}, like its primal, "
                               f"but got {list(tangent.shape) if isinstance(tangent, TensorBase) else type(tangent).__name__}")
