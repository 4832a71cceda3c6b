"""Questions about tensors and dtypes; their answers are no tensors."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core import promotion
from flambeau.core.dtype import dtype, from_numpy
from flambeau.core.tensor import TensorBase

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def is_tensor(obj: Any) -> bool:
    return isinstance(obj, TensorBase)


def is_floating_point(input: Tensor) -> bool:
    return input.dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    return input.dtype.is_complex


def is_inference(input: Tensor) -> bool:
    """Say whether a tensor was made in inference mode."""
    return input.is_inference()


def is_same_size(input: Tensor, other: Tensor) -> bool:
    return input.shape == other.shape


def is_nonzero(input: Tensor) -> bool:
    """Say whether the one element of `input` is not zero. Raises RuntimeError for more elements, or none."""
    return bool(input)


def numel(input: Tensor) -> int:
    return input.numel()


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """Return the smallest dtype, of the higher kind of the two, that both fit."""
    return from_numpy(promotion.promote_types(type1.numpy, type2.numpy))


def result_type(*operands: Any, **named: Any) -> dtype:
    """Return the dtype that an operation on two operands, tensors or numbers, has.

    By name they are tensor1 and tensor2, tensor and other, scalar and tensor, or scalar1 and scalar2. Raises TypeError
    unless there are two.
    """
    given = (*operands, *named.values())
    if len(given) != 2 or named.keys() - {"tensor", "other", "scalar", "tensor1", "tensor2", "scalar1", "scalar2"}:
        raise TypeError(f"result_type() takes two tensors or numbers, got {len(operands)} and {sorted(named)}")
    arrays = [value._array for value in given if isinstance(value, TensorBase)]
    return from_numpy(promotion.result_type(arrays, [value for value in given if not isinstance(value, TensorBase)]))


def can_cast(from_: dtype, to: dtype) -> bool:
    """Say whether PyTorch writes results of one dtype into tensors of another."""
    return promotion.can_cast(from_.numpy, to.numpy)
