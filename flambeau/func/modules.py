"""Modules that keep no statistics, functions that write, and what lies under a transform."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flambeau.core.tensor import wrap
from flambeau.dispatch.batching.array import BatchedArray
from flambeau.nn.module import Module


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Have every batch norm under `root` go by the batch it sees, with no running statistics to write to; return `root`."""
    from flambeau.nn.normalization import _BatchNorm

    for module in root.modules():
        if isinstance(module, _BatchNorm):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """Return a function with the results of `func`, and the same writes into its arguments.

    PyTorch's also hands other writes to a tracer as pure operations. There is no tracer here to tell the difference.
    Raises RuntimeError for another `remove` than "mutations" and "mutations_and_views".
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError("functionalize(f, remove='mutations'): received invalid argument for remove= kwarg: valid "
                           "options are: "
                           "remove='mutations' and remove='mutations_and_views'")

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return call


def debug_unwrap(tensor: Any, *, recurse: bool = True) -> Any:
    """Return the tensor of all examples that lies under one inside of `vmap`, to look at; of every `vmap` if `recurse`."""
    array = tensor._array
    if not isinstance(array, BatchedArray):
        return tensor
    below = wrap(array.value)
    return debug_unwrap(below) if recurse else below
