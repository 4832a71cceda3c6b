"""Results that take the place of a tensor: in-place forms, and `out=`."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.autograd.mode import grad_mode, no_grad
from flambeau.core.promotion import can_cast
from flambeau.dispatch import outs
from flambeau.dispatch.inplace import pytorch_name
from flambeau.sparse.masking import has_pattern_of
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of


def overwrite(target: Any, compute: Callable[[], Any], writer: str) -> Any:
    """Compute a result and have `target` become it."""
    if not isinstance(target, RefusingMethods):
        return target.copy_(_dense(compute(), target, writer))
    if grad_mode.enabled and target.requires_grad and target.is_leaf:
        raise RuntimeError(f"{writer}: a leaf Variable that requires grad is being used in an in-place operation. "
                           "Write under torch.no_grad(), or into a clone()")
    return become(target, compute(), writer)


def become(target: Any, result: Any, writer: str) -> Any:
    """Have a sparse tensor become what a result of the same layout is, in its own memory where it has the same places."""
    if not isinstance(result, RefusingMethods) or result.layout is not target.layout:
        raise RuntimeError(f"{writer}: a result of layout {kind_of(result)} cannot be written to a tensor of layout "
                           f"{kind_of(target)}; use the out-of-place form")
    if not can_cast(result._entries._array.dtype, target._entries._array.dtype):
        raise RuntimeError(f"{writer}: result type {pytorch_name(result._entries._array.dtype)} can't be cast to the desired "
                           f"output type {pytorch_name(target._entries._array.dtype)}; use the out-of-place form")
    result = result.to(target.dtype)
    if has_pattern_of(result, target) and not result.requires_grad and not target.requires_grad:
        with no_grad():
            target._entries.copy_(result._entries)
    else:
        target._take(result)
    return target


def put(out: Any, result: Any, name: str) -> Any:
    """Put a result in `out`."""
    if not isinstance(out, RefusingMethods):
        return outs.put(out, _dense(result, out, name), name)
    if result.requires_grad or out.requires_grad:
        raise RuntimeError(f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of "
                           "the arguments requires grad. Call it without out=, or under torch.no_grad()")
    return become(out, result, name)


def _dense(result: Any, target: Any, writer: str) -> Any:
    if isinstance(result, RefusingMethods):
        raise RuntimeError(f"{writer}: a result of layout {kind_of(result)} cannot be written to a tensor of layout "
                           f"{kind_of(target)}; use the out-of-place form")
    return result
