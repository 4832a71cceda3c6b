"""Pools by power mean: the p-th root of what the p-th powers under each window add up to."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.dispatch.op import composite
from flambeau.ops.activation import relu
from flambeau.ops.exponential import pow
from flambeau.ops.pointwise import mul
from flambeau.ops.pooling import avg_pool1d, avg_pool2d, avg_pool3d
from flambeau.ops.rounding import abs, sign
from flambeau.ops.windows import IntOrInts

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def lp_pool1d(input: Tensor, norm_type: float, kernel_size: IntOrInts, stride: IntOrInts | None = None,
              ceil_mode: bool = False) -> Tensor:
    """Take the p-norm, for p = `norm_type`, under windows over (N, C, L) or (C, L).

    >>> lp_pool1d(rand(2, 3, 8), 3, 2)
    """
    return _root(avg_pool1d(pow(input, norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kernel_size, 1)


@composite
def lp_pool2d(input: Tensor, norm_type: float, kernel_size: IntOrInts, stride: IntOrInts | None = None,
              ceil_mode: bool = False) -> Tensor:
    """Take the p-norm, for p = `norm_type`, under windows over images (N, C, H, W) or (C, H, W).

    >>> lp_pool2d(randn(2, 3, 4, 6), 2, 2)
    >>> lp_pool2d(rand(2, 5, 5), 1.5, (2, 3), stride=(1, 2), ceil_mode=True)
    """
    return _root(avg_pool2d(pow(input, norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kernel_size, 2)


@composite
def lp_pool3d(input: Tensor, norm_type: float, kernel_size: IntOrInts, stride: IntOrInts | None = None,
              ceil_mode: bool = False) -> Tensor:
    """Take the p-norm, for p = `norm_type`, under windows over volumes (N, C, D, H, W) or (C, D, H, W).

    >>> lp_pool3d(randn(1, 2, 4, 4, 4), 2, 2)
    """
    return _root(avg_pool3d(pow(input, norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kernel_size, 3)


def _root(average: Tensor, norm_type: float, kernel_size: IntOrInts, dims: int) -> Tensor:
    cells = kernel_size**dims if isinstance(kernel_size, int) else math.prod(kernel_size)
    total = mul(mul(sign(average), relu(abs(average))), cells)  # relu stops the root's infinite gradient at 0
    return pow(total, 1 / norm_type)
