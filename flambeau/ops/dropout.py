"""Ops that add noise while a network trains: dropout and its kin, and rrelu."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import default_float, float64
from flambeau.core.random import distributions
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name, refuse_leaf, write
from flambeau.dispatch.op import SAME, op
from flambeau.ops.pointwise import add, mul
from flambeau.ops.random.creation import draw_beside, in_memory_order
from flambeau.ops.refusals import NOT_FLOAT
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

ALPHA = 1.7580993408473766  # what SELU tends to far below zero, times -1

# ------------------------------------------------------------------------------------ dropout


@op(grad={"grad_output": lambda g, mask, scale: native_dropout_backward(g, mask, scale)})
def native_dropout_backward(grad_output: Tensor, mask: Tensor, scale: float) -> Tensor:
    """Scale what `mask` keeps, and put zeros elsewhere.

    >>> native_dropout_backward(randn(2, 3), mask(2, 3), 2.0)
    >>> native_dropout_backward(tensor([1, 2, 3]), mask(3), 2.5)
    """
    dtype = default_float() if grad_output.dtype.kind in NOT_FLOAT else grad_output.dtype
    return grad_output.astype(dtype, copy=False) * noise_of(mask, scale, dtype)


@op(outputs=("output", "mask"), differentiable=1, grad={
    "input": lambda g_output, mask, p, train: native_dropout_backward(g_output, mask, 1 / (1 - p) if train else 1.0),
})
def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """Drop each element with probability `p`, scale the others by 1 / (1 - p); return also which were kept.

    >>> native_dropout(randn(2, 3), 0.0, True)
    >>> native_dropout(randn(2, 3), 0.5, False)
    """
    if not train:
        xp = namespace_of(input)
        return xp.array(input), xp.ones(input.shape, bool)
    require_float(input)
    kept = kept_elements(input, p)
    return input * noise_of(kept, 1 / (1 - p), input.dtype), kept


def kept_elements(array: Array, p: float) -> Array:
    """Draw which elements to keep."""
    return in_memory_order(array, lambda shape, _: draw_beside(array, distributions.bernoulli, shape, 1 - p))


def noise_of(kept: Array, scale: float, dtype: Any) -> Array:
    """Turn what is kept into factors: `scale` and zero."""
    noise = kept.astype(dtype)
    noise *= dtype.type(scale)
    return noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to zero with probability `p`, and scale the others so that the mean stays; only in training.

    Source: Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012.

    >>> dropout(randn(2, 3), 0.0, True)
    >>> dropout(randn(2, 3), 1.0, True)
    >>> dropout(randn(2, 3), 0.5, False)
    """
    if inplace:
        return in_place(dropout, input, p, training)
    if off(input, p, training):
        return input
    return nothing_kept(input) if p == 1 else native_dropout(input, p, True)[0]


def off(input: Any, p: float, training: bool) -> bool:
    """Say whether dropout leaves `input` as it is.

    Raises ValueError unless `p` is a probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return not training or p == 0 or input._array.size == 0


# --------------------------------------------------------------- whole features (channels)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Drop whole features: for each pair of the first two dims, all or nothing.

    >>> feature_dropout(randn(2, 3, 2), 0.0, True)
    """
    if off(input, p, train):
        return input
    if p == 1:
        return nothing_kept(input)
    require_float(input._array)
    return mul(input, wrap(noise_of(kept_features(input._array, p), 1 / (1 - p), input._array.dtype)))


