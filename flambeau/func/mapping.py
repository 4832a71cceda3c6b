"""`vmap`: a function of one example, called on many at once."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flambeau.autograd.function import batches
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import batching
from flambeau.dispatch.batching.array import Level
from flambeau.dispatch.batching.border import enter, leave
from flambeau.dispatch.batching.chance import inside, running
from flambeau.func import user_functions
from flambeau.utils._pytree import TreeSpec, broadcast_prefix, tree_flatten, tree_unflatten

Dims = Any  # an int, None, or containers of them


def vmap(func: Callable[..., Any], in_dims: Dims = 0, out_dims: Dims = 0, randomness: str = "error", *,
         chunk_size: int | None = None) -> Callable[..., Any]:
    """Return a function that calls `func` for each example of its arguments, all at once.

    `in_dims` says along which dim of each argument the examples lie, None for what they share: one number for all, or
    containers like the arguments. `out_dims` says where they go in the results. Keyword arguments are shared.
    `randomness`: "error", "same" for all examples, "different" for each. At most `chunk_size` examples run at once.

    Raises ValueError where `in_dims` or `out_dims` do not fit, and RuntimeError for other values of `randomness`.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        leaves, dims, spec, size = _examples(func, in_dims, args)
        step = chunk_size or max(size, 1)
        if step >= size:
            return _run(func, leaves, dims, spec, size, out_dims, randomness, kwargs)
        parts = []
        for start in range(0, size, step):
            some = [leaf if dim is None else leaf.narrow(dim, start, min(step, size - start))
                    for leaf, dim in zip(leaves, dims, strict=True)]
            parts.append(_run(func, some, dims, spec, min(step, size - start), out_dims, randomness, kwargs))
        return _joined(parts, out_dims)

    return call


def _named(func: Any) -> str:
    return getattr(func, "__name__", None) or repr(func)


def _examples(func: Any, in_dims: Dims, args: tuple[Any, ...]) -> tuple[list[Any], list[Any], TreeSpec, int]:
    """Return the arguments' leaves, the dim of each along which the examples lie, their structure, and how many there are."""
    where = f"vmap({_named(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, int | tuple | list):
        raise ValueError(f"{where}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of "
                         f"inputs, got: {type(in_dims)}.")
    if not args:
        raise ValueError(f"vmap({_named(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to "
                         "vmap over a function with no inputs. The latter is unsupported.")
    leaves, spec = tree_flatten(args)
    dims = broadcast_prefix(tuple(in_dims) if isinstance(in_dims, list) else in_dims, spec)
    if dims is None:
        raise ValueError(f"{where}: in_dims is not compatible with the structure of `inputs`. in_dims has structure "
                         f"{tree_flatten(in_dims)[1]} but inputs has structure {spec}.")
    dims = [_checked(where, leaf, dim) for leaf, dim in zip(leaves, dims, strict=True)]
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError(f"{where}: got no examples: in_dims has None for every argument. Give at least one of them a dim")
    if len(set(sizes)) > 1:
        raise ValueError(f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
                         "mapped dimension")
    return leaves, dims, spec, sizes[0]


def _checked(where: str, leaf: Any, dim: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(f"{where}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None.")
    if not isinstance(leaf, TensorBase):
        raise ValueError(f"{where}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
                         "non-Tensor arguments, please use None as the respective in_dim")
    ndim = leaf._array.ndim
    if not -ndim <= dim < ndim:
        raise ValueError(f"{where}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {ndim} so "
                         f"expected in_dim to satisfy -{ndim} <= in_dim < {ndim}.")
    return dim % ndim


def _run(func: Any, leaves: list[Any], dims: list[Any], spec: TreeSpec, size: int, out_dims: Dims, randomness: str,
         kwargs: dict[str, Any]) -> Any:
    batching.used, batches.lifted, batches.forward = True, user_functions.lifted, user_functions.forward
    level = Level(size, randomness)
    inputs = [leaf if dim is None else enter(leaf, level, dim) for leaf, dim in zip(leaves, dims, strict=True)]
    with inside([*running.levels, level]):
        results = func(*tree_unflatten(inputs, spec), **kwargs)
    return _results(func, results, out_dims, level)


def _results(func: Any, results: Any, out_dims: Dims, level: Level) -> Any:
    leaves, spec = tree_flatten(results)
    for leaf in leaves:
        if not isinstance(leaf, TensorBase):
            raise ValueError(f"vmap({_named(func)}, ...): `{_named(func)}` must only return Tensors, got type {type(leaf)} as "
                             "a return.")
    dims = broadcast_prefix(out_dims, spec)
    if dims is None and isinstance(out_dims, tuple) and len(out_dims) == 1 and spec.is_leaf():
        dims = list(out_dims)
    if dims is None:
        raise ValueError(f"vmap({_named(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the "
                         f"structure of `outputs`. out_dims has structure {tree_flatten(out_dims)[1]} but outputs has "
                         f"structure {spec}.")
    return tree_unflatten([_left(leaf, dim, level) for leaf, dim in zip(leaves, dims, strict=True)], spec)


def _left(leaf: Any, dim: Any, level: Level) -> Any:
    if dim is None:
        if getattr(leaf._array, "level", None) is level and leaf._array.varies:
            raise ValueError("vmap: a result has other values for each example, but out_dims says None for it: give it a dim")
        return leave(leaf, level, 0)[0] if getattr(leaf._array, "level", None) is level else leaf
    ndim = leaf._array.ndim + 1
    if not isinstance(dim, int) or not -ndim <= dim < ndim:
        raise IndexError(f"vmap: Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dim}) in "
                         "out_dims")
    return leave(leaf, level, dim % ndim)


def _joined(parts: list[Any], out_dims: Dims) -> Any:
    """Put the results of chunks behind each other."""
    from flambeau.ops.joining import cat

    flat = [tree_flatten(part)[0] for part in parts]
    spec = tree_flatten(parts[0])[1]
    dims = broadcast_prefix(out_dims, spec) or list(out_dims)
    return tree_unflatten([pieces[0] if dim is None else cat(list(pieces), dim)
                           for pieces, dim in zip(zip(*flat, strict=True), dims, strict=True)], spec)
