"""Scaled dot-product attention: each query takes a mean of the values, weighed by how well it matches their keys."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.random import distributions
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import SAME, op
from flambeau.ops.dropout import native_dropout_backward, noise_of
from flambeau.ops.flipping import repeat_interleave
from flambeau.ops.linalg import matmul
from flambeau.ops.permutation import _transpose
from flambeau.ops.random.creation import draw_beside
from flambeau.ops.refusals import COMPLEX, refuse
from flambeau.ops.shape import broadcast_shapes
from flambeau.ops.softmax import softmax_backward

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

allowed = True  # False where `nn.attention.sdpa_kernel` leaves no way to compute it

# ---------------------------------------------------------------------------------------- weights


@op(promote=SAME, promoted=("query", "key"), grad={
    ("query", "key", "attn_mask"): lambda g, query, key, attn_mask, scale, out, needs:
        _from_scores(softmax_backward(g, out, g.ndim - 1), query, key, scale, needs),
})
def attention_weights(query: Tensor, key: Tensor, attn_mask: Tensor | None, is_causal: bool, scale: float) -> Tensor:
    """Return how much each query attends to each key: the softmax of their scaled products, where no mask hides them.

    A query to which all keys are hidden attends to none.

    >>> attention_weights(randn(2, 3), randn(4, 3), None, False, 0.5)
    >>> attention_weights(randn(2, 2, 3), randn(4, 3), randn(2, 4), True, 0.5)
    """
    return _weights(query, key, attn_mask, is_causal, scale)


def _weights(query: Any, key: Any, mask: Any, is_causal: bool, scale: float) -> Array:
    xp = namespace_of(query)
    scores = xp.asarray(xp.matmul(query, key.swapaxes(-1, -2)))
    scores *= scores.dtype.type(scale)
    if mask is not None and mask.dtype.kind == "b":
        _hide(xp, scores, ~mask)
    elif mask is not None:
        scores += mask.astype(scores.dtype, copy=False)
    if is_causal:
        _hide(xp, scores, ~xp.tri(*scores.shape[-2:], dtype=bool))
    return _shares(xp, scores)


def _hide(xp: Any, scores: Array, hidden: Array) -> None:
    xp.copyto(scores, scores.dtype.type(-math.inf), where=hidden)


def _shares(xp: Any, scores: Array) -> Array:
    """The softmax along the last dim, in place; zeros in a row of -inf."""
    if not scores.size:
        return scores
    highest = scores.max(-1, keepdims=True)
    highest[highest == -math.inf] = 0  # -inf less itself would be no number
    scores -= highest
    xp.exp(scores, out=scores)
    total = scores.sum(-1, keepdims=True)
    total[total == 0] = 1
    scores /= total
    return scores


def _from_scores(g: Any, query: Any, key: Any, scale: float, needs: tuple[bool, ...]) -> tuple[Any, Any, Any]:
    """The gradients of query, key and mask, from that of the scores."""
    scaled: Any = g * scale if needs[0] or needs[1] else None
    return (matmul(scaled, key) if needs[0] else None, matmul(_turned(scaled), query) if needs[1] else None,
            g if needs[2] else None)


def _turned(matrices: Any) -> Any:
    return _transpose(matrices, matrices.ndim - 2, matrices.ndim - 1)


# -------------------------------------------------------------------------------------- attention


@op(promote=SAME, promoted=("query", "key", "value"), outputs=("output", "weights"), differentiable=1,
    grad_name="ScaledDotProductAttentionBackward0", grad={
        ("query", "key", "attn_mask", "value"): lambda g, query, key, value, attn_mask, kept, is_causal, p, scale, weights,
            needs: _slopes(g, query, key, value, attn_mask, kept, is_causal, p, scale, weights, needs),
    })
def attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None, kept: Tensor | None, is_causal: bool,
              p: float, scale: float) -> tuple[Tensor, Tensor]:
    """Return the mean of the values for each query, and the weights; `kept` says which of them dropout keeps.

    >>> attention(randn(2, 3), randn(4, 3), randn(4, 2), None, None, False, 0.0, 0.5)
    >>> attention(randn(2, 3), randn(4, 3), randn(4, 2), randn(4), mask(2, 4), False, 0.5, 0.5)
    """
    weights = _weights(query, key, attn_mask, is_causal, scale)
    used = weights if kept is None else weights * noise_of(kept, _factor(p), weights.dtype)
    return namespace_of(value).matmul(used, value), weights


def _factor(p: float) -> float:
    """By how much dropout scales what it keeps."""
    return 1 / (1 - p) if p < 1 else 0.0


def _slopes(g: Any, query: Any, key: Any, value: Any, attn_mask: Any, kept: Any, is_causal: bool, p: float, scale: float,
            weights: Any, needs: tuple[bool, ...]) -> tuple[Any, ...]:
    if isinstance(g, TensorBase):  # its own gradient is wanted, and the saved weights have none
        weights = attention_weights(query, key, attn_mask, is_causal, scale)
    elif attn_mask is None and kept is None:
        of_query, of_key, of_value = attention_backward(g, query, key, value, weights, is_causal, scale, needs)
        return of_query, of_key, None, of_value
    used = weights if kept is None else native_dropout_backward(weights, kept, _factor(p))
    of_value = matmul(_turned(used), g) if needs[3] else None
    if not any(needs[:3]):
        return None, None, None, of_value
    of_weights = matmul(g, _turned(value))
    if kept is not None:
        of_weights = native_dropout_backward(of_weights, kept, _factor(p))
    of_scores = softmax_backward(of_weights, weights, weights.ndim - 1)
    return *_from_scores(of_scores, query, key, scale, needs), of_value


@op(outputs=("query", "key", "value"))
def attention_backward(g: Tensor, query: Tensor, key: Tensor, value: Tensor, weights: Tensor, is_causal: bool, scale: float,
                       needs: tuple[bool, ...]) -> Any:
    """The gradients of query, key and value of `attention` without mask and dropout. `is_causal` says which weights are 0."""
    of_value = matmul(_turned(weights), g) if needs[3] else None
    if not any(needs[:2]):
        return None, None, of_value
    of_scores = softmax_backward(matmul(g, _turned(value)), weights, weights.ndim - 1)
    of_query, of_key, _ = _from_scores(of_scores, query, key, scale, (*needs[:2], False))
    return of_query, of_key, of_value


def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                                 dropout_p: float = 0.0, is_causal: bool = False, *, scale: float | None = None,
                                 enable_gqa: bool = False) -> Tensor:
    """Return, for each query (…, L, E), the mean of the values (…, S, V), weighed by how well their keys (…, S, E) match.

    `attn_mask`: True where a query may look, or numbers to add to the scores. `is_causal`: query i looks at the first
    i + 1 keys. `scale`: what the products are multiplied with, 1/√E when not given. `enable_gqa`: several heads (dim -3)
    of the query share one of key and value. `dropout_p` applies whenever it is not 0.

    Source: Vaswani et al., "Attention is all you need", 2017.

    >>> scaled_dot_product_attention(randn(2, 3), randn(4, 3), randn(4, 2))
    >>> scaled_dot_product_attention(randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 3), mask(3, 5))
    >>> scaled_dot_product_attention(randn(2, 3, 4), randn(2, 5, 4), randn(2, 5, 4), randn(2, 3, 5), scale=0.3)
    >>> scaled_dot_product_attention(randn(2, 2, 3, 4), randn(2, 2, 5, 4), randn(2, 2, 5, 4), is_causal=True)
    >>> scaled_dot_product_attention(randn(2, 4, 2, 3), randn(2, 2, 3, 3), randn(2, 2, 3, 2), enable_gqa=True)
    >>> scaled_dot_product_attention(randn(2, 1, 2, 3), randn(2, 3, 3), randn(2, 3, 2), dropout_p=1.0)
    """
    _check_tensors(query, key, value)
    if attn_mask is not None:
        _check_mask(query, attn_mask, is_causal, dropout_p)
    if enable_gqa:
        key, value = _as_many_heads(query, key), _as_many_heads(query, value)
    if scale is None:
        scale = 1 / math.sqrt(max(query.shape[-1], 1))
    kept = _kept(query, key, dropout_p) if dropout_p else None
    output: Any = attention(query, key, value, attn_mask, kept, is_causal, dropout_p, scale)[0]
    return output


def _kept(query: Any, key: Any, p: float) -> Any:
    """Draw which weights dropout keeps."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    shape = (*broadcast_shapes(query.shape[:-2], key.shape[:-2]), query.shape[-2], key.shape[-2])
    if p == 1:
        return wrap(namespace_of(query._array).zeros(shape, bool))
    return wrap(draw_beside(query._array, distributions.bernoulli, shape, 1 - p))


