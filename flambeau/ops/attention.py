"""Attention: each query reads a mixture of the values, weighted by how well their keys fit.

Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.dropout import dropout
from flambeau.ops.flipping import repeat_interleave
from flambeau.ops.linalg import matmul
from flambeau.ops.masking import choose, masked_fill
from flambeau.ops.permutation import transpose
from flambeau.ops.softmax import softmax_backward

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

LEAST = float("-inf")


@op(promote=TO_FLOAT, grad={"input": lambda g, out: softmax_backward(g, out, out.ndim - 1)}, grad_name="SafeSoftmaxBackward0")
def safe_softmax(input: Tensor) -> Tensor:
    """Softmax over the last dim, with zeros where a row is all -inf: a query that may look at nothing.

    >>> safe_softmax(tensor([[0.5, -inf, 1.0], [-inf, -inf, -inf]]))  # by convention
    """
    xp = namespace_of(input)
    if not input.shape[-1]:
        return input.copy()
    highest = input.max(-1, keepdims=True)
    highest[highest == LEAST] = 0
    result = xp.exp(input - highest)
    total = result.sum(-1, keepdims=True)
    total[total == 0] = 1
    result /= total
    return result


@op()
def causal_mask(like: Tensor, queries: int, keys: int) -> Tensor:
    """Where query i may look at key j: up to its own place."""
    xp = namespace_of(like)
    return xp.arange(keys)[None, :] <= xp.arange(queries)[:, None]


@composite
def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                                 dropout_p: float = 0.0, is_causal: bool = False, *, scale: float | None = None,
                                 enable_gqa: bool = False) -> Tensor:
    """Mix the values (…, keys, out) for each query: softmax(query keyᵀ · scale + mask) value, of shape (…, queries, out).

    `attn_mask`: True where a query may look, or what is added to the scores; `is_causal`: a query looks no further than
    its own place. `scale`: 1/√width unless given. `enable_gqa`: each head of keys and values serves several query heads.
    `dropout_p` applies always; give 0 when not training.

    >>> scaled_dot_product_attention(randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 2))
    >>> scaled_dot_product_attention(randn(1, 3, 4), randn(1, 3, 4), randn(1, 3, 4), is_causal=True, scale=0.7)
    >>> scaled_dot_product_attention(randn(2, 2, 4), randn(2, 3, 4), randn(2, 3, 4), mask(2, 3))
    >>> scaled_dot_product_attention(randn(2, 2, 4), randn(2, 3, 4), randn(2, 3, 4), randn(2, 3))
    >>> scaled_dot_product_attention(randn(1, 4, 2, 3), randn(1, 2, 2, 3), randn(1, 2, 2, 3), enable_gqa=True)
    """
    _check(query, key, value, attn_mask, dropout_p)
    if enable_gqa:
        key, value = _shared_heads(query, key, "key"), _shared_heads(query, value, "value")
    factor = math.sqrt(1 / math.sqrt(query.shape[-1]) if scale is None else abs(scale))
    sign = -1 if scale is not None and scale < 0 else 1
    scores = matmul(query * (factor * sign), transpose(key * factor, -2, -1))
    if is_causal:
        scores = choose(causal_mask(query, query.shape[-2], key.shape[-2]), scores, LEAST)
    if attn_mask is not None:
        scores = choose(attn_mask, scores, LEAST) if _is_bool(attn_mask) else scores + attn_mask
    weights = safe_softmax(scores)
    return matmul(dropout(weights, dropout_p, True) if dropout_p else weights, value)


def _is_bool(mask: Any) -> bool:
    return getattr(mask, "_array", mask).dtype.kind == "b"


def _shared_heads(query: Any, shared: Any, name: str) -> Any:
    """Repeat the heads of keys or values so that there is one for each of the queries'."""
    heads, own = query.shape[-3], shared.shape[-3]
    if heads % own:
        raise RuntimeError(f"Number of heads in {name} and query do not match: {own} does not divide {heads}")
    return shared if heads == own else repeat_interleave(shared, heads // own, -3)


def _check(query: Any, key: Any, value: Any, mask: Any, dropout_p: float) -> None:
    dtypes = {part.dtype for part in (query, key, value)}
    if len(dtypes) > 1:
        raise RuntimeError("Expected query, key, and value to have the same dtype, but got query.dtype: "
                           f"{query.dtype} key.dtype: {key.dtype} and value.dtype: {value.dtype} instead.")
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError("Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
                           f"{query.ndim}, key.dim: {key.ndim} and value.dim: {value.ndim} instead.")
    if mask is not None and not _is_bool(mask) and mask.dtype != query.dtype:
        raise RuntimeError("Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
                           f"{mask.dtype} and  query.dtype: {query.dtype} instead.")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")


def additive(mask: Any, like: Any) -> Any:
    """Return a mask that is True where nobody may look as one that is added to scores; a float mask as it is."""
    from flambeau.ops.creation import zeros

    if mask is None or not _is_bool(mask):
        return mask
    return masked_fill(zeros(*mask.shape, dtype=like.dtype, device=mask.device), mask, LEAST)
