"""Draws whose parameters are tensors: one distribution for each element."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.random import Generator, choices, distributions, rejection
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.outs import put
from flambeau.ops.random.creation import CONTINUOUS, REAL, chosen_dtype, draw, finished, floating, place_of, shape_of
from flambeau.ops.random.fill import independent, ones, probabilities, require, require_std

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def normal(mean: Tensor | float, std: Tensor | float = 1.0, size: Any = None, *, generator: Generator | None = None,
           out: Tensor | None = None, dtype: Any = None, layout: Any = None, device: Any = None,
           pin_memory: bool | None = False, requires_grad: bool = False) -> Tensor:
    """Draw from normal distributions: one for each element of tensors, or `size` numbers from one.

    >>> normal(zeros(3), tensor([1.0, 2.0, 3.0]))
    >>> normal(0.0, 1.0, (2, 3))
    """
    if isinstance(mean, TensorBase) or isinstance(std, TensorBase):
        kind = None if out is None else floating(None, out, "normal_kernel_cpu")
        return into(out, normal_each(mean, std, generator, kind), "normal")
    if size is None:
        raise TypeError("normal() received an invalid combination of arguments: numbers for mean and std need a size")
    require_std(std)
    kind = floating(dtype, out, "normal_kernel_cpu")
    array = draw(generator, place_of(device, out), distributions.normal, shape_of("normal", (), size), kind, mean, std)
    return finished("normal", array, out, requires_grad)


def normal_each(mean: Any, std: Any, generator: Generator | None, kind: Any = None) -> Any:
    """Draw numbers around 0, of dtype `kind` or that of the tensors, stretch them where `std` is a tensor, and move them."""
    typed = mean if isinstance(mean, TensorBase) else std
    dtype = kind or require(typed, CONTINUOUS, NotImplementedError, '"normal_kernel_cpu" not implemented for \'{}\'')
    xp, place = namespace_of(typed._array), devices.device_of(typed._array)
    means, stds = (value._array if isinstance(value, TensorBase) else value for value in (mean, std))
    if stds is std:
        require_std(std)
        moved = draw(generator, place, distributions.normal, means.shape, dtype, 0.0, std) + means
    else:
        if not (stds >= 0).all():
            raise RuntimeError("normal expects all elements of std >= 0.0")
        shape = common_shape(xp, xp.shape(means), stds.shape)
        stretched = draw(generator, place, distributions.normal, shape, dtype) * stds
        moved = stretched.astype(dtype, copy=False) + means
    return independent(mean, std, moved.astype(dtype, copy=False))


def common_shape(xp: Any, mean: tuple[int, ...], std: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return tuple(xp.broadcast_shapes(mean, std))
    except ValueError:
        raise RuntimeError(f"normal: mean of size {list(mean)} and std of size {list(std)} must match, or stretch to "
                           "one size") from None


def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None,
              out: Tensor | None = None) -> Tensor:
    """Draw ones, with the probabilities in `input` or with probability `p` for each of its elements, and zeros.

    >>> bernoulli(tensor([0.1, 0.9]))
    """
    array = input._array
    if p is not None and out is not None:
        raise TypeError("bernoulli() received an invalid combination of arguments: give either p or out")
    if p is not None and not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    chances = float(p) if p is not None else probabilities(array, array.shape)
    kind = chosen_dtype(None, input if out is None else out, None)
    if kind.kind == "c":
        raise NotImplementedError(f'"bernoulli_tensor_cpu_self_" not implemented for \'{pytorch_name(kind)}\'')
    return one_each("bernoulli", input, generator, out, ones, array.shape, kind, chances)


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Draw how many events happen where `input` are expected.

    >>> poisson(tensor([0.5, 20.0]))
    """
    require(input, REAL, NotImplementedError, '"poisson_cpu" not implemented for \'{}\'')
    return one_each("poisson", input, generator, None, rejection.poisson, input._array)


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """Draw how many of `count` trials succeed, each with probability `prob`.

    >>> binomial(tensor([10.0, 100.0]), tensor([0.5, 0.1]))
    """
    require(count, REAL, NotImplementedError, '"binomial_cpu" not implemented for \'{}\'')
    if count._array.dtype != prob._array.dtype:
        raise RuntimeError(f"Found dtype {pytorch_name(prob._array.dtype)} but expected "
                           f"{pytorch_name(count._array.dtype)}: count and prob must have one dtype")
    counts, chances = namespace_of(count._array).broadcast_arrays(count._array, prob._array)
    values = draw(generator, devices.device_of(count._array), rejection.binomial, counts, chances)
    return independent(count, prob, values)


def one_each(name: str, input: Any, generator: Generator | None, out: Any, distribution: Any, *args: Any) -> Any:
    values = draw(generator, devices.device_of(input._array), distribution, *args)
    return into(out, independent(input, 0.0, values), name)


def into(out: Any, result: Any, name: str) -> Any:
    return result if out is None else put(out, result, name)


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None,
                out: Tensor | None = None) -> Tensor:
    """Draw positions in the last dim with `input` as weights, which need not sum to one.

    >>> multinomial(tensor([0.1, 0.7, 0.2]), 2)
    """
    weights = input._array
    check_multinomial(weights, num_samples, replacement)
    if out is not None and chosen_dtype(None, out, None).name != "int64":
        raise RuntimeError(f"multinomial expects Long tensor out, got: {pytorch_name(out._array.dtype)}")
    if weights.size == 0:
        positions = namespace_of(weights).zeros((*weights.shape[:-1], num_samples), "i8")
    else:
        positions = draw(generator, devices.device_of(weights), choices.multinomial, weights, num_samples, replacement)
    return finished("multinomial", positions, out, False)


def check_multinomial(weights: Array, count: int, replacement: bool) -> None:
    """Raise RuntimeError for weights that are no distribution, or more draws than there is to draw from."""
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, not {weights.ndim}")
    if weights.dtype.name not in REAL:
        raise RuntimeError("multinomial only supports floating-point dtypes for input, got: "
                           f"{pytorch_name(weights.dtype)}")
    if count <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples: num_samples is {count}")
    if not replacement and count > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
                           f"{count} from {weights.shape[-1]}")
    if not weights.size:
        return
    if not (weights >= 0).all() or not (weights < float("inf")).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0" if not replacement else
                           "invalid multinomial distribution (encountering probability entry < 0, infinity or NaN)")
    if (weights.sum(axis=-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
