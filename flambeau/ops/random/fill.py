"""Filling tensors with random numbers, in the order in which their elements lie in memory."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.random import Generator, distributions
from flambeau.core.random.integers import any_integers, checked_range, integers
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name, refuse_leaf, write
from flambeau.dispatch.op import op
from flambeau.ops.parts import zeros_beside
from flambeau.ops.random.creation import CONTINUOUS, REAL, draw, in_memory_order, whole

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


CONTINUOUS_ONLY = (" distribution is a continuous probability distribution. dtype must be a floating point but you "
                   "specified {}")
COUNTED = REAL | {"bool", "uint8", "int8", "int16", "int32", "int64"}


@op(grad={
    "input": lambda g, input_shape: zeros_beside(g, input_shape),
    "other": lambda g, other_shape: zeros_beside(g, other_shape),
})
def _independent(input: Tensor | float, other: Tensor | float, values: Any) -> Tensor:
    return values


def independent(input: Any, other: Any, values: Any) -> Any:
    """Return drawn values, which small changes of the tensors do not change: their gradient is zero."""
    return _independent(input, other, namespace_of(values).asarray(values))  # a NumPy scalar would pass for a number


def filled(self: Any, name: str, generator: Generator | None, call: Any, parameter: Any = 0.0) -> Any:
    """Draw values for all elements of `self` with `call(shape, order)`, and put `self` on the tape as independent."""
    refuse_leaf(self)
    place = devices.device_of(self._array)
    values = in_memory_order(self._array, lambda shape, order: draw(generator, place, *call(shape, order)))
    return write(self, independent(self, parameter, values), name)


def uniform_(self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None,
             **kwargs: float) -> Tensor:
    """Fill with numbers from [from, to).

    >>> zeros(2, 3).uniform_(-1, 1)
    """
    low = kwargs.pop("from", from_)
    refuse_unknown("uniform_", kwargs)
    dtype = require(self, CONTINUOUS, NotImplementedError, '"check_uniform_bounds" not implemented for \'{}\'')
    if not low <= to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={to}")
    return filled(self, "uniform_", generator, lambda shape, _: (distributions.uniform, shape, dtype, low, to))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from a normal distribution.

    >>> zeros(2, 3).normal_(std=0.02)
    """
    dtype = require(self, CONTINUOUS, NotImplementedError, '"normal_kernel_cpu" not implemented for \'{}\'')
    require_std(std)
    return filled(self, "normal_", generator,
                  lambda shape, order: (distributions.normal, shape, dtype, mean, std, order is not None))


def require_std(std: float) -> None:
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")


def bernoulli_(self: Tensor, p: Tensor | float = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with ones, each with probability `p`, and zeros.

    >>> zeros(2, 3).bernoulli_(0.3)
    """
    require(self, COUNTED, NotImplementedError, '"bernoulli_scalar_cpu_" not implemented for \'{}\'')
    if not isinstance(p, TensorBase):
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
        return filled(self, "bernoulli_", generator, lambda shape, _: (ones, shape, self._array.dtype, float(p)))
    chances = probabilities(p._array, self._array.shape)
    return filled(self, "bernoulli_", generator, lambda shape, order: (
        ones, shape, self._array.dtype, chances if order is None else chances.transpose(order)), p)


def ones(engine: Any, shape: tuple[int, ...], dtype: Any, p: Any) -> Array:
    """Draw ones with probability `p`, and zeros."""
    return distributions.bernoulli(engine, shape, p).astype(dtype)


def probabilities(p: Array, shape: tuple[int, ...]) -> Array:
    """Stretch probabilities over a shape.

    Raises RuntimeError where they do not fit or are outside [0, 1], NotImplementedError when they are integers.
    """
    if p.dtype.name not in REAL:
        raise NotImplementedError(f'"bernoulli_tensor_cpu_p_" not implemented for \'{pytorch_name(p.dtype)}\'; the '
                                  "probabilities must be floats")
    if not ((p >= 0) & (p <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false: probabilities are in [0, 1]")
    try:
        return namespace_of(p).broadcast_to(p, shape)
    except ValueError:
        raise RuntimeError(f"bernoulli_: probabilities of size {list(p.shape)} do not stretch to "
                           f"{list(shape)}") from None


def exponential_(self: Tensor, lambd: float = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with waiting times for what happens `lambd` times per unit of time.

    >>> zeros(2, 3).exponential_()
    """
    dtype = require(self, REAL, RuntimeError, "Exponential" + CONTINUOUS_ONLY)
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    return filled(self, "exponential_", generator, lambda shape, _: (distributions.exponential, shape, dtype, lambd))


def cauchy_(self: Tensor, median: float = 0, sigma: float = 1, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers from a Cauchy distribution.

    >>> zeros(2, 3).cauchy_()
    """
    dtype = require(self, REAL, RuntimeError, "Cauchy" + CONTINUOUS_ONLY)
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    return filled(self, "cauchy_", generator, lambda shape, _: (distributions.cauchy, shape, dtype, median, sigma))


def log_normal_(self: Tensor, mean: float = 1, std: float = 2, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers whose logarithms have this mean and standard deviation.

    >>> zeros(2, 3).log_normal_()
    """
    dtype = require(self, REAL, NotImplementedError, '"log_normal_cpu" not implemented for \'{}\'')
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    return filled(self, "log_normal_", generator, lambda shape, _: (distributions.log_normal, shape, dtype, mean, std))


def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fill with how many trials it takes to the first success, each succeeding with probability `p`.

    >>> zeros(2, 3).geometric_(0.3)
    """
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    dtype = require(self, COUNTED - {"bool"}, NotImplementedError, '"geometric_cpu" not implemented for \'{}\'')
    return filled(self, "geometric_", generator, lambda shape, _: (distributions.geometric, shape, dtype, p))


def random_(self: Tensor, *args: int | None, generator: Generator | None = None, **kwargs: int | None) -> Tensor:
    """Fill with whole numbers: random_() up to what the dtype counts to, random_(to), or random_(from, to).

    >>> zeros(2, 3).random_(10)
    """
    given = dict(zip(("to",) if len(args) == 1 and "to" not in kwargs else ("from", "to"), args, strict=False)) | kwargs
    dtype = self._array.dtype
    if not given:
        require(self, COUNTED, NotImplementedError, '"random_kernel_cpu" not implemented for \'{}\'')
        return filled(self, "random_", generator, lambda shape, _: (any_integers, shape, dtype))
    low, high = given.pop("from", 0), given.pop("to", None)
    refuse_unknown("random_", given)
    start, end = checked_range(dtype, whole("random_", "from", low),
                               None if high is None else whole("random_", "to", high))
    return filled(self, "random_", generator, lambda shape, _: (integers, shape, dtype, start, end))


def require(self: Any, names: frozenset[str], error: type[Exception], message: str) -> Any:
    """Return the dtype of `self`, or raise `error` where it cannot hold such numbers."""
    dtype = self._array.dtype
    if dtype.name not in names:
        raise error(message.format(pytorch_name(dtype)))
    return dtype


def refuse_unknown(name: str, kwargs: dict[str, Any]) -> None:
    if kwargs:
        raise TypeError(f"{name}() got an unexpected keyword argument {min(kwargs)!r}; it takes from, to and generator")
