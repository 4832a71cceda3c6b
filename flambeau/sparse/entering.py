"""How values come into a sparse tensor and out of it: as tensors of their own, over the same memory, and on the tape."""
from __future__ import annotations

from typing import Any

from flambeau.dispatch.op import op
from flambeau.tensor import Tensor


@op(view=True, complex_rules=True, grad={"values": lambda g: g}, grad_name="SparseCooTensorWithDimsAndTensorsBackward0")
def _by_coordinates(values: Tensor | Any) -> Any:
    return values[...]


@op(view=True, complex_rules=True, grad={"values": lambda g: g}, grad_name="SparseCompressedTensorBackward0")
def _by_rows_or_columns(values: Tensor | Any) -> Any:
    return values[...]


@op(view=True, complex_rules=True, grad={"values": lambda g: g}, grad_name="ValuesBackward0")
def _out_again(values: Tensor | Any) -> Any:
    return values[...]


def entered(values: Any, compressed: bool) -> Any:
    """Return the user's values as the entries of a sparse tensor, which does not become a leaf in their place."""
    if not values.requires_grad:
        return values.detach()
    return (_by_rows_or_columns if compressed else _by_coordinates)(values)


def handed_out(values: Any) -> Any:
    """Return the entries of a sparse tensor for a user to look at and to write to."""
    return _out_again(values) if values.requires_grad else values.detach()
