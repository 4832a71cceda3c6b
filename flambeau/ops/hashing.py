"""A number that changes when an element does."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import FLOAT64, INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import op
from flambeau.ops.dims import Dims, dims_of, folded
from flambeau.ops.extrema import refuse_empty
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op()
def hash_tensor(input: Tensor, dim: Dims = (), *, keepdim: bool = False, mode: int = 0) -> Tensor:
    """Combine the bits of the elements along `dim`, or of all, by exclusive or: as int64, or those with fractions as float64.

    >>> hash_tensor(tensor([[1, 2], [4, 8]]))
    >>> hash_tensor(tensor([[1.5, 2.0, -3.0], [0.25, 4.0, 0.0]]), 1, keepdim=True)
    >>> hash_tensor(tensor([[True, False], [True, True]]), 0)
    """
    refuse(COMPLEX, "xor_sum_cpu", input)
    if mode:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}; 0 is the only one")
    if input.dtype.name in ("uint16", "uint32", "uint64"):
        raise NotImplementedError(f'"xor_sum_cpu" not implemented for \'{pytorch_name(input.dtype)}\'; convert it first')
    if not input.size:
        refuse_empty(input, "hash_tensor", dim)
    dims = dims_of(dim, input.ndim)
    kept = [d for d in range(input.ndim) if d not in dims]
    words = input.astype(INT64 if input.dtype.kind in NOT_FLOAT else FLOAT64).view("u8").transpose(*kept, *dims)
    result = _combined(words.reshape(*words.shape[:len(kept)], math.prod(words.shape[len(kept):])))
    return result.reshape(folded(input.shape, dims)) if keepdim else result


def _combined(words: Array) -> Array:
    """Fold the last dim in halves; not every array library can reduce by exclusive or."""
    while (count := words.shape[-1]) > 1:
        half = count // 2
        front = namespace_of(words).bitwise_xor(words[..., :half], words[..., half:2 * half])
        if count % 2:
            front[..., 0] ^= words[..., -1]
        words = front
    return words[..., 0]