def kept_features(array: Array, p: float) -> Array:
    """Draw which features to keep."""
    if array.ndim < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input, not {array.ndim}")
    shape = (*array.shape[:2], *[1] * (array.ndim - 2))
    return draw_beside(array, distributions.bernoulli, shape, 1 - p)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of sequences, of shape (N, C, L) or (C, L).

    >>> dropout1d(randn(2, 3, 4), 0.0)
    """
    if input.ndim not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. It drops channels "
                           "of (N, C, L) or (C, L); use dropout to drop elements")
    return drop_channels(input, p, training, inplace, batched=input.ndim == 3)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of images, of shape (N, C, H, W). (N, C, L) is taken for a batch of sequences.

    >>> dropout2d(randn(2, 3, 2, 2), 0.0)
    """
    if input.ndim not in (3, 4):
        warn_of_dims("dropout2d", input.ndim, "(C, H, W) or (N, C, H, W)")
    elif input.ndim == 3 and training:
        warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
             "desired: the input is taken for (N, C, L), not (C, H, W). PyTorch is going to change this; use dropout1d")
    return drop_channels(input, p, training, inplace, batched=True)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop whole channels of volumes, of shape (N, C, D, H, W) or (C, D, H, W).

    >>> dropout3d(randn(2, 3, 2, 2, 2), 0.0)
    """
    if input.ndim not in (4, 5):
        warn_of_dims("dropout3d", input.ndim, "(C, D, H, W) or (N, C, D, H, W)")
    return drop_channels(input, p, training, inplace, batched=input.ndim == 5)


def drop_channels(input: Any, p: float, training: bool, inplace: bool, batched: bool) -> Any:
    batch = input if batched else reshape(input, (1, *input.shape))
    dropped = in_place(feature_dropout, batch, p, training) if inplace else feature_dropout(batch, p, training)
    return dropped if batched else reshape(dropped, input.shape)


def warn_of_dims(name: str, ndim: int, expected: str) -> None:
    warn(f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in an error in a future "
         f"release. Use dropout for it; {name} drops channels of {expected}")


def warn(message: str) -> None:
    import warnings

    warnings.warn(message, UserWarning, stacklevel=4)


# ----------------------------------------------------------------- for self-normalizing networks


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Drop elements to the lower limit of SELU, then scale and shift so that mean and variance stay.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.

    >>> alpha_dropout(randn(2, 3), 0.0, True)
    >>> alpha_dropout(randn(2, 3), 1.0, True)
    """
    if inplace:
        return in_place(alpha_dropout, input, p, training)
    return input if off(input, p, training) else drop_to_limit(input, p, kept_elements)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Drop whole features to the lower limit of SELU, as `alpha_dropout` does with elements.

    >>> feature_alpha_dropout(randn(2, 3, 2), 0.0, True)
    """
    if inplace:
        return in_place(feature_alpha_dropout, input, p, training)
    return input if off(input, p, training) else drop_to_limit(input, p, kept_features)


def drop_to_limit(input: Any, p: float, draw_kept: Any) -> Any:
    if p == 1:
        return nothing_kept(input)
    array, number = input._array, input._array.dtype.type
    require_float(array)
    noise = draw_kept(array, p).astype(array.dtype)
    scale = 1 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    shift = (noise - number(1)) * number(ALPHA * scale) + number(ALPHA * scale * p)
    return add(mul(input, wrap(noise * number(scale))), wrap(shift))


# -------------------------------------------------------------------------------------- rrelu


@op(promote=SAME, outputs=("output", "slopes"), differentiable=1,
    grad={"input": lambda g_output, slopes: g_output * slopes})
def rrelu_with_slopes(input: Tensor, lower: float, upper: float, training: bool) -> tuple[Tensor, Tensor]:
    """Return what `rrelu` does, and by what each element was multiplied.

    >>> rrelu_with_slopes(randn(2, 3), 0.1, 0.3, False)
    """
    if input.dtype.kind != "f":
        raise NotImplementedError(f'"rrelu" not implemented for \'{pytorch_name(input.dtype)}\'; use a float dtype')
    slopes = namespace_of(input).ones(input.shape, input.dtype)
    below = input <= 0
    if training:
        drawn = draw_beside(input, distributions.uniform, (int(below.sum()),), float64.numpy, lower, upper)
        slopes[below] = drawn.astype(input.dtype)
    else:
        slopes[below] = (lower + upper) / 2
    return input * slopes, slopes


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False,
          inplace: bool = False) -> Tensor:
    """Multiply negative elements by slopes drawn from [lower, upper); by the mean slope when not training.

    >>> rrelu(randn(2, 3), 0.1, 0.3)
    """
    if lower > upper:
        raise RuntimeError(f"Lower bound should be less than or equal to the upper bound, not {lower} > {upper}")
    if inplace:
        return in_place(rrelu, input, lower, upper, training)
    return rrelu_with_slopes(input, lower, upper, training)[0]


# ------------------------------------------------------------------------------------- helpers


def in_place(function: Any, input: Any, *args: Any) -> Any:
    """Put what `function` makes of `input` in its place."""
    refuse_leaf(input)
    return write(input, function(input, *args), f"{function.__name__}_")


def nothing_kept(input: Any) -> Any:
    """Return zeros that remember where `input` was infinite or no number, as PyTorch's do."""
    array = input._array
    return mul(input, wrap(namespace_of(array).zeros((), array.dtype)))


def require_float(array: Array) -> None:
    if array.dtype.kind in "iub":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {pytorch_name(array.dtype)}: "
                           "dropout scales what it keeps; use a float dtype")


def _at_once(function: Any) -> Any:
    """Make the `dropout_` of a `dropout`."""
    def call(input: Tensor, p: float, train: bool) -> Tensor:
        return in_place(function, input, p, train)

    call.__name__ = call.__qualname__ = function.__name__ + "_"
    call.__doc__ = f"Do as `{function.__name__}`, in the memory of `input`."
    return call


dropout_, feature_dropout_ = _at_once(dropout), _at_once(feature_dropout)
alpha_dropout_, feature_alpha_dropout_ = _at_once(alpha_dropout), _at_once(feature_alpha_dropout)
