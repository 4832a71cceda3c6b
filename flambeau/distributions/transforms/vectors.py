"""Transforms of vectors into shares that sum to one."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.transforms.elementwise import inside_unit_interval
from flambeau.distributions.transforms.events import check_dims
from flambeau.distributions.transforms.transform import Fixed
from flambeau.ops.activation import logsigmoid, sigmoid
from flambeau.ops.creation import arange
from flambeau.ops.padding import pad
from flambeau.ops.softmax import softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class SoftmaxTransform(Fixed):
    """Exponentials, divided by their sum; the inverse is one of many."""

    domain, codomain = constraints.real_vector, constraints.simplex

    def _call(self, x: Tensor) -> Tensor:
        return softmax(x, -1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        check_dims(shape, 1)
        return shape

    inverse_shape = forward_shape


class StickBreakingTransform(Fixed):
    """Break off a share of what is left of a stick, again and again; what is left at last is one more share."""

    domain, codomain = constraints.real_vector, constraints.simplex
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        broken = inside_unit_interval(sigmoid(x - _shares_to_come(x).log()))
        left = (1 - broken).cumprod(-1)
        return pad(broken, [0, 1], value=1) * pad(left, [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        shares = y[..., :-1]
        left = (1 - shares.cumsum(-1)).clamp(min=finfo(y.dtype).tiny)
        return shares.log() - left.log() + _shares_to_come(shares).log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        x = x - _shares_to_come(x).log()
        return (-x + logsigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Size:
        check_dims(shape, 1)
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Sequence[int]) -> Size:
        check_dims(shape, 1)
        return Size((*shape[:-1], shape[-1] - 1))


def _shares_to_come(x: Tensor) -> Tensor:
    """How many shares follow each: x = 0 then gives equal ones."""
    return arange(x.shape[-1], 0, -1, dtype=x.dtype, device=x.device)
