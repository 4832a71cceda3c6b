"""Elements picked along a dim by an index for each: what the gradients of max, sort, median and their like are made of."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import op
from flambeau.ops.addressing import from_start
from flambeau.ops.dims import Sizes
from flambeau.ops.shape import reshape, unsqueeze

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"input": lambda g, indices, dim, input_shape: _put_along(g, indices, dim, input_shape)})
def take_along(input: Tensor, indices: Tensor, dim: int) -> Tensor:
    """Read the element at each of `indices` along `dim`, where no index comes twice.

    >>> take_along(randn(2, 3), tensor([[0], [2]]), 1)
    """
    return namespace_of(input).take_along_axis(input, indices, dim)


@op(grad={"grad": lambda g, indices, dim: take_along(g, indices, dim)})
def _put_along(grad: Tensor, indices: Tensor, dim: int, shape: Sizes) -> Tensor:
    xp = namespace_of(grad)
    result = xp.zeros(shape, grad.dtype)
    xp.put_along_axis(result, indices, grad, dim)
    return result


def placed(g: Tensor, indices: Tensor, dim: int, shape: Sizes, keepdim: bool = True) -> Tensor:
    """Put the gradient of picked elements at their places among zeros; no place is picked twice."""
    if not shape:
        return reshape(g, ())
    dim = from_start(dim, len(shape))
    if not keepdim:
        g, indices = unsqueeze(g, dim), unsqueeze(indices, dim)
    return _put_along(g, indices, dim, shape)
