"""What the decompositions ask of their matrices, in the words of PyTorch's refusals."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.dtype import HALVES
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops.refusals import NOT_FLOAT


def check_matrices(title: str, A: Any) -> None:
    """Raise RuntimeError for what has no rows and columns."""
    if A.ndim < 2:
        raise RuntimeError(f"{title}: The input tensor A must have at least 2 dimensions; this one has {A.ndim}")


def check_square(title: str, A: Any) -> None:
    """Raise RuntimeError for what is no stack of square matrices."""
    check_matrices(title, A)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"{title}: A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} "
                           "matrices")


def check_float(title: str, A: Array, kernel: str = "") -> None:
    """Raise RuntimeError for whole numbers and half types; for the latter NotImplementedError where PyTorch has a kernel's."""
    if A.dtype.kind in NOT_FLOAT:
        raise RuntimeError(f"{title}: Expected a floating point or complex tensor as input. Got {pytorch_name(A.dtype)}; "
                           "convert it first")
    if A.dtype in HALVES and kernel:
        raise NotImplementedError(f'"{kernel}" not implemented for \'{pytorch_name(A.dtype)}\'; convert the tensor first')
    if A.dtype in HALVES:
        raise RuntimeError(f"{title}: Low precision dtypes not supported. Got {pytorch_name(A.dtype)}; convert it first")


def check_same_dtype(title: str, A: Array, B: Array) -> None:
    """Raise RuntimeError where the two sides of an equation are of two dtypes."""
    if A.dtype != B.dtype:
        raise RuntimeError(f"{title}: Expected A and B to have the same dtype, but found A of type {pytorch_name(A.dtype)} and "
                           f"B of type {pytorch_name(B.dtype)} instead; convert one of them")


def which_of(batch: tuple[int, ...], number: int) -> str:
    """Name a matrix of a batch as PyTorch's errors do; there is nothing to name where there is one matrix alone."""
    return f"(Batch element {number}): " if batch else ""


def first_failure(info: Array) -> tuple[int, int]:
    """Return the number of the first matrix whose `info` is not 0, and that value."""
    number = int(info.ravel().nonzero()[0][0])
    return number, int(info.ravel()[number])
