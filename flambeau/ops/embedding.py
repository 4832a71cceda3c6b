"""Looking up rows of a table, alone or in bags, and one-hot vectors."""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32, INT64
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import refuse_outside
from flambeau.ops.indexing import scattered
from flambeau.ops.masking import choose
from flambeau.ops.parts import unsqueezed

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
              norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False) -> Tensor:
    """Look up the rows of the table `weight` (rows, width) that `input` lists; the result adds a dim of `width`.

    The row `padding_idx` gets no gradient. With `max_norm`, rows that are longer are first shortened, in `weight`
    itself. With `scale_grad_by_freq`, a row's gradient is divided by how often `input` lists it. With `sparse` the gradient
    of a leaf is a sparse tensor, of the rows that were looked up.

    >>> embedding(tensor([[0, 2], [2, 1]]), randn(3, 4))
    >>> embedding(tensor([0, 2, 2]), randn(3, 4), padding_idx=1)
    >>> embedding(tensor([0, 2]), randn(3, 4), scale_grad_by_freq=True)
    """
    if weight.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D, not of shape {list(weight.shape)}")
    padding_idx = _row_from_start(padding_idx, weight.shape[0])
    if max_norm is not None:
        renorm_rows(weight, input, max_norm, norm_type)
    if sparse and isinstance(weight, TensorBase) and weight._node is None and not scale_grad_by_freq:
        return _looked_up_sparsely(input, weight, padding_idx)
    return _looked_up(input, weight, padding_idx, scale_grad_by_freq)


def _row_from_start(padding_idx: int | None, rows: int) -> int | None:
    if padding_idx is None:
        return None
    assert -rows <= padding_idx < rows, f"Padding_idx must be within num_embeddings: {padding_idx} for {rows} rows"
    return padding_idx % rows


@op(grad={"weight": lambda g, input, weight_shape, padding_idx, by_frequency:
          _table_gradient(g, input, weight_shape, padding_idx, by_frequency)}, grad_name="EmbeddingBackward0")
def _looked_up(input: Tensor, weight: Tensor, padding_idx: int | None, by_frequency: bool) -> Tensor:
    _check_indices(input, weight.shape[0], "embedding")
    return weight.take(input, 0)


@op(grad={"weight": lambda g, input, weight_shape, padding_idx: _rows(g, input, weight_shape, padding_idx)},
    grad_name="EmbeddingBackward0")
def _looked_up_sparsely(input: Tensor, weight: Tensor, padding_idx: int | None) -> Tensor:
    _check_indices(input, weight.shape[0], "embedding")
    return weight.take(input, 0)


def _rows(g: Any, indices: Any, shape: tuple[int, ...], padding_idx: int | None) -> Any:
    """Return the sparse gradient; under `create_graph` (where g is a tensor) the dense one, which has gradients itself."""
    if isinstance(g, TensorBase):
        return _table_gradient(g, indices, shape, padding_idx, by_frequency=False)
    importlib.import_module("flambeau.sparse.coo")  # registers what makes them; it is above this layer
    listed, values = indices.reshape(-1), g.reshape(-1, *shape[1:])
    if padding_idx is not None:
        kept = listed != padding_idx
        listed, values = listed[kept], values[kept]
    return TensorBase._rows_of(values, listed, shape)


def _check_indices(indices: Array, rows: int, title: str) -> None:
    if indices.dtype.kind != "i" or indices.dtype.itemsize < 4:
        raise RuntimeError("Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, "
                           f"Int; but got {pytorch_name(indices.dtype)} instead (while checking arguments for {title})")
    try:
        refuse_outside(indices, 0, rows, IndexError)
    except IndexError as error:
        raise IndexError(f"index out of range in self: {error} of the table") from None


def _table_gradient(g: Any, indices: Any, shape: tuple[int, ...], padding_idx: int | None, by_frequency: bool) -> Any:
    if padding_idx is not None:
        g = choose(unsqueezed(indices != padding_idx, (..., None)), g, 0.0)
    if by_frequency:
        g = g / _frequencies(g, indices, shape[0])
    return scattered(g, [indices], shape, (0,))


@op()
def _frequencies(like: Tensor, indices: Tensor, rows: int) -> Tensor:
    """How often each index is listed, beside each, in the dtype of `like`."""
    flat = indices.reshape(-1)
    counts = namespace_of(like).bincount(flat, minlength=rows)
    return counts[flat].reshape((*indices.shape, 1)).astype(like.dtype)


def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Shorten, in place, the listed rows of a table whose norm is above `max_norm`; return the table."""
    renorm_rows(input, indices, max_norm, norm_type)
    return input


def renorm_rows(weight: Any, indices: Any, max_norm: float, norm_type: float) -> None:
    """Shorten, in place, the listed rows whose norm is above `max_norm`."""
    table = weight._array
    _check_indices(indices._array, table.shape[0], "embedding_renorm_")
    xp = namespace_of(table)
    listed = xp.unique(indices._array)
    rows = table[listed].astype(FLOAT32) if table.dtype in HALVES else table[listed]
    norms = xp.linalg.norm(rows, norm_type, axis=1, keepdims=True)
    table[listed] = xp.where(norms > max_norm, rows * (max_norm / (norms + 1e-7)), rows)
    weight._storage.bump("embedding_renorm_")


@composite
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Turn each class number into a row with a 1 in that place and zeros elsewhere.

    >>> one_hot(tensor([[0, 2], [1, 0]]))
    >>> one_hot(tensor([0, 2]), num_classes=4)
    """
    return _one_hot(tensor, num_classes)


@op()
def _one_hot(classes: Tensor, num_classes: int) -> Tensor:
    if classes.dtype != INT64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor, not "
                           f"{pytorch_name(classes.dtype)}.")
    if classes.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor; name num_classes.")
    if classes.size and classes.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    if num_classes < 1:
        raise RuntimeError(f"num_classes should be positive, not {num_classes}")
    if classes.size and classes.max() >= num_classes:
        raise RuntimeError(f"Class values must be smaller than num_classes: {int(classes.max())} and {num_classes}.")
    numbers = namespace_of(classes).arange(num_classes)
    return (classes[..., None] == numbers).astype(INT64)
