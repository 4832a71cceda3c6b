"""Products of groups of rows or columns with a matrix each, as mixtures of experts take them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.ops.contraction import matmul
from flambeau.ops.conversion import cast
from flambeau.ops.joining import cat, stack
from flambeau.ops.padding import pad

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def grouped_mm(mat_a: Tensor, mat_b: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None,
               out_dtype: Any = None) -> Tensor:
    """Multiply group by group; `offs` (groups,) says where each group ends within the dim that a 2-D operand is cut along.

    (rows, k) x (groups, k, n) -> (rows, n), rows cut; (groups, m, k) x (k, n) -> (m, n), columns cut;
    (m, k) x (k, n) -> (groups, m, n), k cut; (groups, m, k) x (groups, k, n) -> (groups, m, n), without `offs`.
    Raises RuntimeError for shapes that do not fit.

    >>> grouped_mm(randn(3, 4), randn(2, 4, 8), offs=tensor([1, 3], dtype=int32))
    >>> grouped_mm(randn(2, 3, 4), randn(2, 4, 8))
    """
    _check(mat_a, mat_b, offs)
    ends = [] if offs is None else [int(end) for end in offs.tolist()]
    spans = list(zip([0, *ends], ends, strict=False))
    product: Any
    if offs is None:
        product = matmul(mat_a, mat_b)
    elif mat_b.ndim == 3:
        product = cat([matmul(mat_a[start:end], mat_b[number]) for number, (start, end) in enumerate(spans)])
        product = pad(product, (0, 0, 0, mat_a.shape[0] - ends[-1]))
    elif mat_a.ndim == 3:
        product = cat([matmul(mat_a[number], mat_b[:, start:end]) for number, (start, end) in enumerate(spans)], 1)
        product = pad(product, (0, mat_b.shape[1] - ends[-1]))
    else:
        product = stack([matmul(mat_a[:, start:end], mat_b[start:end]) for start, end in spans])
    product = product if bias is None else product + bias
    return product if out_dtype is None else cast(product, out_dtype.numpy)


def _check(mat_a: Any, mat_b: Any, offs: Any) -> None:
    if not {mat_a.ndim, mat_b.ndim} <= {2, 3}:
        raise RuntimeError(f"grouped_mm: mat_a and mat_b have to be 2 or 3 dimensional, but are {mat_a.ndim} and {mat_b.ndim}")
    if (offs is None) != (mat_a.ndim == mat_b.ndim == 3):
        raise RuntimeError("grouped_mm: offs is needed where an operand is 2 dimensional, and only there")
    if mat_a.shape[-1] != mat_b.shape[-2]:
        raise RuntimeError(f"grouped_mm: contraction dimension of mat_a and mat_b must match, but they are {mat_a.shape[-1]} "
                           f"and {mat_b.shape[-2]}")
    groups = {operand.shape[0] for operand in (mat_a, mat_b) if operand.ndim == 3}
    groups |= set() if offs is None else {len(offs)}
    if len(groups) > 1:
        raise RuntimeError(f"grouped_mm: mat_a, mat_b and offs are to have as many groups, but have {sorted(groups)}")
