"""A user's `Function` inside of `vmap`: its own `vmap` method, where it has one, does the forward for all examples."""
from __future__ import annotations

from typing import Any, NamedTuple

from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.batching import border
from flambeau.dispatch.batching.array import BatchedArray, Level, batched
from flambeau.dispatch.batching.chance import inside, running
from flambeau.utils._pytree import broadcast_prefix, tree_flatten, tree_unflatten


class VmapInfo(NamedTuple):
    """What a function's `vmap` is told of the `vmap` that it is in."""

    batch_size: int
    randomness: str


def lifted(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Let the examples share tensors from outside that need gradients."""
    return border.lifted(args) or args


def forward(function: Any, args: tuple[Any, ...]) -> Any:
    """Call the forward, or the function's `vmap` on the tensors of all examples where an argument is a batch.

    Without a `vmap` the forward sees one example, as everything does inside of `vmap`.
    """
    leaves, spec = tree_flatten(args)
    levels = [level for leaf in leaves for level in border.levels_of(getattr(leaf, "_array", None))]
    if not levels or not function._has_vmap():
        return function.forward(*args)
    level = max(levels, key=lambda level: level.number)
    dims = [0 if _is_batch(leaf, level) and leaf._array.varies else None for leaf in leaves]
    whole = [wrap(leaf._array.value) if _is_batch(leaf, level) else leaf for leaf in leaves]
    with inside([other for other in running.levels if other is not level]):
        answer = function.vmap(VmapInfo(level.size, level.randomness), tuple(tree_unflatten(dims, spec)),
                               *tree_unflatten(whole, spec))
    known = {id(new): old for new, old, dim in zip(whole, leaves, dims, strict=True) if dim == 0}
    return _of_examples(function, answer, level, known)


def _is_batch(leaf: Any, level: Level) -> bool:
    array = getattr(leaf, "_array", None)
    return isinstance(array, BatchedArray) and array.level is level


def _of_examples(function: Any, answer: Any, level: Level, known: dict[int, Any]) -> Any:
    """What a function's `vmap` returned, as the examples see it. What was written to in place is still the argument."""
    if not isinstance(answer, tuple) or len(answer) != 2:
        found = f"{len(answer)} values" if isinstance(answer, tuple) else f"a {type(answer)}"
        raise RuntimeError(f"Expected the vmap staticmethod of {function.__name__} to have two returns, an output and out_dims "
                           f"with pytree structure compatible with the output. Got {found} instead")
    outputs, out_dims = answer
    leaves, spec = tree_flatten(outputs)
    dims = broadcast_prefix(out_dims, spec)
    if dims is None:
        raise RuntimeError(f"the vmap staticmethod of {function.__name__} returned an incompatible (output, out_dims) tuple: "
                           f"out_dims has structure {tree_flatten(out_dims)[1]}, output {spec}")
    return tree_unflatten([_of_example(leaf, dim, level, known) for leaf, dim in zip(leaves, dims, strict=True)], spec)


def _of_example(leaf: Any, dim: int | None, level: Level, known: dict[int, Any]) -> Any:
    if not isinstance(leaf, TensorBase) or dim is None:
        return leaf
    if dim == 0 and id(leaf) in known:
        return known[id(leaf)]
    array = leaf._array
    return wrap(batched(level, border.moved(array, dim % array.ndim, 0), varies=True))
