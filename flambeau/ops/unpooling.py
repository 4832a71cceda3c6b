"""The way back from a max pool: each maximum to the cell that it came from."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.planes import put_cells
from flambeau.ops.pooling_windows import option, stride_option
from flambeau.ops.shape import reshape
from flambeau.ops.windows import IntOrInts, Sizes, by

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                 padding: IntOrInts = 0, output_size: Sequence[int] | None = None) -> Tensor:
    """Put the maxima of a `max_pool1d` back where they were, zeros elsewhere. Options as in `max_unpool2d`.

    >>> max_unpool1d(randn(1, 2, 2), tensor([[[0, 3], [1, 2]]]), 2)
    """
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


@composite
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                 padding: IntOrInts = 0, output_size: Sequence[int] | None = None) -> Tensor:
    """Put the maxima of a `max_pool2d` back where they were, zeros elsewhere.

    `output_size` tells apart the sizes that a pool makes the same of; it may have the first two dims, too.

    >>> max_unpool2d(randn(1, 1, 1, 2), tensor([[[[5, 2]]]]), 2)
    >>> max_unpool2d(randn(1, 1, 2), tensor([[[5, 2]]]), 2, output_size=(3, 5))
    """
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


@composite
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                 padding: IntOrInts = 0, output_size: Sequence[int] | None = None) -> Tensor:
    """Put the maxima of a `max_pool3d` back where they were, zeros elsewhere. Options as in `max_unpool2d`.

    >>> max_unpool3d(randn(1, 1, 1, 1, 2), tensor([[[[[5, 11]]]]]), 2)
    """
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)


@op()
def checked_indices(indices: Tensor, sizes: Sizes) -> Tensor:
    """Return the indices if all are inside a plane.

    Raises RuntimeError where one is not.
    """
    outside: Array = (indices < 0) | (indices >= math.prod(sizes))
    if outside.any():
        raise RuntimeError(f"Found an invalid max index: {int(indices[outside][0])} (output volumes are of size "
                           f"{by(sizes).replace(' ', '')}); give the output_size that the indices come from")
    return indices


def _max_unpool(name: str, dims: int, input: Tensor, indices: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None,
                padding: IntOrInts, output_size: Sequence[int] | None) -> Tensor:
    _check(name, dims, input, indices)
    kernel = option(name, "kernel_size", kernel_size, dims, least=1)
    strides = stride_option(name, stride, dims, kernel)
    front = option(name, "padding", padding, dims, least=0)
    usual = tuple((count - 1) * step + window - 2 * before for count, step, window, before
                  in zip(input.shape[-dims:], strides, kernel, front, strict=True))
    sizes = usual if output_size is None else _chosen(dims, tuple(output_size), usual, strides)
    indices = checked_indices(indices, sizes)
    if input.ndim == dims + 2:
        return put_cells(input, indices, sizes)
    out = put_cells(reshape(input, (1, *input.shape)), reshape(indices, (1, *indices.shape)), sizes)
    return reshape(out, out.shape[1:])


def _check(name: str, dims: int, input: Tensor, indices: Tensor) -> None:
    if input.ndim not in (dims + 1, dims + 2) or 0 in input.shape[-dims - 1:]:
        raise RuntimeError(f"Input to {name} should be a {dims + 1}d or {dims + 2}d Tensor whose dims are not empty, "
                           f"but got a tensor of size {list(input.shape)}")
    if indices.dtype.numpy != INT64:
        raise RuntimeError(f"{name}: elements in indices should be type int64 but got: "
                           f"{pytorch_name(indices.dtype.numpy)}")
    if indices.shape != input.shape:
        raise RuntimeError(f"{name}: Expected shape of indices to be same as that of the input tensor "
                           f"({list(input.shape)}) but got indices tensor with shape: {list(indices.shape)}")


def _chosen(dims: int, output_size: Sizes, usual: Sizes, stride: Sizes) -> Sizes:
    """Return the sizes asked for; raise ValueError for those that no pool could have come from."""
    if len(output_size) not in (dims, dims + 2):
        raise ValueError(f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a "
                         f"length of '{len(output_size)}'")
    sizes = output_size[-dims:]
    for dim, (size, near, step) in enumerate(zip(sizes, usual, stride, strict=True)):
        if not near - step < size < near + step:
            raise ValueError(f'invalid output_size "{sizes}" (dim {dim} must be between {near - step} and '
                             f"{near + step})")
    return sizes
