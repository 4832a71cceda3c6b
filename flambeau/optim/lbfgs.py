"""L-BFGS."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import QUIET, SILENT, Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.tensor import TensorBase, wrap
from flambeau.optim.checks import check_lr
from flambeau.optim.groups import Group, State
from flambeau.optim.line_search import Point, strong_wolfe
from flambeau.optim.optimizer import Closure, Optimizer, Params, evaluate


class LBFGS(Optimizer):
    """A quasi-Newton method for full batches: one step calls the closure up to `max_eval` times (Nocedal 1980).

    It remembers the last `history_size` moves. A step ends after `max_iter` moves, or where the gradient is below
    `tolerance_grad` or the progress below `tolerance_change`. `line_search_fn` is "strong_wolfe" or None. There is one
    group of parameters only. Half types are remembered in float32.
    """

    def __init__(self, params: Params, lr: Any = 1, max_iter: int = 20, max_eval: int | None = None,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
                 line_search_fn: str | None = None) -> None:
        check_lr(lr)
        super().__init__(params, {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        })
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Closure) -> Any:  # type: ignore[override]  # this one cannot do without
        """Minimize along a few directions; `closure` computes the loss and the gradients anew. Returns the first loss."""
        quiet = QUIET.set(SILENT)
        try:
            return self._minimize(closure)
        finally:
            QUIET.reset(quiet)

    def _minimize(self, closure: Closure) -> Any:
        group = self.param_groups[0]
        state = self.state[group["params"][0]]  # PyTorch keeps everything with the first parameter
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = evaluate(closure)
        here = Point(0, float(first_loss), self._gradient(), None)
        state["func_evals"] += 1
        if _largest(here.grad) <= group["tolerance_grad"]:
            return first_loss
        memory = _Memory(state, group["history_size"])
        self._descend(closure, here, memory, group, state)
        memory.save(state)
        return first_loss

    def _descend(self, closure: Closure, here: Point, memory: _Memory, group: Group, state: State) -> None:
        """Move until an end is reached."""
        evaluations = 1
        for moves in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            is_first = state["n_iter"] == 1
            direction = memory.direction(here.grad, is_first)
            memory.previous_loss, memory.previous_grad = here.loss, here.grad.copy()
            shrink = min(1.0, 1.0 / _sum_of_sizes(here.grad)) if is_first else 1
            memory.t = shrink * _number(group["lr"])
            here = here._replace(t=0, slope=_dot(here.grad, direction))
            if here.slope > -group["tolerance_change"]:
                return
            is_last = moves == group["max_iter"]
            here, visited = self._move(closure, here, memory, group["line_search_fn"],
                                       group["max_eval"] - evaluations, is_last)
            evaluations += visited
            state["func_evals"] += visited
            if is_last or evaluations >= group["max_eval"] or _largest(here.grad) <= group["tolerance_grad"]:
                return
            if _largest(direction * memory.t) <= group["tolerance_change"]:
                return
            if abs(here.loss - memory.previous_loss) < group["tolerance_change"]:
                return

    def _move(self, closure: Closure, here: Point, memory: _Memory, line_search_fn: str | None, most: int,
              is_last: bool) -> tuple[Point, int]:
        """Go along the direction; return where that led, and how often the closure was called."""
        direction = memory.direction_taken
        if line_search_fn is not None:
            if line_search_fn != "strong_wolfe":
                raise RuntimeError(f"only 'strong_wolfe' is supported, not {line_search_fn!r}")
            found, visited = strong_wolfe(lambda t: self._visit(closure, t, direction), here, memory.t,
                                          _largest(direction), most)
            memory.t = found.t
            self._add(found.t, direction)
            return found, visited
        self._add(memory.t, direction)
        if is_last:  # nobody will look at the gradient there
            return here, 0
        return Point(0, float(evaluate(closure)), self._gradient(), None), 1

    def _visit(self, closure: Closure, t: Any, direction: Array) -> Point:
        """Evaluate at a place on the line, and come back."""
        arrays = [param._array for param in self.param_groups[0]["params"]]
        before = [array.copy() for array in arrays]
        self._add(t, direction)
        loss, grad = float(evaluate(closure)), self._gradient()
        for array, values in zip(arrays, before, strict=True):
            array[...] = values
        return Point(t, loss, grad, _dot(grad, direction))

    def _gradient(self) -> Array:
        """Return all gradients as one vector; complex numbers count as two."""
        params = self.param_groups[0]["params"]
        xp = namespace_of(params[0]._array)
        return xp.concatenate([_flat(xp.zeros_like(param._array) if param._grad is None else param._grad._array)
                               for param in params])

    def _add(self, t: Any, direction: Array) -> None:
        """Move all parameters `t` along the direction."""
        start = 0
        for param in self.param_groups[0]["params"]:
            array = param._array
            size = array.size * (2 if array.dtype.kind == "c" else 1)
            move = direction[start:start + size] * float(t)
            array += (move.view(array.dtype) if array.dtype.kind == "c" else move).reshape(array.shape).astype(array.dtype)
            param._storage.bump("LBFGS.step")
            start += size


class _Memory:
    """The last moves and what they did to the gradient, from which the curvature is estimated."""

    def __init__(self, state: State, size: int) -> None:
        self.size = size
        self.grad_changes = [change._array for change in state.get("old_dirs") or []]
        self.moves = [move._array for move in state.get("old_stps") or []]
        self.inverses = list(map(_number, state.get("ro") or []))  # of the products of each move and change
        self.scale = _number(state.get("H_diag", 1))
        self.t = _number(state.get("t"))
        self.direction_taken = _array_in(state, "d")
        self.previous_grad = _array_in(state, "prev_flat_grad")
        self.previous_loss = state.get("prev_loss", 0.0)
        self.shares: list[Any] | None = [_number(share) for share in state["al"]] if "al" in state else None

    def save(self, state: State) -> None:
        """Put everything into `state` under PyTorch's names, and as PyTorch's kinds of number."""
        if self.shares is not None:
            state["al"] = list(map(self._kept, self.shares))
        state.update(
            d=wrap(self.direction_taken), t=self._kept(self.t), old_dirs=[wrap(change) for change in self.grad_changes],
            old_stps=[wrap(move) for move in self.moves], ro=list(map(self._kept, self.inverses)),
            H_diag=self._kept(self.scale), prev_flat_grad=wrap(self.previous_grad), prev_loss=self.previous_loss,
        )

    def _kept(self, value: Any) -> Any:
        """What was computed with the vectors' dtype is a tensor there; what was given as a number stays one."""
        return wrap(namespace_of(self.direction_taken).asarray(value)) if hasattr(value, "dtype") else value

    def direction(self, grad: Array, is_first: bool) -> Array:
        """Return the direction to go: down the gradient, turned and scaled by the estimated curvature."""
        if is_first:
            self.grad_changes, self.moves, self.inverses, self.scale = [], [], [], 1
            self.direction_taken = -grad
        else:
            self._learn(grad - self.previous_grad, self.direction_taken * self.t)
            self.direction_taken = self._turned(-grad)
        return self.direction_taken

    def _learn(self, grad_change: Array, move: Array) -> None:
        product = _dot(grad_change, move)
        if product <= 1e-10:  # no positive curvature to learn from
            return
        if len(self.moves) == self.size:
            for oldest_first in (self.grad_changes, self.moves, self.inverses):
                oldest_first.pop(0)
        self.grad_changes.append(grad_change)
        self.moves.append(move)
        self.inverses.append(1.0 / product)
        self.scale = product / _dot(grad_change, grad_change)

    def _turned(self, direction: Array) -> Array:
        """Multiply by the inverse of the estimated curvature: the two loops over the history, back and forth."""
        history = list(zip(self.grad_changes, self.moves, self.inverses, strict=True))
        shares = [0.0] * len(history)
        for place, (grad_change, move, inverse) in reversed(list(enumerate(history))):
            shares[place] = _dot(move, direction) * inverse
            direction = direction - grad_change * shares[place]
        direction = direction * self.scale
        for share, (grad_change, move, inverse) in zip(shares, history, strict=True):
            direction = direction + move * (share - _dot(grad_change, direction) * inverse)
        self.shares = [*shares, *[None] * (self.size - len(shares))]
        return direction


def _number(value: Any) -> Any:
    """Return a number of the tensor's own dtype, whose arithmetic then rounds as PyTorch's."""
    return value._array.dtype.type(value.item()) if isinstance(value, TensorBase) else value


def _array_in(state: State, name: str) -> Any:
    return state[name]._array if name in state else None


def _flat(array: Array) -> Array:
    if array.dtype in HALVES:
        array = array.astype("f4")
    flat = array.reshape(-1)
    return flat.view(array.real.dtype) if array.dtype.kind == "c" else flat


def _dot(one: Array, other: Array) -> Any:
    """Return the product as a number of the vectors' own dtype, whose arithmetic then rounds as theirs."""
    return one.dtype.type(float(namespace_of(one).dot(one, other)))


def _largest(vector: Array) -> float:
    return float(abs(vector).max())


def _sum_of_sizes(vector: Array) -> Any:
    return vector.dtype.type(float(abs(vector).sum()))
