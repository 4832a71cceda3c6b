"""Products of matrices group by group: rows (or columns) of one matrix are dealt out to groups, each with its own partner."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import int32
from flambeau.dispatch.op import composite
from flambeau.ops.creation import zeros
from flambeau.ops.joining import cat, stack
from flambeau.ops.linalg import matmul
from flambeau.ops.parts import narrow

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def grouped_mm(mat_a: Tensor, mat_b: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None,
               out_dtype: Any = None) -> Tensor:
    """Multiply matrices of groups. A stack (3 dims) has one matrix for each group; a matrix (2 dims) is cut into groups
    that end at `offs`: its rows beside a stack, its columns on the right of one, the inner dim beside another matrix.

    What lies behind the last offset belongs to no group; its part of the result is zeros.

    >>> grouped_mm(randn(8, 16), randn(2, 16, 8), offs=tensor([3, 8], dtype=int32))
    >>> grouped_mm(randn(2, 8, 16), randn(2, 16, 8))
    >>> grouped_mm(randn(8, 16), randn(16, 8), offs=tensor([8, 16], dtype=int32))
    >>> grouped_mm(randn(2, 8, 16), randn(16, 8), offs=tensor([3, 8], dtype=int32))
    """
    _check(mat_a, mat_b, offs, bias, out_dtype)
    if offs is None:
        return matmul(mat_a, mat_b)
    ends: Any = offs.tolist()
    spans = list(zip([0, *ends], [end - start for start, end in zip([0, *ends], ends, strict=False)], strict=False))
    if mat_a.ndim == mat_b.ndim == 2:
        return stack([matmul(narrow(mat_a, 1, *span), narrow(mat_b, 0, *span)) for span in spans])
    if mat_a.ndim == 2:
        rows = [matmul(narrow(mat_a, 0, *span), mat_b[group]) for group, span in enumerate(spans)]
        rest = zeros(mat_a.shape[0] - ends[-1], mat_b.shape[2], dtype=mat_a.dtype, device=mat_a.device)
        return cat([*rows, rest], 0)
    columns = [matmul(mat_a[group], narrow(mat_b, 1, *span)) for group, span in enumerate(spans)]
    rest = zeros(mat_a.shape[1], mat_b.shape[1] - ends[-1], dtype=mat_a.dtype, device=mat_a.device)
    return cat([*columns, rest], 1)


def _check(one: Tensor, other: Tensor, offs: Tensor | None, bias: Tensor | None, out_dtype: Any) -> None:
    """Raise RuntimeError for what does not fit. Unlike PyTorch's, float64 is welcome."""
    for name, matrix in (("mat_a", one), ("mat_b", other)):
        if not matrix.dtype.is_floating_point:
            raise RuntimeError(f"Expected {name} to be Float32, BFloat16 or Float16 matrix, got {matrix.dtype}")
        if matrix.ndim not in (2, 3):
            raise RuntimeError(f"{name} has to be 2 or 3d, but has {matrix.ndim} dims")
    if one.shape[-1] != other.shape[-2]:
        raise RuntimeError(f"contraction dimension of mat_a and mat_b must match: {one.shape[-1]} and {other.shape[-2]}")
    if (offs is None) != (one.ndim == other.ndim == 3):
        raise RuntimeError("Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    counts = {matrix.shape[0] for matrix in (one, other) if matrix.ndim == 3} | (set() if offs is None else {offs.numel()})
    if len(counts) > 1:
        raise RuntimeError(f"matrix batch sizes have to match, and the number of offsets: found {sorted(counts)}")
    if offs is not None and (offs.dtype is not int32 or offs.ndim != 1):
        raise RuntimeError(f"Offsets have to be int32, in one dim; found {offs.dtype} of shape {list(offs.shape)}")
    if bias is not None:
        raise RuntimeError("Bias not supported yet; add it to the result")
    if out_dtype is not None and out_dtype is not one.dtype:
        raise RuntimeError(f"Grouped gemm output dtype must match `mat_a` dtype, {one.dtype}, not {out_dtype}")
