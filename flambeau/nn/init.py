"""`torch.nn.init`: starting values for parameters. Each function fills its tensor, off the tape, and returns it."""
from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flambeau.autograd.mode import no_grad
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.random import Generator
from flambeau.core.tensor import wrap
from flambeau.dispatch.overriding import guarded
from flambeau.ops.exponential import log
from flambeau.ops.random import normal_ as fill_normal
from flambeau.ops.random import randperm
from flambeau.ops.random import uniform_ as fill_uniform

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])

GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4} | dict.fromkeys(
    ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"), 1)
FAN_MODES = ["fan_in", "fan_out"]


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by how much weights must be scaled up to make up for what a nonlinearity takes away.

    Raises ValueError for an unknown one. `param` is the negative slope of "leaky_relu".
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; choose one of leaky_relu, {', '.join(GAINS)}")
    return GAINS[nonlinearity]


# ----------------------------------------------------------------------------------- constants


@guarded
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value."""
    return put(tensor, val, "constant_")


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return put(tensor, 1, "ones_")


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return put(tensor, 0, "zeros_")


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity: a linear layer then passes on as many inputs as it can.

    Raises ValueError unless there are two dims.
    """
    require_matrix(tensor)
    return put(tensor, namespace_of(tensor._array).eye(*tensor.shape), "eye_")


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make convolution weights pass on as many channels of each group as they can.

    Raises ValueError unless there are three to five dims, and the first is divisible by `groups`.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"Only tensors with 3, 4, or 5 dimensions are supported, not {tensor.ndim}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dim 0 must be divisible by groups, but {tensor.shape[0]} is not by {groups}")
    per_group = tensor.shape[0] // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    values = namespace_of(tensor._array).zeros(tensor.shape)
    for channel in range(min(per_group, tensor.shape[1])):
        values[(slice(channel, None, per_group), channel, *middle)] = 1
    return put(tensor, values, "dirac_")


# -------------------------------------------------------------------------------------- random


@guarded
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from [a, b)."""
    with no_grad():
        return fill_uniform(tensor, a, b, generator=generator)


@guarded
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from a normal distribution."""
    with no_grad():
        return fill_normal(tensor, mean, std, generator=generator)


def trunc_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
                  generator: Generator | None = None) -> Tensor:
    """Fill with numbers from the part of a normal distribution between `a` and `b`."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
                      "incorrect.", stacklevel=3)
    inside = normal_below((b - mean) / std) - normal_below((a - mean) / std)
    draw = truncate_normal if inside > 0.3 else accept_uniform
    return put(tensor, draw(tensor._array, mean, std, a, b, generator), "trunc_normal_")


def normal_below(x: float) -> float:
    """How much of the standard normal distribution lies below `x`."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


def truncate_normal(like: Array, mean: float, std: float, a: float, b: float, generator: Any) -> Array:
    """Draw normal numbers, all anew as long as one lies outside: quick where most lie inside."""
    low, high = like.dtype.type(a), like.dtype.type(b)

    def draw() -> Array:
        return fill_normal(blank(like), mean, std, generator=generator)._array

    values = draw()
    while (outside := (values < low) | (values > high)).any():
        values = namespace_of(like).where(outside, draw(), values)
    return values


def accept_uniform(like: Array, mean: float, std: float, a: float, b: float, generator: Any) -> Array:
    """Draw uniform numbers, and accept each with the height of the normal curve there over its peak."""
    xp, peak = namespace_of(like), -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    number = like.dtype.type

    def draw() -> tuple[Array, Array]:
        values = fill_uniform(blank(like), a, b, generator=generator)._array
        heights = ((values - number(mean)) / number(std)) ** 2 * number(-0.5) - number(peak)
        return values, log(fill_uniform(blank(like), generator=generator))._array > heights

    values, pending = draw()
    while pending.any():
        others, refused = draw()
        values = xp.where(pending, others, values)
        pending = pending & refused
    return values


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with uniform numbers that keep the variance of activations and gradients alike.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """
    bound = math.sqrt(3) * xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers that keep the variance of activations and gradients alike; see `xavier_uniform_`."""
    return normal_(tensor, 0.0, xavier_std(tensor, gain), generator)


def xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2 / sum(_calculate_fan_in_and_fan_out(tensor)))


@guarded
def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                     generator: Generator | None = None) -> Tensor:
    """Fill with uniform numbers that keep the variance of what flows through rectifiers.

    Source: He et al., "Delving deep into rectifiers", 2015. `mode`: whether forward ("fan_in") or backward ("fan_out");
    `a`: the negative slope of "leaky_relu".
    """
    if is_empty(tensor):
        return tensor
    bound = math.sqrt(3) * kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                    generator: Generator | None = None) -> Tensor:
    """Fill with normal numbers that keep the variance of what flows through rectifiers; see `kaiming_uniform_`."""
    if is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, kaiming_std(tensor, a, mode, nonlinearity), generator)


def kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))


def is_empty(tensor: Tensor) -> bool:
    """Say, with a warning, whether there is nothing to fill."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return 0 in tensor.shape


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """Return the fan that `mode` names; model libraries call this, as they do the next one."""
    if mode.lower() not in FAN_MODES:
        raise ValueError(f"Mode {mode} not supported, please use one of {FAN_MODES}")
    return _calculate_fan_in_and_fan_out(tensor)[FAN_MODES.index(mode.lower())]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Count the inputs that make one output, and the outputs that one input takes part in."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, such as one "
                         f"of size {list(tensor.shape)}")
    window = math.prod(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with orthogonal rows, or orthogonal columns where there are more rows; dims after the first count as one.

    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013.
    Raises ValueError below two dims.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported, not one of size "
                         f"{list(tensor.shape)}")
    if 0 in tensor.shape:
        return tensor
    xp, dtype = namespace_of(tensor._array), tensor._array.dtype
    matrix = xp.empty((tensor.shape[0], math.prod(tensor.shape[1:])), dtype)
    flat = fill_normal(wrap(matrix), generator=generator)._array
    wide = flat.shape[0] < flat.shape[1]
    flat = flat if dtype.itemsize > 2 else flat.astype("f4")
    q, r = xp.linalg.qr(flat.T if wide else flat)
    q = q * xp.sign(xp.diagonal(r))  # without this, not all orthogonal matrices would be equally likely
    q = (q.T if wide else q).astype(dtype) * dtype.type(gain)
    return put(tensor, q.reshape(tensor.shape), "orthogonal_")


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix with normal numbers, and set the fraction `sparsity` of each column to zero.

    Source: Martens, "Deep learning via Hessian-free optimization", 2010. Raises ValueError unless there are two dims.
    """
    require_matrix(tensor)
    normal_(tensor, 0, std, generator)
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    for column in range(columns):
        tensor._array[randperm(rows, device=tensor.device)._array[:zeros], column] = 0
    return tensor


# ------------------------------------------------------------------------------------- helpers


def put(tensor: Any, values: Any, writer: str) -> Any:
    """Write into the memory of a tensor, which autograd is not told of but for the count of writes."""
    tensor._array[...] = values
    tensor._storage.bump(writer)
    return tensor


def blank(like: Array) -> Any:
    """A tensor of the same shape, order in memory and dtype, with nothing in it yet."""
    return wrap(namespace_of(like).empty_like(like))


def require_matrix(tensor: Any) -> None:
    if tensor.ndim != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported, not {tensor.ndim}")


def deprecated(function: F) -> F:
    """The name without an underscore, which PyTorch keeps for old programs."""
    name = function.__name__[:-1]

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    call.__name__ = name
    return call  # type: ignore[return-value]  # same signature, by wraps


uniform, normal, constant = deprecated(uniform_), deprecated(normal_), deprecated(constant_)
eye, dirac = deprecated(eye_), deprecated(dirac_)
xavier_uniform, xavier_normal = deprecated(xavier_uniform_), deprecated(xavier_normal_)
kaiming_uniform, kaiming_normal = deprecated(kaiming_uniform_), deprecated(kaiming_normal_)
orthogonal, sparse = deprecated(orthogonal_), deprecated(sparse_)
