"""Multi-head attention as a layer."""
from __future__ import annotations

from typing import Any

from flambeau.nn import functional as F
from flambeau.nn import init
from flambeau.nn.linear import NonDynamicallyQuantizableLinear
from flambeau.nn.making import empty
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.ops.multihead import additive


class MultiheadAttention(Module):
    """Attends with several heads at once, each on its share of the features. [Vaswani et al. 2017](https://arxiv.org/abs/1706.03762)

    Takes query (L, N, E), key (S, N, kdim) and value (S, N, vdim); with `batch_first`, N comes first; one sequence may come
    without N. Returns the output and the weights of the keys.
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
                 add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
                 device: Any = None, dtype: Any = None) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                             f"num_heads={num_heads} instead")
        if embed_dim % num_heads:
            raise AssertionError(f"embed_dim must be divisible by num_heads, but {embed_dim} is not by {num_heads}")
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn

        together = self._qkv_same_embed_dim
        shapes = {
            "q_proj_weight": None if together else (embed_dim, embed_dim),
            "k_proj_weight": None if together else (embed_dim, self.kdim),
            "v_proj_weight": None if together else (embed_dim, self.vdim),
            "in_proj_weight": (3 * embed_dim, embed_dim) if together else None,
            "in_proj_bias": (3 * embed_dim,) if bias else None,
            "bias_k": (1, 1, embed_dim) if add_bias_kv else None,
            "bias_v": (1, 1, embed_dim) if add_bias_kv else None,
        }
        for name, shape in shapes.items():
            made = None if shape is None else Parameter(empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, made)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the projections as Glorot did; biases of projections start at 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
                attn_mask: Any = None, average_attn_weights: bool = True, is_causal: bool = False) -> tuple[Any, Any]:
        """Attend; return the output and, if wanted, the weights.

        `key_padding_mask` (N, S) and `attn_mask` (L, S) or (N · num_heads, L, S) are True where a query must not look, or
        numbers to add to the scores. `is_causal` says that `attn_mask` is the causal one.
        """
        turned = self.batch_first and query.dim() == 3
        if turned:
            query, key, value = _batch_second(query, key, value)
        output, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, average_attn_weights=average_attn_weights, is_causal=is_causal)
        return output.transpose(1, 0) if turned else output, weights

    def merge_masks(self, attn_mask: Any, key_padding_mask: Any, query: Any) -> tuple[Any, int | None]:
        """Join both masks into one of shape (N, num_heads, L, S) to be added to scores, and say which there were.

        0 is an `attn_mask`, 1 a `key_padding_mask`, which stays as it is, 2 both, None neither. `query` is (N, L, E).
        """
        batch, steps = query.shape[:2]
        padding = additive(key_padding_mask, "key_padding_mask", query.dtype)
        mask = additive(attn_mask, "attn_mask", query.dtype)
        if mask is None:
            return padding, None if padding is None else 1
        merged = mask.reshape(batch, -1, steps, mask.shape[-1]) if mask.dim() == 3 else mask.expand(
            batch, self.num_heads, -1, -1)
        if padding is None:
            return merged, 0
        return merged + padding.reshape(batch, 1, 1, -1).expand(-1, self.num_heads, -1, -1), 2


def _batch_second(*tensors: Any) -> list[Any]:
    """Exchange the first two dims; what was one tensor stays one, which is projected at once."""
    turned = {id(tensor): tensor.transpose(1, 0) for tensor in tensors}
    return [turned[id(tensor)] for tensor in tensors]
