"""Products of matrices of eight-bit floats, with the scales by which their numbers are to be multiplied."""
from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import HALVES, bfloat16, float8_e8m0fnu
from flambeau.core.promotion import FLOAT32
from flambeau.ops.conversion import cast
from flambeau.ops.flipping import repeat_interleave
from flambeau.ops.grouped_products import grouped_mm
from flambeau.ops.linalg import matmul
from flambeau.ops.parts import narrow
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class ScalingType(enum.IntEnum):
    """Which numbers share a scale: all, those of a row, or those of a block of so many rows and columns."""

    TensorWise = 0
    RowWise = 1
    BlockWise1x16 = 2
    BlockWise1x32 = 3
    BlockWise1x128 = 4
    BlockWise128x128 = 5


class SwizzleType(enum.IntEnum):
    """How scales lie in memory: row by row, or in the order that a GPU's matrix units read them in."""

    NO_SWIZZLE = 0
    SWIZZLE_32_4_4 = 1


_BLOCKS = {ScalingType.BlockWise1x16: (1, 16), ScalingType.BlockWise1x32: (1, 32), ScalingType.BlockWise1x128: (1, 128),
           ScalingType.BlockWise128x128: (128, 128)}


def scaled_mm(mat_a: Tensor, mat_b: Tensor, scale_a: Any, scale_recipe_a: Any, scale_b: Any, scale_recipe_b: Any,
              swizzle_a: Any = None, swizzle_b: Any = None, bias: Tensor | None = None, output_dtype: Any = bfloat16,
              contraction_dim: Any = (), use_fast_accum: bool = False) -> Tensor:
    """Multiply matrices (M, K) and (K, N) of eight-bit floats, each times its scales, and add `bias` (N).

    `scale_recipe_a`, `scale_recipe_b`: which numbers share a scale. TensorWise: one scale; RowWise: one for each row of
    `mat_a`, column of `mat_b`; in blocks: one for each block along K, (M, K / block) and (N, K / block). A list of two recipes
    and scales applies both. Sums are kept in float32. Raises ValueError for scales of another number, NotImplementedError for
    scales in a GPU's own order.
    """
    _refuse_swizzles(swizzle_a, swizzle_b)
    rows, columns = _unscaled(mat_a, scale_a, scale_recipe_a, "a"), _unscaled(mat_b.mT, scale_b, scale_recipe_b, "b").mT
    product = matmul(rows, columns)
    if bias is not None:
        product = product + cast(bias, FLOAT32)
    return product if output_dtype is None else cast(product, output_dtype.numpy)


def scaled_grouped_mm(mat_a: Tensor, mat_b: Tensor, scale_a: Any, scale_recipe_a: Any, scale_b: Any, scale_recipe_b: Any,
                      swizzle_a: Any = None, swizzle_b: Any = None, bias: Tensor | None = None, offs: Tensor | None = None,
                      output_dtype: Any = bfloat16, contraction_dim: Any = (), use_fast_accum: bool = False) -> Tensor:
    """Multiply matrices of groups (see `grouped_mm`) of eight-bit floats, each times its scales (see `scaled_mm`)."""
    _refuse_swizzles(swizzle_a, swizzle_b)
    rows, columns = _unscaled(mat_a, scale_a, scale_recipe_a, "a"), _unscaled(mat_b.mT, scale_b, scale_recipe_b, "b").mT
    product = grouped_mm(rows, columns, offs=offs)
    if bias is not None:
        product = product + cast(bias, FLOAT32)
    return product if output_dtype is None else cast(product, output_dtype.numpy)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _refuse_swizzles(*swizzles: Any) -> None:
    for swizzle in swizzles:
        if any(kind not in (None, SwizzleType.NO_SWIZZLE) for kind in _listed(swizzle)):
            raise NotImplementedError("scales in the order of a GPU's matrix units are not supported; give them row by row, "
                                      "with SwizzleType.NO_SWIZZLE")


def _unscaled(matrix: Tensor, scales: Any, recipes: Any, name: str) -> Tensor:
    """The matrix, the dim that is summed over last, times its scales, in float32."""
    kind = matrix.dtype.numpy
    if kind not in HALVES or kind.itemsize != 1 or matrix.dtype is float8_e8m0fnu:
        raise ValueError(f"Invalid scaling configuration: mat_{name} should be of eight-bit floats, got {matrix.dtype}")
    values: Any = cast(matrix, FLOAT32)
    for scale, recipe in zip(_listed(scales), _listed(recipes), strict=True):
        values = values * _spread(cast(scale, FLOAT32), ScalingType(recipe), tuple(matrix.shape), name)
    return values


def _spread(scale: Tensor, recipe: ScalingType, shape: tuple[int, ...], name: str) -> Tensor:
    """The scales in a shape that fits the matrix."""
    if recipe is ScalingType.TensorWise:
        _check_count(scale, 1, recipe, name)
        return reshape(scale, ())
    *stack, rows, length = shape
    if recipe is ScalingType.RowWise:
        _check_count(scale, math.prod(stack) * rows, recipe, name)
        return reshape(scale, (*stack, rows, 1))
    high, wide = _BLOCKS[recipe]
    counts = (*stack, -(-rows // high), -(-length // wide))
    _check_count(scale, math.prod(counts), recipe, name)
    spread = repeat_interleave(repeat_interleave(reshape(scale, counts), high, -2), wide, -1)
    return narrow(narrow(spread, -2, 0, rows), -1, 0, length)


def _check_count(scale: Tensor, wanted: int, recipe: ScalingType, name: str) -> None:
    if scale.numel() != wanted:
        raise ValueError(f"Invalid scaling configuration: {recipe.name} scaling takes {wanted} scales for mat_{name}, "
                         f"got {scale.numel()}")
