"""Products with sparse matrices. Gradients reach the values of the sparse ones, and the dense ones."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.layout import sparse_coo, sparse_csr
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops import linalg
from flambeau.ops.creation import zeros
from flambeau.ops.indexing import index_put
from flambeau.ops.rows import index_select
from flambeau.ops.shape import reshape
from flambeau.sparse.conversion import elements
from flambeau.sparse.coo import make
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of


def mm(input: Any, mat2: Any) -> Any:
    """Multiply matrices, of which one at least is sparse: (n, k) x (k, m). Sparse by sparse is sparse."""
    check_matrices("mm", input, mat2)
    sparse = [isinstance(mat, RefusingMethods) for mat in (input, mat2)]
    if not any(sparse):
        return linalg.mm(input, mat2)
    if all(sparse):
        return _of_sparse(input, mat2)
    if sparse[0]:
        return _times_dense(input, mat2)
    return _times_dense(mat2.t(), input.t()).t()


def check_matrices(name: str, mat1: Any, mat2: Any) -> None:
    if mat1.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"{name}: expected matrices, but got {list(mat1.shape)} and {list(mat2.shape)}")
    if mat1.shape[1] != mat2.shape[0]:
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({mat1.shape[0]}x{mat1.shape[1]} and "
                           f"{mat2.shape[0]}x{mat2.shape[1]})")
    _check_dtypes(mat1, mat2)


def _check_dtypes(mat1: Any, mat2: Any) -> None:
    first, second = (pytorch_name(mat.dtype.numpy) for mat in (mat1, mat2))
    if first != second:
        raise RuntimeError(f"expected scalar type {first} but found {second}; bring both to one dtype")


def _times_dense(mat1: Any, mat2: Any) -> Any:
    (rows, columns), values = elements(mat1)
    return added_up(rows, columns, values, mat2, mat1.shape[0])


def added_up(rows: Array, columns: Array, values: Any, mat2: Any, count: int) -> Any:
    """Return the matrix of `count` rows to which each element adds its column's row of `mat2`, times its value."""
    dtype = mat2.dtype
    if dtype.numpy in HALVES:  # sums of many terms
        return added_up(rows, columns, values.float(), mat2.float(), count).to(dtype)
    result = zeros(count, mat2.shape[1], dtype=dtype, device=mat2.device)
    if not len(rows):
        return result + (values.sum() * mat2.sum()).to(dtype)  # zero, but on the tape
    parts = index_select(mat2, 0, wrap(columns)) * reshape(values, (-1, 1))
    return index_put(result, (wrap(rows),), parts, accumulate=True)


def _of_sparse(mat1: Any, mat2: Any) -> Any:
    """Multiply each element with the row of the other matrix that it meets."""
    (rows, columns), first = elements(mat1)
    (others, targets), second = elements(mat2.to_sparse().coalesce())
    xp = namespace_of(rows)
    starts, ends = (xp.searchsorted(others, columns, side=side) for side in ("left", "right"))
    which, at = spread(starts, ends - starts)
    values = index_select(first, 0, wrap(which)) * index_select(second, 0, wrap(at))
    product = make(wrap(xp.stack([rows[which], targets[at]]).astype("i8")), values, (mat1.shape[0], mat2.shape[1])).coalesce()
    return product if mat1.layout is sparse_coo else product.to_sparse(layout=sparse_csr)


def spread(starts: Array, counts: Array) -> tuple[Array, Array]:
    """Return, for ranges given by start and length, which range each of their numbers is of, and the numbers."""
    xp = namespace_of(starts)
    ends = xp.cumsum(counts)
    numbers = xp.arange(int(ends[-1]) if len(ends) else 0)
    which = xp.searchsorted(ends, numbers, side="right")
    return which, starts[which] + numbers - (ends - counts)[which]


def mv(input: Any, vec: Any) -> Any:
    """Multiply a matrix by a vector."""
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"mv: expected a matrix and a vector, but got {list(input.shape)} and {list(vec.shape)}")
    if input.shape[1] != vec.shape[0]:
        raise RuntimeError(f"mv: expected self.size(-1) == vec.size(-1), but got {list(input.shape)} and {list(vec.shape)}")
    return mm(input, vec.unsqueeze(1)).squeeze(1)


def matmul(input: Any, other: Any) -> Any:
    """Multiply as `torch.matmul` does, where no sparse operand is to be expanded."""
    if (input.ndim, other.ndim) == (2, 2):
        return mm(input, other)
    if (input.ndim, other.ndim) == (2, 1):
        return mv(input, other)
    if (input.ndim, other.ndim) == (1, 2):
        return mv(other.t(), input)
    if (input.ndim, other.ndim) == (3, 3):
        return bmm(input, other)
    if not isinstance(other, RefusingMethods) or input.ndim < 2:
        raise RuntimeError(f"matmul: expand is unsupported for {kind_of(input)} tensors, but a product of "
                           f"{list(input.shape)} and {list(other.shape)} needs it")
    flat = mm(reshape(input, (-1, input.shape[-1])), other)  # a dense batch of rows
    return reshape(flat, (*input.shape[:-1], other.shape[-1]))


def __rmatmul__(input: Any, other: Any) -> Any:  # noqa: N807  Python's name
    return matmul(other, input)


def bmm(input: Any, mat2: Any) -> Any:
    """Multiply a batch of sparse matrices by one of dense matrices."""
    if not isinstance(input, RefusingMethods) or isinstance(mat2, RefusingMethods):
        raise RuntimeError("bmm_sparse: Tensor 'mat2' must be dense and the first operand sparse")
    if input.ndim != 3 or mat2.ndim != 3 or input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        raise RuntimeError(f"bmm_sparse: batches of matrices do not fit: {list(input.shape)} and {list(mat2.shape)}")
    _check_dtypes(input, mat2)
    (batch, rows, columns), values = elements(input)
    count, height, width = input.shape
    flat = added_up(batch * height + rows, batch * width + columns, values, reshape(mat2, (count * width, mat2.shape[2])),
                    count * height)
    return reshape(flat, (count, height, mat2.shape[2]))


def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """Return `beta * input + alpha * (mat1 @ mat2)`."""
    product = mm(mat1, mat2)
    product = product if alpha == 1 else product * alpha
    if beta == 0:
        return product
    return (input if beta == 1 else input * beta) + product


def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """Return `beta * input + alpha * (mat @ vec)`."""
    product = mv(mat, vec) * alpha
    return product if beta == 0 else input * beta + product


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """Return `input @ weight.T + bias`."""
    product = matmul(input, weight.t())
    return product if bias is None else product + bias
