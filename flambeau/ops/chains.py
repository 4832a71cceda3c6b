"""Products of many matrices, in the order that takes the fewest multiplications."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.ops.dims import Sizes
from flambeau.ops.linalg import matmul
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def chain_matmul(*matrices: Tensor) -> Tensor:
    """Multiply matrices in the order that takes the fewest multiplications.

    >>> chain_matmul(randn(2, 3), randn(3, 4), randn(4, 2))
    """
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    return multi_dot(matrices) if len(matrices) > 1 else matrices[0]


@composite
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """Multiply matrices in the order that takes the fewest multiplications; the first and last may be vectors.

    >>> multi_dot([randn(3), randn(3, 4), randn(4, 2)])
    """
    if not isinstance(tensors, tuple | list):
        raise TypeError("linalg_multi_dot(): argument 'tensors' (position 1) must be tuple of Tensors, not "
                        f"{type(tensors).__name__}")
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    first, last = tensors[0], tensors[-1]
    for number, tensor in enumerate(tensors):
        if tensor.ndim not in ((1, 2) if number in (0, len(tensors) - 1) else (2,)):
            raise RuntimeError(f"multi_dot(): the tensor at {number} must be 2D (the first and last may be 1D) but got "
                               f"{tensor.ndim}D")
    matrices = list(tensors)
    matrices[0] = reshape(first, (1, -1)) if first.ndim == 1 else first
    matrices[-1] = reshape(last, (-1, 1)) if last.ndim == 1 else last
    shape = (*matrices[0].shape[:1] * (first.ndim > 1), *matrices[-1].shape[1:] * (last.ndim > 1))
    return reshape(_cheapest([tuple(m.shape) for m in matrices])(matrices), shape)


def _cheapest(shapes: list[Sizes]) -> Any:
    """Find the best place to cut every run of matrices, shortest runs first."""
    sizes = [shapes[0][0], *(shape[1] for shape in shapes)]
    cost: dict[tuple[int, int], tuple[int, int]] = {(i, i): (0, i) for i in range(len(shapes))}
    for length in range(1, len(shapes)):
        for i in range(len(shapes) - length):
            j = i + length
            cost[i, j] = min((cost[i, k][0] + cost[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                             for k in range(i, j))

    def product(matrices: list[Any], i: int = 0, j: int = len(shapes) - 1) -> Any:
        if i == j:
            return matrices[i]
        k = cost[i, j][1]
        return matmul(product(matrices, i, k), product(matrices, k + 1, j))

    return product
