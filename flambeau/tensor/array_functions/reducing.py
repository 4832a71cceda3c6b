"""NumPy's reductions and running totals, by torch's: `axis` is `dim`, `keepdims` is `keepdim`, `ddof` is `correction`."""
from __future__ import annotations

from typing import Any

from flambeau.tensor.array_functions.table import as_dtype, dims, dtype_of, flat_unless, stands_for, torch


def _only(a: Any, where: Any, otherwise: float | bool) -> Any:
    """Return `a` with what is not to count replaced by what changes nothing."""
    return a if where is True else torch.where(torch.as_tensor(where, device=a.device), a, otherwise)


def _count(a: Any, axis: Any, where: Any, keepdims: bool) -> Any:
    """Count the elements that go into each result."""
    return total(_only(torch.ones_like(a), where, 0), axis, keepdims=keepdims)


@stands_for("sum")
def total(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
        where: Any = True) -> Any:
    found = torch.sum(_only(a, where, 0), dims(a, axis), keepdim=keepdims, dtype=dtype_of(dtype))
    return found if initial is None else found + initial


@stands_for("prod")
def prod(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
         where: Any = True) -> Any:
    found = as_dtype(_only(a, where, 1), dtype)
    for dim in _from_last(found, axis):
        found = torch.prod(found, dim, keepdim=keepdims)
    return found if initial is None else found * initial


def _from_last(a: Any, axis: Any) -> list[int]:
    """Return dims in an order in which each can be dropped without renumbering those to come."""
    chosen = dims(a, axis)
    return sorted({dim % max(a.ndim, 1) for dim in ([chosen] if isinstance(chosen, int) else chosen)}, reverse=True)


@stands_for("mean")
def mean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    a = as_dtype(a, dtype)
    if where is True:
        return torch.mean(a, dims(a, axis), keepdim=keepdims)
    return total(a, axis, keepdims=keepdims, where=where) / _count(a, axis, where, keepdims)


@stands_for("var")
def var(a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
        where: Any = True, mean: Any = None, correction: Any = None) -> Any:
    a, less = as_dtype(a, dtype), ddof if correction is None else correction
    if where is True and mean is None:
        return torch.var(a, dims(a, axis), correction=less, keepdim=keepdims)
    count = _count(a, axis, where, True)
    centre = total(a, axis, keepdims=True, where=where) / count if mean is None else mean
    spread = torch.abs(a - centre) ** 2
    return total(spread, axis, keepdims=keepdims, where=where) / (_count(a, axis, where, keepdims) - less)


@stands_for("std")
def std(a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
        where: Any = True, mean: Any = None, correction: Any = None) -> Any:
    return torch.sqrt(var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction))


