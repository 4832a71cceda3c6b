"""Attention with several heads, each over a part of the width, between learned projections in and out."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.ops.attention import additive, scaled_dot_product_attention
from flambeau.ops.creation import zeros
from flambeau.ops.dropout import dropout
from flambeau.ops.joining import cat
from flambeau.ops.linalg import linear, matmul
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.permutation import transpose
from flambeau.ops.reduction import mean
from flambeau.ops.shape import expand, reshape, squeeze, unsqueeze
from flambeau.ops.splitting import chunk

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float,
    out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: bool = True, key_padding_mask: Tensor | None = None,
    need_weights: bool = True, attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None, static_v: Tensor | None = None, average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attend with `num_heads` heads: queries (steps, batch, width), keys and values (other steps, batch, …), or without batch.

    Returns the output (steps, batch, width) and, with `need_weights`, the weights (batch, steps, other steps): those of the
    heads on average, or (batch, heads, …) each. Masks are True where nobody may look, or are added to the scores:
    `key_padding_mask` (batch, other steps), `attn_mask` (steps, other steps) or one for each batch × head. `bias_k` and
    `bias_v` add a learned key and value, `add_zero_attn` one of zeros. `is_causal` says that `attn_mask` is causal.
    """
    is_batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:
        query, key, value = (unsqueeze(part, 1) for part in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    steps, batch, width = query.shape
    _check_widths(width, embed_dim_to_check, num_heads, key, value, use_separate_proj_weight)
    masks = _Masks(attn_mask, key_padding_mask, query, batch, num_heads, key.shape[0])
    separate = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None
    q, k, v = _projected(query, key, value, in_proj_weight, separate, in_proj_bias)
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value.")
        k, v = cat([k, expand(bias_k, (1, batch, -1))]), cat([v, expand(bias_v, (1, batch, -1))])
        masks.lengthen()
    q, k, v = (_by_head(part, batch, num_heads) for part in (q, k, v))
    k, v = (k if static_k is None else static_k), (v if static_v is None else static_v)
    if add_zero_attn:
        k, v = _with_zeros(k), _with_zeros(v)
        masks.lengthen()
    out, weights = _attend(q, k, v, masks.joined(k.shape[1]), dropout_p if training else 0.0, batch, need_weights)
    out = linear(reshape(transpose(out, 0, 1), (steps * batch, width)), out_proj_weight, out_proj_bias)
    out = reshape(out, (steps, batch, -1))
    if weights is not None and average_attn_weights:
        weights = mean(weights, 1)
    if is_batched:
        return out, weights
    return squeeze(out, 1), None if weights is None else squeeze(weights, 0)


def _attend(q: Any, k: Any, v: Any, mask: Any, dropout_p: float, batch: int, need_weights: bool) -> tuple[Any, Any]:
    """Attend by head: (batch × heads, steps, width of a head), and the weights (batch, heads, …) if they are needed."""
    heads = q.shape[0] // batch
    if not need_weights:
        return scaled_dot_product_attention(q, k, v, mask, dropout_p), None
    scores = matmul(q * math.sqrt(1 / q.shape[-1]), transpose(k, -2, -1))
    weights = _softmax(scores if mask is None else scores + mask)
    weights = dropout(weights, dropout_p, True) if dropout_p else weights
    return matmul(weights, v), reshape(weights, (batch, heads, *weights.shape[1:]))


def _softmax(scores: Any) -> Any:
    from flambeau.ops.softmax import softmax

    return softmax(scores, -1)


class _Masks:
    """What is added to the scores, collected from both masks."""

    def __init__(self, attention: Any, padding: Any, query: Any, batch: int, heads: int, keys: int) -> None:
        self.batch, self.heads = batch, heads
        for name, mask in (("attn_mask", attention), ("key_padding_mask", padding)):
            if mask is not None and not mask.dtype.is_floating_point and mask.dtype.numpy.kind != "b":
                raise AssertionError(f"only bool and floating types of {name} are supported")
        self.attention, self.padding = additive(attention, query), additive(padding, query)
        if attention is not None:
            steps = query.shape[0]
            wanted = {2: (steps, keys), 3: (batch * heads, steps, keys)}[attention.ndim]
            if tuple(attention.shape) != wanted:
                raise RuntimeError(f"The shape of the {attention.ndim}D attn_mask is {attention.shape}, but should be "
                                   f"{wanted}.")
            if attention.ndim == 2:
                self.attention = unsqueeze(self.attention, 0)

    def lengthen(self) -> None:
        """Let everyone look at one more key."""
        self.attention, self.padding = (None if mask is None else constant_pad_nd(mask, (0, 1))
                                        for mask in (self.attention, self.padding))

    def joined(self, keys: int) -> Any:
        if self.padding is None:
            return self.attention
        padding = expand(reshape(self.padding, (self.batch, 1, 1, keys)), (-1, self.heads, -1, -1))
        padding = reshape(padding, (self.batch * self.heads, 1, keys))
        return padding if self.attention is None else self.attention + padding


def _projected(query: Any, key: Any, value: Any, packed: Any, separate: Any, bias: Any) -> tuple[Any, Any, Any]:
    """Project in: with one matrix product where all three are the same, two where keys are the values."""
    if separate is not None:
        biases = (None,) * 3 if bias is None else chunk(bias, 3)
        return tuple(linear(part, weight, b) for part, weight, b in
                     zip((query, key, value), separate, biases, strict=True))
    width = query.shape[-1]
    if query is key and key is value:
        return tuple(chunk(linear(query, packed, bias), 3, -1))
    q = linear(query, packed[:width], None if bias is None else bias[:width])
    if key is value:
        k, v = chunk(linear(key, packed[width:], None if bias is None else bias[width:]), 2, -1)
        return q, k, v
    k, v = (linear(part, packed[n * width:(n + 1) * width], None if bias is None else bias[n * width:(n + 1) * width])
            for n, part in ((1, key), (2, value)))
    return q, k, v


def _by_head(rows: Any, batch: int, heads: int) -> Any:
    return transpose(reshape(rows, (rows.shape[0], batch * heads, rows.shape[2] // heads)), 0, 1)


def _with_zeros(rows: Any) -> Any:
    return cat([rows, zeros(rows.shape[0], 1, rows.shape[2], dtype=rows.dtype, device=rows.device)], 1)


def _check_shapes(query: Any, key: Any, value: Any, padding: Any, attention: Any, heads: int) -> bool:
    """Say whether there is a batch. Raises AssertionError where dims do not fit together."""
    if query.ndim not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor")
    kind, ndim = ("batched", 3) if query.ndim == 3 else ("unbatched", 2)
    if key.ndim != ndim or value.ndim != ndim:
        raise AssertionError(f"For {kind} ({ndim}-D) `query`, expected `key` and `value` to be {ndim}-D but found {key.ndim}-D "
                             f"and {value.ndim}-D tensors respectively")
    if padding is not None and padding.ndim != ndim - 1:
        raise AssertionError(f"For {kind} ({ndim}-D) `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D but "
                             f"found {padding.ndim}-D tensor instead")
    if attention is not None and attention.ndim not in (2, 3):
        raise AssertionError(f"For {kind} ({ndim}-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found "
                             f"{attention.ndim}-D tensor instead")
    return ndim == 3


def _check_widths(width: int, expected: int, heads: int, key: Any, value: Any, separate: bool) -> None:
    if width != expected:
        raise AssertionError(f"was expecting embedding dimension of {expected}, but got {width}")
    if width % heads:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
