"""`x[index] = value`: straight into the memory, or by way of the tape where gradients are wanted."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.autograd import listeners
from flambeau.autograd.mode import grad_mode
from flambeau.core.arrays import QUIET, SILENT, Array, is_array, namespace_of
from flambeau.core.device import device_of, moved
from flambeau.core.fitting import number_for
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import overriding
from flambeau.dispatch.inplace import pytorch_name, refuse_leaf, write
from flambeau.dispatch.op import op
from flambeau.dispatch.overlap import refuse_several_in_one_place
from flambeau.dispatch.overriding import UNHEARD
from flambeau.ops.indexing import put_into, refuse_other_dtype, replaced_by, viewed, without_leading_ones
from flambeau.ops.shape import reshape
from flambeau.ops.subscript import Subscript, plain, read

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def setitem(input: Tensor, index: Any, value: Any) -> None:
    """Write `value`, broadcast, where `index` points."""
    if overriding.users and overriding.asked(TensorBase._public.__setitem__, (input, index, value), {}) is not UNHEARD:
        return
    refuse_leaf(input)
    value = _checked(input._array, value)
    subscript = _interpreted(input._array, index)
    if _fills(subscript, value):
        value = reshape(value, ())._cast(input._array.dtype)
    elif subscript.picks:
        refuse_other_dtype(input._array, value)
    if listeners.count or grad_mode.enabled and (input.requires_grad or getattr(value, "requires_grad", False)):
        _record(input, subscript, value)
    else:
        _write(input, subscript, value)


def _fills(subscript: Subscript, value: Any) -> bool:
    """Say whether one number goes wherever a mask is true: PyTorch takes that from a tensor of any dtype."""
    return (isinstance(value, TensorBase) and value._array.size == 1 and len(subscript.picks) == 1
            and subscript.picks[0]._array.dtype.kind == "b")


def _interpreted(array: Array, index: Any) -> Subscript:
    quick = plain(index)
    if quick is not None:
        try:
            array[quick[0]]
            return Subscript(*quick)
        except IndexError:
            pass  # `read` has better words for it
    return read(array, index)


def _checked(target: Array, value: Any) -> Any:
    """Return a tensor as it is, and a number as `target` takes it.

    Raises TypeError for anything else.
    """
    if isinstance(value, TensorBase):
        return value
    if is_array(value) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | int | float | complex):
        return number_for(target.dtype, value)
    raise TypeError(f"can't assign a {type(value).__name__} to a torch.{pytorch_name(target.dtype)}Tensor; "
                    "make a tensor of it first")


def _write(input: Tensor, subscript: Subscript, value: Any) -> None:
    target = input._array[subscript.key]
    refuse_several_in_one_place(target, "index_put_" if subscript.picks else "copy_")
    token = QUIET.set(SILENT)
    try:
        if isinstance(value, TensorBase):
            value = moved(value._array, device_of(target))
        if subscript.picks:
            value = without_leading_ones(value, subscript.picked_ndim(target.ndim))
            put_into(target, [index._array for index in subscript.picks], value, subscript.dims)
        else:
            target[...] = value
    except ValueError as error:
        raise RuntimeError(f"{error}; the value must broadcast to what is picked of {list(input.shape)}") from error
    finally:
        QUIET.reset(token)
    input._storage.bump("index_put_" if subscript.picks else "copy_")


def _record(input: Tensor, subscript: Subscript, value: Any) -> None:
    view = viewed(input, subscript)
    if subscript.picks:
        write(view, replaced_by(view, subscript, value), "index_put_")
    else:
        write(view, _assigned(view, without_leading_ones(value, view._array.ndim)), "copy_")


@op(grad={"input": lambda g: None, "src": lambda g: g}, grad_name="CopyBackwards")
def _assigned(input: Tensor, src: Tensor | float) -> Tensor:
    """What `input` holds after `src` was copied over it: nothing of its own.

    >>> _assigned(randn(2, 3), randn(3))
    """
    xp = namespace_of(input)
    return xp.broadcast_to(xp.asarray(src, dtype=input.dtype), input.shape)
