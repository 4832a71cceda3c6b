"""Methods that make sparse tensors, or that only these have. What they do is above this layer, in `flambeau.sparse`."""
from __future__ import annotations

import importlib
from typing import Any

from flambeau.core.layout import sparse_coo
from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Late

_EXPECTED = {
    **dict.fromkeys(("coalesce", "is_coalesced", "indices"), "sparse coordinate tensor"),
    **dict.fromkeys(("crow_indices", "col_indices"), "sparse row compressed tensor"),
    **dict.fromkeys(("ccol_indices", "row_indices"), "sparse column compressed tensor"),
    "values": "sparse tensor",
}


def kind_of(tensor: Any) -> str:
    """Return what PyTorch's messages call the layout of a tensor."""
    return kind_name(tensor.layout)


def kind_name(layout: Any) -> str:
    return "Sparse" if layout is sparse_coo else "".join(map(str.capitalize, layout.name.split("_")))


def _missing(name: str) -> Any:
    def method(self: Any) -> Any:
        raise NotImplementedError(f"Could not run '{name}' with a tensor of layout {kind_of(self)}")

    method.__name__ = name
    method.__doc__ = "Raise NotImplementedError."
    return method


def _of_sparse(name: str) -> Any:
    def method(self: Any) -> Any:
        raise RuntimeError(f"{name} expected {_EXPECTED[name]} layout but got {kind_of(self)}; make one with to_sparse()")

    method.__name__ = name
    method.__doc__ = f"Raise RuntimeError: this tensor is no {_EXPECTED[name]}."
    return method


def _above(module: str, name: str) -> Any:
    return Late(lambda: getattr(importlib.import_module(f"flambeau.sparse.{module}"), name))


class SparseMethods(TensorBase):
    __slots__ = ()

    is_sparse = property(lambda self: False, doc="False: this tensor is not sparse by coordinates.")
    is_sparse_csr = property(lambda self: False, doc="False: this tensor is not sparse by rows.")

    def sparse_dim(self) -> int:
        return 0

    def dense_dim(self) -> int:
        return int(self.ndim)

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """Return this tensor: it is dense."""
        return self if dtype is None else self.to(dtype)

    coalesce, is_coalesced, indices, values = map(_of_sparse, ("coalesce", "is_coalesced", "indices", "values"))
    crow_indices, col_indices, ccol_indices, row_indices = map(
        _of_sparse, ("crow_indices", "col_indices", "ccol_indices", "row_indices"))

    _indices, _values, _nnz = map(_missing, ("_indices", "_values", "_nnz"))

    to_sparse, to_sparse_coo, to_sparse_csr, to_sparse_csc, to_sparse_bsr, to_sparse_bsc = (
        _above("conversion", name)
        for name in ("to_sparse", "to_sparse_coo", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc"))
    sparse_mask = _above("masking", "sparse_mask")
    smm, sspaddmm = _above("older_products", "smm"), _above("older_products", "sspaddmm")
    sparse_resize_, sparse_resize_and_clear_, resize_as_sparse_ = (
        _above("resizing", name) for name in ("sparse_resize_", "sparse_resize_and_clear_", "resize_as_sparse_"))