@stands_for("max", "amax")
def amax(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    found = torch.amax(_only(a, where, -float("inf")), dims(a, axis), keepdim=keepdims)
    return found if initial is None else torch.clamp(found, min=initial)


@stands_for("min", "amin")
def amin(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    found = torch.amin(_only(a, where, float("inf")), dims(a, axis), keepdim=keepdims)
    return found if initial is None else torch.clamp(found, max=initial)


@stands_for("ptp")
def ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
    return amax(a, axis, keepdims=keepdims) - amin(a, axis, keepdims=keepdims)


@stands_for("all")
def all_true(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    return torch.all(_only(a, where, True), dims(a, axis), keepdim=keepdims)


@stands_for("any")
def any_true(a: Any, axis: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    return torch.any(_only(a, where, False), dims(a, axis), keepdim=keepdims)


@stands_for("count_nonzero")
def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return total(a != 0, axis, keepdims=keepdims)


@stands_for("argmax")
def argmax(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    return torch.argmax(a, axis, keepdim=keepdims)


@stands_for("argmin")
def argmin(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    return torch.argmin(a, axis, keepdim=keepdims)


# ------------------------------------------------------------------------------------- without the NaNs


def _numbers(a: Any, where: Any) -> Any:
    """Return which elements are to count and are no NaN."""
    return ~torch.isnan(a) if where is True else ~torch.isnan(a) & torch.as_tensor(where, device=a.device)


@stands_for("nansum")
def nansum(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = True) -> Any:
    return total(a, axis, dtype, None, keepdims, initial, _numbers(a, where))


@stands_for("nanprod")
def nanprod(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
            where: Any = True) -> Any:
    return prod(a, axis, dtype, None, keepdims, initial, _numbers(a, where))


@stands_for("nanmean")
def nanmean(a: Any, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    return mean(a, axis, dtype, None, keepdims, where=_numbers(a, where))


@stands_for("nanvar")
def nanvar(a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
           where: Any = True) -> Any:
    numbers = _numbers(a, where)
    return var(_only(a, numbers, 0), axis, dtype, None, ddof, keepdims, where=numbers)


@stands_for("nanstd")
def nanstd(a: Any, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
           where: Any = True) -> Any:
    return torch.sqrt(nanvar(a, axis, dtype, None, ddof, keepdims, where=where))


@stands_for("nanmax")
def nanmax(a: Any, axis: Any = None, dtype: None = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = True) -> Any:
    return amax(a, axis, None, keepdims, initial, _numbers(a, where))


@stands_for("nanmin")
def nanmin(a: Any, axis: Any = None, dtype: None = None, out: None = None, keepdims: bool = False, initial: Any = None,
           where: Any = True) -> Any:
    return amin(a, axis, None, keepdims, initial, _numbers(a, where))


# ------------------------------------------------------------------------------------- quantiles


def _as_rows(a: Any, axis: Any) -> Any:
    """Return `a` with the dims that `axis` names as one, the last."""
    if isinstance(axis, int):
        return a.movedim(axis, -1)
    chosen = sorted(dim % a.ndim for dim in dims(a, axis))
    rest = [dim for dim in range(a.ndim) if dim not in chosen]
    return a.permute(*rest, *chosen).reshape(*[a.shape[dim] for dim in rest], -1)


@stands_for("quantile")
def quantile(a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
             keepdims: bool = False) -> Any:
    return _quantile(torch.quantile, a, q, axis, method, keepdims)


@stands_for("nanquantile")
def nanquantile(a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
                keepdims: bool = False) -> Any:
    return _quantile(torch.nanquantile, a, q, axis, method, keepdims)


def _quantile(op: Any, a: Any, q: Any, axis: Any, method: str, keepdims: bool) -> Any:
    at = torch.as_tensor(q, dtype=a.dtype, device=a.device)
    rows = _as_rows(a, axis)
    result = op(rows, at.reshape(-1), -1, interpolation=method).reshape(*at.shape, *rows.shape[:-1])
    for dim in sorted(dim % a.ndim for dim in _several(dims(a, axis))) if keepdims else ():
        result = result.unsqueeze(at.ndim + dim)
    return result


def _several(chosen: Any) -> tuple[int, ...]:
    return (chosen,) if isinstance(chosen, int) else tuple(chosen)


@stands_for("percentile")
def percentile(a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
               keepdims: bool = False) -> Any:
    return quantile(a, _hundredth(q), axis, None, False, method, keepdims)


@stands_for("nanpercentile")
def nanpercentile(a: Any, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
                  keepdims: bool = False) -> Any:
    return nanquantile(a, _hundredth(q), axis, None, False, method, keepdims)


def _hundredth(q: Any) -> Any:
    return torch.as_tensor(q, dtype=torch.float64) / 100


@stands_for("median")
def median(a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    return quantile(a, 0.5, axis, keepdims=keepdims)


@stands_for("nanmedian")
def nanmedian(a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    return nanquantile(a, 0.5, axis, keepdims=keepdims)


@stands_for("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    if weights is None:
        result, count = mean(a, axis, keepdims=keepdims), _count(a, axis, True, keepdims)
    else:
        weights = torch.as_tensor(weights, device=a.device)
        if weights.ndim < a.ndim:
            weights = weights.reshape(*[-1 if dim == axis % a.ndim else 1 for dim in range(a.ndim)]).expand_as(a)
        count = total(weights, axis, keepdims=keepdims)
        result = total(a * weights, axis, keepdims=keepdims) / count
    return (result, count) if returned else result


# ------------------------------------------------------------------------------------- running totals and differences


@stands_for("cumsum")
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return torch.cumsum(*flat_unless(a, axis), dtype=dtype_of(dtype))


@stands_for("cumprod")
def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return torch.cumprod(*flat_unless(a, axis), dtype=dtype_of(dtype))


@stands_for("cumulative_sum")
def cumulative_sum(x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None,
                   include_initial: bool = False) -> Any:
    return _after(0, cumsum(x, axis, dtype), axis, include_initial)


@stands_for("cumulative_prod")
def cumulative_prod(x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None,
                    include_initial: bool = False) -> Any:
    return _after(1, cumprod(x, axis, dtype), axis, include_initial)


def _after(start: int, running: Any, axis: int | None, wanted: bool) -> Any:
    """Put what a running total starts from before it, where that is wanted."""
    first = torch.full_like(running.narrow(axis or 0, 0, 1), start) if wanted else None
    return running if first is None else torch.cat([first, running], axis or 0)


@stands_for("nancumsum")
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return cumsum(_only(a, _numbers(a, True), 0), axis, dtype)


@stands_for("nancumprod")
def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    return cumprod(_only(a, _numbers(a, True), 1), axis, dtype)


@stands_for("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    return torch.diff(a, n, axis, prepend, append)


@stands_for("ediff1d")
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    near = torch.diff(ary.reshape(-1))
    ends = [None if end is None else torch.as_tensor(end, dtype=near.dtype, device=near.device).reshape(-1)
            for end in (to_begin, to_end)]
    return torch.cat([part for part in (ends[0], near, ends[1]) if part is not None])


@stands_for("trapezoid")
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    return torch.trapezoid(y, dx=dx, dim=axis) if x is None else torch.trapezoid(y, x, dim=axis)


@stands_for("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    spacing = varargs[0] if len(varargs) == 1 else list(varargs) or 1
    found = torch.gradient(f, spacing=spacing, dim=dims(f, axis), edge_order=edge_order)
    return found[0] if isinstance(axis, int) or axis is None and f.ndim == 1 else tuple(found)


@stands_for("cov")
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
        aweights: Any = None) -> Any:
    return torch.cov(_variables(m, y, rowvar), correction=int(not bias) if ddof is None else ddof, fweights=fweights,
                     aweights=aweights)


@stands_for("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    return torch.corrcoef(_variables(x, y, rowvar))


def _variables(m: Any, y: Any, rowvar: bool) -> Any:
    """Return the variables as rows, those of `y` after those of `m`."""
    parts = [part.T if not rowvar and part.ndim == 2 else torch.atleast_2d(part) for part in (m, y) if part is not None]
    return parts[0].squeeze(0) if len(parts) == 1 else torch.cat(parts)
