"""Attention with several heads, as a layer."""
from __future__ import annotations

from typing import Any

from flambeau.nn import init
from flambeau.nn.linear import Linear
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.ops.attention import additive
from flambeau.ops.creation import empty
from flambeau.ops.multi_head_attention import multi_head_attention_forward
from flambeau.ops.permutation import transpose
from flambeau.ops.shape import expand, reshape


class NonDynamicallyQuantizableLinear(Linear):
    """A linear layer under the name that it has inside PyTorch's attention."""


class MultiheadAttention(Module):
    """Attends with `num_heads` heads, each over a part of the width, between learned projections.

    Input: queries (steps, batch, embed_dim), keys (other steps, batch, kdim) and values (other steps, batch, vdim); batch
    first with `batch_first`, or without batch. Output: (steps, batch, embed_dim), and the weights
    (batch, steps, other steps) with `need_weights`.
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
                 add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
                 device: Any = None, dtype: Any = None) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                             f"num_heads={num_heads} instead")
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = kdim if kdim is not None else embed_dim, vdim if vdim is not None else embed_dim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        self.add_zero_attn = add_zero_attn
        place = {"device": device, "dtype": dtype}
        together = (3 * embed_dim, embed_dim) if self._qkv_same_embed_dim else None
        for name, shape in {"in_proj_weight": together,
                            "q_proj_weight": None if together else (embed_dim, embed_dim),
                            "k_proj_weight": None if together else (embed_dim, self.kdim),
                            "v_proj_weight": None if together else (embed_dim, self.vdim),
                            "in_proj_bias": (3 * embed_dim,) if bias else None,
                            "bias_k": (1, 1, embed_dim) if add_bias_kv else None,
                            "bias_v": (1, 1, embed_dim) if add_bias_kv else None}.items():
            self.register_parameter(name, None if shape is None else Parameter(empty(*shape, **place)))
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **place)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the projections by Xavier's rule; biases are zeros."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        for weight in (self.bias_k, self.bias_v):
            if weight is not None:
                init.xavier_normal_(weight)

    def forward(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
                attn_mask: Any = None, average_attn_weights: bool = True, is_causal: bool = False) -> tuple[Any, Any]:
        turned = self.batch_first and query.dim() == 3
        if turned:  # what is one tensor stays one: the projections know
            parts = {id(part): transpose(part, 0, 1) for part in (query, key, value)}
            query, key, value = (parts[id(part)] for part in (query, key, value))
        out, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v,
            self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal)
        return transpose(out, 0, 1) if turned else out, weights

    def merge_masks(self, attn_mask: Any, key_padding_mask: Any, query: Any) -> tuple[Any, int | None]:
        """Join both masks into one of shape (batch, heads, steps, other steps), and say which there were.

        0 is an `attn_mask`, 1 a `key_padding_mask`, 2 both, None neither.
        """
        batch, steps = query.shape[:2]
        padding, mask = additive(key_padding_mask, query), additive(attn_mask, query)
        merged, kind = (None, None) if padding is None else (padding, 1)
        if mask is not None:
            kind = 0 if padding is None else 2
            merged = reshape(mask, (batch, -1, steps, mask.shape[-1])) if mask.dim() == 3 else expand(
                reshape(mask, (1, 1, *mask.shape)), (batch, self.num_heads, -1, -1))
            if padding is not None:
                merged = merged + expand(reshape(padding, (batch, 1, 1, -1)), (-1, self.num_heads, -1, -1))
        return merged, kind
