"""What PyTorch's own code calls, by the names and arguments of `torch.ops.aten`."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops import softmax as shares
from flambeau.ops.addressing import from_start
from flambeau.ops.interpolation import antialiased
from flambeau.ops.parts import along, sliced, zeros_beside
from flambeau.ops.planes import add_cells, take_cells
from flambeau.ops.pooling_windows import pool_windows
from flambeau.ops.shape import reshape
from flambeau.ops.windows import IntOrInts

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

# ------------------------------------------------------------------------------------ softmax


@op(promote=SAME, grad={"input": lambda g, out, dim: shares.softmax_backward(g, out, dim)})
def _safe_softmax(input: Tensor, dim: int | None) -> Tensor:
    nothing_left = (input == -math.inf).all(dim, keepdims=True)
    return namespace_of(input).where(nothing_left, input.dtype.type(0), shares._softmax(input, dim))


@composite
def safe_softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """Return the softmax along `dim`, and zeros where everything along it is -inf.

    >>> safe_softmax(randn(2, 3), 1)
    >>> safe_softmax(tensor([[1.0, -inf], [-inf, -inf]]), -1, dtype=float64)
    """
    return _safe_softmax(shares.in_dtype(input, dtype), shares.axis(dim, input.ndim))


@composite
def softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: Any) -> Tensor:
    """Return the gradient of a softmax from its output, in the dtype of its input."""
    _refuse_misfit(grad_output, output)
    axis = shares.axis(dim, output.ndim)
    return shares.in_dtype(shares.softmax_backward(grad_output, output, axis), input_dtype)


@composite
def log_softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: Any) -> Tensor:
    """Return the gradient of a log_softmax from its output, in the dtype of its input."""
    _refuse_misfit(grad_output, output)
    axis = shares.axis(dim, output.ndim)
    return shares.in_dtype(shares.log_softmax_backward(grad_output, output, axis), input_dtype)


def _refuse_misfit(grad: Tensor, output: Tensor) -> None:
    """Raise unless a gradient looks like the output it is of."""
    if tuple(grad.shape) != tuple(output.shape):
        raise RuntimeError(f"Expected tensor for argument #1 'grad' to have same size as tensor for argument #2 'output'; but "
                           f"{list(grad.shape)} does not equal {list(output.shape)}")
    if grad.dtype != output.dtype:
        raise RuntimeError(f"expected scalar type {pytorch_name(output.dtype.numpy)} but found "
                           f"{pytorch_name(grad.dtype.numpy)}; give the gradient the output's dtype")
    if not output.dtype.is_floating_point:
        raise NotImplementedError(f'"softmax_backward" not implemented for \'{pytorch_name(output.dtype.numpy)}\'; convert '
                                  "the tensors first")


# ------------------------------------------------------------------------------------ parts, pools, images


@composite
def slice_along(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """Look at the elements `start:end:step` along `dim`."""
    if not input.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    dim = from_start(dim, input.ndim)
    if step < 1:
        raise RuntimeError(f"slice step must be positive, not {step}")
    return sliced(input, along(dim, slice(start, end, step)))


@composite
def max_pool2d_with_indices_backward(grad_output: Tensor, input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None,
                                     padding: IntOrInts, dilation: IntOrInts, ceil_mode: bool, indices: Tensor) -> Tensor:
    """Add the gradient of each window to the cell of `input` that `indices` says held its maximum.

    >>> max_pool2d_with_indices_backward(randn(1, 1, 1, 2), randn(1, 1, 2, 4), 2, 2, 0, 1, False, tensor([[[[0, 7]]]]))
    """
    windows = pool_windows("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode)
    expected = (*input.shape[:-2], *windows.counts)
    for name, given in (("grad_output", grad_output), ("indices", indices)):
        if tuple(given.shape) != expected:
            raise RuntimeError(f"max_pool2d_with_indices_backward: Expected {name} of size {list(expected)} but got "
                               f"{list(given.shape)}")
    if grad_output.dtype != input.dtype:
        raise RuntimeError(f"expected dtype {input.dtype} for `gradOutput` but got dtype {grad_output.dtype}")
    if input.ndim == 4:
        return _at_maxima(grad_output, input, indices)
    grad_output, input, indices = (reshape(tensor, (1, *tensor.shape)) for tensor in (grad_output, input, indices))
    return reshape(_at_maxima(grad_output, input, indices), input.shape[1:])


@op(promote=SAME, promoted=("grad_output",), grad={
    "grad_output": lambda g, indices: take_cells(g, indices),
    "input": lambda g, input_shape: zeros_beside(g, input_shape),  # which it decides about in steps
})
def _at_maxima(grad_output: Tensor, input: Tensor, indices: Tensor) -> Tensor:
    return add_cells(grad_output, indices, input.shape[2:])


@composite
def upsample_bilinear2d_aa(input: Tensor, output_size: Sequence[int] | None, align_corners: bool,
                           scales_h: Any = None, scales_w: float | None = None, *,
                           scale_factors: Sequence[float] | None = None) -> Tensor:
    """Resample images (N, C, H, W) to `output_size`, or by `scale_factors`, averaging over what an output pixel covers.

    >>> upsample_bilinear2d_aa(randn(1, 1, 7, 6), (3, 9), False)
    >>> upsample_bilinear2d_aa(randn(1, 1, 7, 6), None, True, scale_factors=(0.5, 1.5))
    """
    return antialiased(input, "bilinear", align_corners, *_asked(output_size, scales_h, scales_w, scale_factors))


@composite
def upsample_bicubic2d_aa(input: Tensor, output_size: Sequence[int] | None, align_corners: bool,
                          scales_h: Any = None, scales_w: float | None = None, *,
                          scale_factors: Sequence[float] | None = None) -> Tensor:
    """Do as `upsample_bilinear2d_aa`, under the curve of a cubic filter.

    >>> upsample_bicubic2d_aa(randn(1, 1, 7, 6), (3, 4), False)
    """
    return antialiased(input, "bicubic", align_corners, *_asked(output_size, scales_h, scales_w, scale_factors))


def _asked(output_size: Sequence[int] | None, scales_h: Any, scales_w: float | None,
           factors: Sequence[float] | None) -> tuple[list[int] | None, list[float | None]]:
    """Sort out the overloads: factors come as one list, in which case they go without a size, or one by one."""
    if isinstance(scales_h, list | tuple):
        factors, scales_h = scales_h, None
    if (output_size is None) == (factors is None):
        raise RuntimeError("Must specify exactly one of output_size and scale_factors")
    return None if output_size is None else [*output_size], [scales_h, scales_w] if factors is None else [*factors]
