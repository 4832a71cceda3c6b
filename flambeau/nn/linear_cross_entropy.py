"""The cross entropy of a linear layer's scores, as a layer; and how to compute it in pieces."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from flambeau.nn import functional as F
from flambeau.nn.linear import Linear
from flambeau.nn.loss import _WeightedLoss

FLOATS = ("torch.float16", "torch.bfloat16", "torch.float32", "torch.float64")


@dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How many rows of scores `linear_cross_entropy` computes at a time.

    `batch_chunk_size` says it, or `chunking_method` finds it: "aspect_ratio" takes scores that need no more memory than the
    input, "aspect_ratio:n" an n-th of that. What PyTorch's other options choose from is settled here: sums are kept in
    float32 or wider, and going back twice is allowed.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in ("auto", "accurate", "balanced", "compact"):
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if not _is_method(self.chunking_method):
            raise ValueError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype is not None and str(self.acc_dtype) not in FLOATS:
            raise ValueError(f"acc_dtype must be None or one of {', '.join(FLOATS)}, got {self.acc_dtype!r}")


def _is_method(method: str | None) -> bool:
    if method in (None, "auto"):
        return True
    name, colon, share = str(method).partition(":")
    return name == "aspect_ratio" and (not colon or share.isdigit() and int(share) > 0)


class LinearCrossEntropyLoss(_WeightedLoss):
    """The cross entropy of what a learned matrix makes of the input: (N, in_features), against one of `num_classes`.

    With `out_features` (d1, d2, …) there is a target for each of these places: (N, d1, d2, …).
    """

    def __init__(self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (), bias: bool = False,
                 device: Any = None, dtype: Any = None, reduction: str = "mean", weight: Any = None,
                 ignore_index: int | None = None, label_smoothing: float = 0.0, options: Any = None) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        super().__init__(weight, reduction=reduction)
        self.num_classes, self.out_features = num_classes, out_features
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        rows = math.prod(out_features, start=num_classes)
        self.linear = Linear(in_features, rows, bias=bias, device=device, dtype=dtype)

    def forward(self, input: Any, target: Any) -> Any:
        places = self.num_classes, *self.out_features
        bias = self.linear.bias
        return F.linear_cross_entropy(
            input, self.linear.weight.reshape((*places, self.linear.in_features)), target,
            linear_bias=None if bias is None else bias.reshape(places), weight=self.weight, reduction=self.reduction,
            ignore_index=self.ignore_index, label_smoothing=self.label_smoothing, options=self.options)

    def extra_repr(self) -> str:
        names = "num_classes", "out_features"
        rest = "reduction", "ignore_index", "label_smoothing", "options"
        parts = [f"in_features={self.linear.in_features}", *(f"{name}={getattr(self, name)}" for name in names),
                 f"bias={self.linear.bias is not None}", *(f"{name}={getattr(self, name)}" for name in rest)]
        return ", ".join(parts)
