"""Picking and adding by index where a mask holds; elsewhere an index may point anywhere."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.ops.bounds import clamp
from flambeau.ops.comparison import logical_not
from flambeau.ops.creation import full
from flambeau.ops.indexing import getitem, index_put
from flambeau.ops.masking import masked_fill

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def _unsafe_masked_index(input: Tensor, mask: Tensor, indices: Sequence[Tensor], fill: float) -> Tensor:
    """Return `input[indices]` where `mask` holds, elsewhere `fill`."""
    within = _within("_unsafe_masked_index", input, indices)
    if not input.numel():
        return full(tuple(mask.shape), fill, dtype=input.dtype, device=input.device)
    return masked_fill(getitem(input, within), logical_not(mask), fill)


@composite
def _unsafe_masked_index_put_accumulate(input: Tensor, mask: Tensor, indices: Sequence[Tensor], values: Tensor) -> Tensor:
    """Copy `input`, with `values` added at `indices` where `mask` holds."""
    within = _within("_unsafe_masked_index_put_accumulate", input, indices)
    return index_put(input, within, masked_fill(values, logical_not(mask), 0), accumulate=True)


def _within(title: str, input: Tensor, indices: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return indices that point into `input`: what points outside is not used, but must not be refused."""
    if not indices:
        raise IndexError(f"{title}: at least one index must be provided")
    if len(indices) > input.ndim:
        raise IndexError(f"too many indices for tensor of dimension {input.ndim} (got {len(indices)})")
    found = []
    for number, (index, size) in enumerate(zip(indices, input.shape, strict=False)):
        if not isinstance(index, TensorBase):
            raise TypeError(f"expected Tensor as element {number} in argument 2, but got {type(index).__name__}")
        if index.dtype.name not in ("int32", "int64"):
            raise RuntimeError(f"{title} found unexpected index type {pytorch_name(index.dtype.numpy)}; convert it with "
                               ".long()")
        found.append(clamp(index, -size, size - 1))
    return tuple(found)
