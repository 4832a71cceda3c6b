"""Causal masks for queries and keys of different lengths."""
from __future__ import annotations

from enum import IntEnum, auto
from typing import Any

from flambeau.dispatch.overriding import disabled
from flambeau.ops.creation import ones
from flambeau.ops.triangles import tril
from flambeau.tensor import Tensor

__all__ = ["CausalBias", "CausalVariant", "causal_lower_right", "causal_upper_left"]


class CausalVariant(IntEnum):
    """At which corner of the (L, S) scores the triangle of what may be seen begins."""

    UPPER_LEFT = auto()
    LOWER_RIGHT = auto()


class CausalBias(Tensor):
    """A mask (L, S) that is True where a query may look: at keys that are no later than itself.

    UPPER_LEFT counts queries and keys from the first, LOWER_RIGHT from the last.
    """

    __torch_function__ = disabled
    variant: CausalVariant
    seq_len_q: int
    seq_len_kv: int

    def __new__(cls, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> Any:
        if not isinstance(variant, CausalVariant):
            raise AssertionError(f"variant must be a CausalVariant, got {type(variant).__name__}")
        from_last = variant is CausalVariant.LOWER_RIGHT
        if from_last and seq_len_q > seq_len_kv:
            import warnings

            warnings.warn("Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv! (Here "
                          "zeros, where a query may look at nothing.)", stacklevel=2)
        seen = tril(ones(seq_len_q, seq_len_kv), seq_len_kv - seq_len_q if from_last else 0)
        made = cls._make_subclass(cls, seen != 0)
        made.variant, made.seq_len_q, made.seq_len_kv = variant, seq_len_q, seq_len_kv
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return repr(self.as_subclass(Tensor))


def causal_upper_left(*size: int) -> Any:
    """Return the mask of `is_causal=True`: query i looks at the first i + 1 keys."""
    return _of_size(CausalVariant.UPPER_LEFT, size)


def causal_lower_right(*size: int) -> Any:
    """Return the mask with which the last query looks at all keys, the one before at all but one, and so on."""
    return _of_size(CausalVariant.LOWER_RIGHT, size)


def _of_size(variant: CausalVariant, size: tuple[int, ...]) -> CausalBias:
    if len(size) != 2:
        raise AssertionError(f"causal_{variant.name.lower()} only supports 2D tensors, not {len(size)} sizes")
    return CausalBias(variant, *size)
