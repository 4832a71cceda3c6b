"""Multi-head attention: projections, masks, attention by each head on its share of the features, and a projection back."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import op
from flambeau.ops.attention import scaled_dot_product_attention
from flambeau.ops.creation import zeros, zeros_like
from flambeau.ops.dropout import dropout
from flambeau.ops.joining import cat, stack
from flambeau.ops.linalg import linear, matmul
from flambeau.ops.masking import masked_fill
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.permutation import _transpose, permute
from flambeau.ops.reduction import mean
from flambeau.ops.shape import expand, reshape, squeeze, unsqueeze
from flambeau.ops.softmax import softmax
from flambeau.ops.splitting import chunk

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def multi_head_attention_forward(
        query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Tensor | None,
        in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float,
        out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: bool = True,
        key_padding_mask: Tensor | None = None, need_weights: bool = True, attn_mask: Tensor | None = None,
        use_separate_proj_weight: bool = False, q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None,
        v_proj_weight: Tensor | None = None, static_k: Tensor | None = None, static_v: Tensor | None = None,
        average_attn_weights: bool = True, is_causal: bool = False) -> tuple[Tensor, Tensor | None]:
    """Attend from (L, N, E) to (S, N, E), with the parameters of `nn.MultiheadAttention`; without N, to one sequence.

    Masks are True where a query must not look, or numbers to add to the scores. Returns the output, of the query's shape,
    and the weights (N, L, S), of each head unless `average_attn_weights`; None unless `need_weights`.

    >>> multi_head_attention_forward(randn(3, 2, 4), randn(5, 2, 4), randn(5, 2, 4), 4, 2, randn(12, 4), randn(12), None, \
None, False, 0.0, randn(4, 4), randn(4))
    >>> multi_head_attention_forward(randn(3, 4), randn(2, 4), randn(2, 4), 4, 2, randn(12, 4), None, randn(4), randn(4), \
True, 0.0, randn(4, 4), None)
    """
    _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    batched = query.ndim == 3
    if not batched:
        query, key, value = _as_batch(query, key, value)
        key_padding_mask = None if key_padding_mask is None else unsqueeze(key_padding_mask, 0)
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    key_padding_mask = additive(key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
                           "`generate_square_subsequent_mask` to create this mask.")
    hint = is_causal and key_padding_mask is None and not need_weights  # else the mask itself is needed
    length = key.shape[0] if static_k is None else static_k.shape[1]
    mask = None if hint else additive(attn_mask, "attn_mask", query.dtype)
    mask = _merged(_in_four_dims(mask, query, key, num_heads), key_padding_mask, query.shape[1], length)

    weights = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else in_proj_weight
    q, k, v = _projected(query, key, value, weights, in_proj_bias, num_heads)
    k, v = k if static_k is None else _given(static_k, k), v if static_v is None else _given(static_v, v)
    if bias_k is not None or bias_v is not None:
        _check_biases(bias_k, bias_v, static_k, static_v)
        k, v = _with_bias(k, bias_k), _with_bias(v, bias_v)
    if add_zero_attn:
        k, v = _with_zeros(k), _with_zeros(v)
    if mask is not None and k.shape[2] > length:
        mask = constant_pad_nd(mask, (0, k.shape[2] - length))

    p = dropout_p if training else 0.0
    if need_weights:
        mixed, shares = _with_weights(q, k, v, mask, p)
        shares = mean(shares, 1) if average_attn_weights else shares
    else:
        mixed, shares = scaled_dot_product_attention(q, k, v, mask, p, hint), None
    output = linear(reshape(permute(mixed, (2, 0, 1, 3)), query.shape), out_proj_weight, out_proj_bias)
    if batched:
        return output, shares
    return squeeze(output, 1), None if shares is None else squeeze(shares, 0)


def _as_batch(query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """Insert a dim of one sequence; what was one tensor stays one, which is projected at once."""
    alone = {id(tensor): unsqueeze(tensor, 1) for tensor in (query, key, value)}
    return alone[id(query)], alone[id(key)], alone[id(value)]


def _with_weights(q: Any, k: Any, v: Any, mask: Any, p: float) -> tuple[Any, Any]:
    """Return what attention gives, and the weights that were used, after dropout."""
    scores = matmul(q * math.sqrt(1 / q.shape[-1]), _transpose(k, 2, 3))
    shares = softmax(scores if mask is None else scores + mask, -1)
    shares = dropout(shares, p) if p > 0 else shares
    return matmul(shares, v), shares


# ----------------------------------------------------------------------------------- projections


def _projected(query: Any, key: Any, value: Any, weights: Any, bias: Any, heads: int) -> tuple[Any, Any, Any]:
    """Project query, key and value, by a weight each or by one that holds all three, and deal them out to the heads."""
    if isinstance(weights, tuple):
        if None in weights:
            raise AssertionError("use_separate_proj_weight is True but q_proj_weight, k_proj_weight or v_proj_weight is "
                                 "None")
    elif weights is None:
        raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
    elif query is key is value:
        return packed_heads(linear(query, weights, bias), heads)
    else:
        weights = chunk(weights, 3)
    parts = (None,) * 3 if bias is None else chunk(bias, 3)
    given = zip((query, key, value), weights, parts, strict=True)
    q, k, v = (_heads(linear(*each), heads) for each in given)
    return q, k, v


def _heads(projected: Any, heads: int) -> Any:
    """Deal the features out to the heads: (S, N, E) to (N, heads, S, E / heads)."""
    length, batch, features = projected.shape
    return permute(reshape(projected, (length, batch, heads, features // heads)), (1, 2, 0, 3))


@op(outputs=("query", "key", "value"),
    grad={"packed": lambda g_query, g_key, g_value: _packed(g_query, g_key, g_value)})
def packed_heads(packed: Tensor, heads: int) -> tuple[Tensor, Tensor, Tensor]:
    """Deal queries, keys and values, which lie side by side, out to the heads: (S, N, 3E) to three (N, heads, S, E / heads).

    >>> packed_heads(randn(3, 2, 12), 2)
    """
    length, batch, features = packed.shape
    parts = packed.reshape((length, batch, 3, heads, features // (3 * heads))).transpose((2, 1, 3, 0, 4))
    return parts[0], parts[1], parts[2]


def _packed(*parts: Any) -> Any:
    batch, _, length, _ = parts[0].shape
    return reshape(stack([permute(part, (2, 0, 1, 3)) for part in parts], 2), (length, batch, -1))


def _given(static: Any, computed: Any) -> Any:
    """Take keys (or values) that are given, (N · heads, S, E / heads), for those computed."""
    batch, heads, _, size = computed.shape
    if static.shape[0] != batch * heads or static.shape[2] != size:
        raise AssertionError(f"expecting a static key or value of size ({batch * heads}, *, {size}), but got "
                             f"{tuple(static.shape)}")
    return reshape(static, (batch, heads, static.shape[1], size))


def _check_biases(bias_k: Any, bias_v: Any, static_k: Any, static_v: Any) -> None:
    if bias_k is None or bias_v is None:
        raise AssertionError("bias_k and bias_v go together, but only one of them is set")
    if static_k is not None or static_v is not None:
        raise AssertionError("bias cannot be added to static key or static value.")


def _with_bias(heads: Any, bias: Any) -> Any:
    """Add a learned key (or value) behind those of each sequence."""
    batch, count, _, size = heads.shape
    return cat([heads, expand(reshape(bias, (1, count, 1, size)), (batch, count, 1, size))], 2)


def _with_zeros(heads: Any) -> Any:
    """Add a key (or value) of zeros, for queries that match nothing."""
    batch, count, _, size = heads.shape
    return cat([heads, zeros((batch, count, 1, size), dtype=heads.dtype, device=heads.device)], 2)


# ----------------------------------------------------------------------------------------- masks


def additive(mask: Any, name: str, dtype: Any, other: Any = None, other_name: str = "") -> Any:
    """Return a mask as numbers to add to scores: -inf where a boolean one is True.

    Warns when the mask `other` is of another dtype.
    """
    if mask is None:
        return None
    is_bool = str(mask.dtype) == "torch.bool"
    if not is_bool and not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {name} are supported, not {mask.dtype}")
    if other is not None and other.dtype is not mask.dtype:
        import warnings

        warnings.warn(f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
                      stacklevel=4)
    return masked_fill(zeros_like(mask, dtype=dtype), mask, -math.inf) if is_bool else mask


def _in_four_dims(mask: Any, query: Any, key: Any, heads: int) -> Any:
    """Check the shape of an attention mask and return it as (1, 1, L, S) or (N, heads, L, S)."""
    if mask is None:
        return None
    (length, batch), seen = query.shape[:2], key.shape[0]
    wanted = (length, seen) if mask.ndim == 2 else (batch * heads, length, seen)
    if tuple(mask.shape) != wanted:
        raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {wanted}.")
    return reshape(mask, (1, 1, *wanted) if mask.ndim == 2 else (batch, heads, length, seen))


def _merged(mask: Any, padding: Any, batch: int, length: int) -> Any:
    """Add a padding mask (N, S) to an attention mask of four dims."""
    if padding is None:
        return mask
    for dim, size in enumerate((batch, length)):
        if padding.shape[dim] != size:
            raise AssertionError(f"Expected key_padded_mask.shape[{dim}] to be {size}, but got {padding.shape[dim]}")
    padding = reshape(padding, (batch, 1, 1, length))
    return padding if mask is None else mask + padding


# ---------------------------------------------------------------------------------------- checks


def _check_dims(query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None,
                heads: int) -> None:
    """Raise AssertionError unless all have the dims of a batch, or all those of one sequence."""
    dims = query.ndim
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    case = f"For {'batched' if dims == 3 else 'unbatched'} ({dims}-D) `query`"
    if key.ndim != dims or value.ndim != dims:
        raise AssertionError(f"{case}, expected `key` and `value` to be {dims}-D but found {key.ndim}-D and {value.ndim}-D "
                             "tensors respectively")
    if padding is not None and padding.ndim != dims - 1:
        raise AssertionError(f"{case}, expected `key_padding_mask` to be `None` or {dims - 1}-D but found {padding.ndim}-D "
                             "tensor instead")
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertionError(f"{case}, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.ndim}-D tensor "
                             "instead")
    wanted = (heads, query.shape[0], key.shape[0])
    if dims == 2 and mask is not None and mask.ndim == 3 and tuple(mask.shape) != wanted:
        raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}")


def _check_sizes(query: Tensor, key: Tensor, value: Tensor, features: int, heads: int, separate: bool) -> None:
    if query.shape[-1] != features:
        raise AssertionError(f"was expecting embedding dimension of {features}, but got {query.shape[-1]}")
    if features % heads:
        raise AssertionError(f"embed_dim {features} not divisible by num_heads {heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
