"""`torch.sparse.sampled_addmm`: of a product of dense matrices, only the elements at the places of a sparse one."""
from __future__ import annotations

from typing import Any

from flambeau.core.layout import sparse_csr
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops.permutation import transpose
from flambeau.ops.shape import reshape
from flambeau.sparse.overwriting import put
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of


def sampled_addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0, out: Any = None) -> Any:
    """Return `alpha * (mat1 @ mat2) + beta * input` at the places of `input`, which is in the CSR layout.

    Batches of matrices have to be as many in all three.
    """
    _check(input, mat1, mat2)
    *batch, rows, columns = map(wrap, input._coordinates())
    left, right = mat1[(*batch, rows)], transpose(mat2, -1, -2)[(*batch, columns)]
    values = reshape((left * right).sum(-1), input._entries.shape)
    values = values if alpha == 1 else values * alpha
    values = values if beta == 0 else values + input._entries * beta
    result = input._rebuilt(values)
    return result if out is None else put(out, result, "sampled_addmm")


def _check(input: Any, mat1: Any, mat2: Any) -> None:
    if getattr(input, "layout", None) is not sparse_csr:
        raise NotImplementedError(f"sampled_addmm: Expected self to have sparse csr layout, but got {kind_of(input)}; use "
                                  "to_sparse_csr()")
    for name, mat in (("mat1", mat1), ("mat2", mat2)):
        if isinstance(mat, RefusingMethods):
            raise RuntimeError(f"sampled_addmm: Expected {name} to be dense, but got {kind_of(mat)}")
        if mat.dtype != input.dtype:
            raise RuntimeError(f"sampled_addmm: Expected {name} and self to have the same dtype, but got "
                               f"{pytorch_name(mat.dtype.numpy)} and {pytorch_name(input.dtype.numpy)}")
        if mat.ndim < 2 or mat.ndim != input.ndim or mat.shape[:-2] != input.shape[:-2]:
            raise RuntimeError(f"sampled_addmm: Expected {name} {list(mat.shape)} to have the batch dims of self "
                               f"{list(input.shape)}")
    if not (input.is_floating_point() or input.is_complex()):
        raise RuntimeError("sparse_sampled_addmm: Expected self to be a floating-point or complex tensor, but got "
                           f"{pytorch_name(input.dtype.numpy)}")
    if mat1.shape[-1] != mat2.shape[-2]:
        raise RuntimeError(f"sampled_addmm: mat1 and mat2 shapes cannot be multiplied ({mat1.shape[-2]}x{mat1.shape[-1]} and "
                           f"{mat2.shape[-2]}x{mat2.shape[-1]})")
    if (mat1.shape[-2], mat2.shape[-1]) != tuple(input.shape[-2:]):
        raise RuntimeError(f"sampled_addmm: self.shape[-2:] {list(input.shape[-2:])} must match the product's "
                           f"{[mat1.shape[-2], mat2.shape[-1]]}")
