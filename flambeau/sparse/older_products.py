"""Products of sparse matrices by dense ones, under the names that they have in `torch` itself."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap
from flambeau.ops.joining import cat
from flambeau.ops.shape import reshape
from flambeau.sparse import products
from flambeau.sparse.conversion import elements
from flambeau.sparse.coo import CooTensor, make
from flambeau.sparse.overwriting import put
from flambeau.tensor.sparse import kind_of


def spmm(input: Any, mat2: Any) -> Any:
    """Multiply two matrices; the same as `mm`."""
    return products.mm(input, mat2)


dsmm = spmm


def hspmm(mat1: Any, mat2: Any, *, out: Any = None) -> Any:
    """Multiply a sparse matrix by a dense one. The result has the rows in which the sparse one has something."""
    _check("hspmm", mat1)
    products.check_matrices("hspmm", mat1, mat2)
    kept, rows = _rows(mat1, mat2)
    result = make(wrap(kept.reshape(1, -1).astype("i8")), rows, (mat1.shape[0], mat2.shape[1]), coalesced=True)
    return result if out is None else put(out, result, "hspmm")


def hsmm(input: Any, mat2: Any) -> Any:
    return hspmm(input, mat2)


def smm(input: Any, mat2: Any) -> Any:
    """Multiply a sparse matrix by a dense one. The result is sparse, with all columns of the rows that have something."""
    _check("sspaddmm", input)
    return _by_elements(input, mat2)


def sspaddmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """Return `beta * input + alpha * (mat1 @ mat2)`, of which `mat2` alone is dense: what both have, one after the other."""
    for mat in (input, mat1):
        _check("sspaddmm", mat)
    product = _by_elements(mat1, mat2)
    if tuple(input.shape) != tuple(product.shape):
        raise RuntimeError(f"sspaddmm: Expected 'input' of size {list(product.shape)}, but got {list(input.shape)}")
    places = cat([input._places, product._places], 1)
    result = make(places, cat([input._entries * beta, product._entries * alpha]), product.shape)
    return result if out is None else put(out, result, "sspaddmm")


saddmm = sspaddmm


def _check(name: str, input: Any) -> None:
    if not isinstance(input, CooTensor):
        error = RuntimeError if name == "sspaddmm" and kind_of(input) == "Strided" else NotImplementedError
        raise error(f"tensor.{name}(...) can only be called on sparse tensors, by coordinates, but got {kind_of(input)}; use "
                    "to_sparse()")


def _by_elements(mat1: Any, mat2: Any) -> CooTensor:
    products.check_matrices("sspaddmm", mat1, mat2)
    kept, rows = _rows(mat1, mat2)
    xp = namespace_of(kept)
    width = mat2.shape[1]
    places = xp.stack([xp.repeat(kept, width), xp.tile(xp.arange(width), len(kept))])
    return make(wrap(places.astype("i8")), reshape(rows, (len(kept) * width,)), (mat1.shape[0], width))


def _rows(mat1: Any, mat2: Any) -> tuple[Array, Any]:
    """Return which rows of the sparse matrix have something, and these rows of the product."""
    (rows, columns), values = elements(mat1)
    kept, targets = namespace_of(rows).unique(rows, return_inverse=True)
    return kept, products.added_up(targets.reshape(-1), columns, values, mat2, len(kept))
