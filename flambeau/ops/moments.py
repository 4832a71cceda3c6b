"""Spread around the mean: variance, standard deviation, covariance."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.bounds import clamp
from flambeau.ops.complex_numbers import complex, conj, imag, real
from flambeau.ops.dims import Dims, array_of, axis_of, holds, is_complex
from flambeau.ops.masking import masked_fill
from flambeau.ops.permutation import transpose
from flambeau.ops.reduction import count_folded, mean, restore_dims, sum
from flambeau.ops.shape import reshape, squeeze, unsqueeze
from flambeau.ops.strides import diagonal

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _mean_square(input: Array, dim: Dims, correction: float, keepdim: bool) -> Any:
    if input.dtype.kind not in "fcV":
        raise RuntimeError(f"std and var only support floating point and complex dtypes, not {input.dtype}; convert with "
                           ".float()")
    axis = axis_of(dim, input.ndim)
    count = count_folded(input.shape, dim)
    centred = input - input.sum(axis, keepdims=True) / count if count else input
    squares = (centred.real ** 2 + centred.imag ** 2) if input.dtype.kind == "c" else centred * centred
    return squares.sum(axis, keepdims=keepdim) / squares.dtype.type(_freedom(count, correction))


def _freedom(count: int, correction: float) -> float:
    return max(count - correction, 0)


def _var_gradient(g: Tensor, input: Tensor, dim: Dims, correction: float, keepdim: bool) -> Tensor:
    freedom = _freedom(count_folded(tuple(input.shape), dim), correction)
    scale = 2.0 / freedom if freedom else float("nan")
    return restore_dims(g, tuple(input.shape), dim, keepdim) * (input - mean(input, dim, True)) * scale


def _std_gradient(g: Tensor, out: Tensor, input: Tensor, dim: Dims, correction: float, keepdim: bool) -> Tensor:
    return _var_gradient(masked_fill(g / (out * 2), out == 0, 0), input, dim, correction, keepdim)


@op(layout=row_by_row, promote=SAME, complex_rules=True, grad={"input": lambda g, input, dim, correction, keepdim:
                                            _var_gradient(g, input, dim, correction, keepdim)})
def _var(input: Tensor, dim: Dims, correction: float, keepdim: bool) -> Tensor:
    return _mean_square(input, dim, correction, keepdim)


@op(layout=row_by_row, promote=SAME, complex_rules=True, grad={"input": lambda g, out, input, dim, correction, keepdim:
                                            _std_gradient(g, out, input, dim, correction, keepdim)})
def _std(input: Tensor, dim: Dims, correction: float, keepdim: bool) -> Tensor:
    return _mean_square(input, dim, correction, keepdim) ** 0.5


def _options(dim: Any, unbiased: Any, correction: Any) -> tuple[Dims, float]:
    """Sort out PyTorch's two generations of arguments: `var(x, dim, unbiased)`, `var(x, unbiased)`, `correction=`."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    return (tuple(dim) if isinstance(dim, list) else dim), correction


@composite
def var(input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
        correction: float | None = None) -> Tensor:
    """Return the variance along `dim`: squares around the mean over (count - correction).

    >>> var(randn(2, 3))
    >>> var(randn(2, 3), 1, correction=0, keepdim=True)
    >>> var(randn(2, 3), (0, 1), False)
    """
    return _var(input, *_options(dim, unbiased, correction), keepdim)


@composite
def std(input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
        correction: float | None = None) -> Tensor:
    """Return the standard deviation along `dim`, the root of the variance.

    >>> std(randn(2, 3))
    >>> std(randn(2, 3), -1, correction=0)
    >>> std(randn(2, 3), False)
    """
    return _std(input, *_options(dim, unbiased, correction), keepdim)


@composite
def var_mean(input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
             correction: float | None = None) -> tuple[Tensor, Tensor]:
    """Return variance and mean along `dim`.

    >>> var_mean(randn(2, 3), 1)
    """
    dim, correction = _options(dim, unbiased, correction)
    return _var(input, dim, correction, keepdim), mean(input, dim, keepdim)


@composite
def std_mean(input: Tensor, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *,
             correction: float | None = None) -> tuple[Tensor, Tensor]:
    """Return standard deviation and mean along `dim`.

    >>> std_mean(randn(2, 3), 0, keepdim=True)
    """
    dim, correction = _options(dim, unbiased, correction)
    return _std(input, dim, correction, keepdim), mean(input, dim, keepdim)


@composite
def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
    """Return the covariance matrix of variables in rows, observed in columns.

    >>> cov(randn(2, 4))
    >>> cov(randn(3, 4), correction=0, aweights=rand(4))
    >>> cov(randn(2, 3), fweights=tensor([1, 2, 1]))
    """
    if input.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dims")
    if array_of(input).dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input; convert it first")
    rows = reshape(input, (1, -1)) if input.ndim < 2 else input
    weights = _weights(rows, fweights, aweights)
    total = rows.shape[1] if weights is None else sum(weights)
    average = (sum(rows if weights is None else rows * weights, 1) / total) if rows.shape[1] else mean(rows * 1.0, 1)
    centred = rows - unsqueeze(average, 1)
    weighted = centred if weights is None else centred * weights
    turned = transpose(weighted, 0, 1)
    product = centred @ (conj(turned) if is_complex(turned) else turned)
    return squeeze(product / _norm_factor(total, correction, weights, aweights))


def _weights(rows: Any, fweights: Any, aweights: Any) -> Any:
    for name, given, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "fV")):
        if given is None:
            continue
        if array_of(given).dtype.kind not in kinds:
            raise RuntimeError(f"cov(): expected {name} to have {'integral' if kinds == 'iu' else 'floating point'} dtype but "
                               f"got {name} with {given.dtype} dtype")
        if given.ndim > 1 or given.shape != rows.shape[1:]:
            raise RuntimeError(f"cov(): expected {name} to have the same numel as there are observations in the input but "
                               f"got {list(given.shape)} for {rows.shape[1]}")
        if holds(given < 0):
            raise RuntimeError(f"cov(): {name} cannot be negative")
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


def _norm_factor(total: Any, correction: int, weights: Any, aweights: Any) -> Any:
    """What the products are divided by; never less than zero."""
    if weights is None:
        return max(total - correction, 0)
    lost = correction if aweights is None or not correction else correction * sum(weights * aweights) / total
    left = total - lost
    return left if bool(left > 0) else left * 0


@composite
def corrcoef(input: Tensor) -> Tensor:
    """Return the correlation matrix of variables in rows, observed in columns.

    >>> corrcoef(randn(2, 4))
    """
    if input.ndim > 2:
        raise RuntimeError(f"corrcoef(): expected input to have two or fewer dimensions but got {input.ndim} dims")
    products = cov(input)
    if not products.ndim:
        return products / products
    deviations = _real(diagonal(products)) ** 0.5
    return _clipped(products / unsqueeze(deviations, 1) / unsqueeze(deviations, 0))


def _real(tensor: Any) -> Any:
    return real(tensor) if is_complex(tensor) else tensor


def _clipped(tensor: Any) -> Any:
    """Correct what rounding pushed beyond -1 and 1."""
    if is_complex(tensor):
        return complex(clamp(real(tensor), -1, 1), clamp(imag(tensor), -1, 1))
    return clamp(tensor, -1, 1)
