"""Reductions as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family, inplace

cumulative = Family("cumulative")
extrema = Family("extrema")
hashing = Family("hashing")
moments = Family("moments")
norms = Family("norms")
products = Family("products")
quantiles = Family("quantiles")
reduction = Family("reduction")


class ReductionMethods(TensorBase):
    __slots__ = ()

    sum, nansum, mean, nanmean = reduction.sum, reduction.nansum, reduction.mean, reduction.nanmean
    all, any, count_nonzero = reduction.all, reduction.any, reduction.count_nonzero
    logsumexp = reduction.logsumexp
    sum_to_size = reduction.sum_to_size

    max, min, amax, amin, aminmax = extrema.max, extrema.min, extrema.amax, extrema.amin, extrema.aminmax
    argmax, argmin = extrema.argmax, extrema.argmin
    hash_tensor = hashing.hash_tensor

    var, std, cov, corrcoef = moments.var, moments.std, moments.cov, moments.corrcoef
    norm, dist = norms.norm, norms.dist
    renorm, renorm_ = norms.renorm, inplace(norms.renorm_copy, "renorm_")

    prod = products.prod
    cumsum, cumsum_ = products.cumsum, inplace(products.cumsum)
    cumprod, cumprod_ = products.cumprod, inplace(products.cumprod)
    cummax, cummin, logcumsumexp = cumulative.cummax, cumulative.cummin, cumulative.logcumsumexp
    diff = cumulative.diff

    median, nanmedian, mode = quantiles.median, quantiles.nanmedian, quantiles.mode
    quantile, nanquantile, kthvalue = quantiles.quantile, quantiles.nanquantile, quantiles.kthvalue
