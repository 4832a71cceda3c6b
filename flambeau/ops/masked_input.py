"""What `torch.masked` reduces: the input, and where the mask leaves an element out, a number that changes nothing."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import as_numpy
from flambeau.core.limits import iinfo
from flambeau.ops.comparison import logical_not
from flambeau.ops.conversion import cast
from flambeau.ops.dims import Dims, dims_of
from flambeau.ops.masking import masked_fill
from flambeau.ops.shape import expand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def kept(input: Tensor, mask: Tensor | None, neutral: float) -> Tensor:
    """Return `input` where `mask` holds, elsewhere `neutral`."""
    return input if mask is None else masked_fill(input, logical_not(spread(mask, input)), neutral)


def spread(mask: Tensor, input: Tensor) -> Tensor:
    """Return `mask` as booleans in the shape of `input`."""
    if mask.ndim > input.ndim:
        raise IndexError("expected broadcastable mask (got mask dimensionality higher than of the input): mask "
                         f"{tuple(mask.shape)} for input {tuple(input.shape)}")
    return in_dtype(expand(mask, tuple(input.shape)), bool)


def lowest(input: Tensor, title: str) -> float:
    """Return the number of the dtype of `input` that loses against every other."""
    return -math.inf if input.dtype.is_floating_point else _limits(input, title).min


def highest(input: Tensor, title: str) -> float:
    """Return the number of the dtype of `input` that wins against every other."""
    return math.inf if input.dtype.is_floating_point else _limits(input, title).max


def _limits(input: Tensor, title: str) -> iinfo:
    kind = input.dtype.numpy.kind
    if kind != "i" and input.dtype.name != "uint8":
        raise NotImplementedError(f"identity of {title} on {input.dtype} input; convert the input first")
    return iinfo(input.dtype)


def in_dtype(input: Tensor, dtype: Any) -> Tensor:
    """Return `input` in a dtype: itself, if it is."""
    wanted = as_numpy(dtype)
    return input if input.dtype.numpy == wanted else cast(input, wanted)


def one_dim(dim: Dims, ndim: int) -> int:
    """Return the dim that `dim` names, from the start; the only dim of a scalar is 0."""
    return (dims_of(dim, ndim) or (0,))[0]