def _as_many_heads(query: Any, shared: Any) -> Any:
    """Repeat each head of a key or value for the heads of the query that share it."""
    if min(query.ndim, shared.ndim) < 3:
        raise IndexError(f"Dimension out of range (expected to be in range of [-{shared.ndim}, {shared.ndim - 1}], but got "
                         "-3): with enable_gqa, heads are in dim -3")
    heads, groups = query.shape[-3], shared.shape[-3]
    if heads % groups:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in query: they have "
                           f"{groups}, it has {heads}")
    return shared if heads == groups else repeat_interleave(shared, heads // groups, shared.ndim - 3)


# ---------------------------------------------------------------------------------------- checks


def _check_tensors(query: Tensor, key: Tensor, value: Tensor) -> None:
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError("Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
                           f"{query.ndim} key.dim: {key.ndim} and value.dim: {value.ndim} instead.")
    if not query.dtype is key.dtype is value.dtype:
        names = [pytorch_name(tensor._array.dtype).lower() for tensor in (query, key, value)]
        raise RuntimeError("Expected query, key, and value to have the same dtype, but got query.dtype: {} key.dtype: {} "
                           "and value.dtype: {} instead.".format(*names))
    if not allowed:
        raise RuntimeError("No viable backend for scaled_dot_product_attention was found: sdpa_kernel allows none of those "
                           "that compute here")
    refuse(COMPLEX, "softmax_lastdim_kernel_impl", query._array)
    if not query.dtype.is_floating_point:
        raise RuntimeError(f"expected scalar type Float but found {pytorch_name(query._array.dtype)}: attention weighs its "
                           "values; use a float dtype")


def _check_mask(query: Tensor, mask: Tensor, is_causal: bool, dropout_p: float) -> None:
    if str(mask.dtype) not in ("torch.bool", "torch.float32") and mask.dtype is not query.dtype:
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{pytorch_name(mask._array.dtype).lower()} and  query.dtype: {pytorch_name(query._array.dtype).lower()} "
            "instead.")
    if mask.ndim < 2:
        raise IndexError(f"Dimension out of range (expected to be in range of [-{mask.ndim}, {mask.ndim - 1}], but got -2): "
                         "attn_mask needs a dim of queries and one of keys")
    if is_causal and (query.ndim != 4 or dropout_p):  # PyTorch takes both where its fused kernel computes
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True; put "
                           "both conditions into attn_mask")
