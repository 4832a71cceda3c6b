"""A softmax over many classes that spends its effort on the frequent ones.

Grave et al., "Efficient softmax approximation for GPUs", ICML 2017.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flambeau.nn import functional as F
from flambeau.nn.containers import ModuleList, Sequential
from flambeau.nn.linear import Linear
from flambeau.nn.module import Module
from flambeau.ops.extrema import argmax
from flambeau.ops.joining import cat
from flambeau.ops.masking import where
from flambeau.ops.scatter import gather
from flambeau.ops.shape import squeeze, unsqueeze


class _ASMoutput(NamedTuple):
    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities over `n_classes` sorted by frequency, in clusters that end at `cutoffs`.

    Input: (batch, in_features) and the classes (batch), or one sample. Output: the log-probability of each sample's class,
    and their negative mean as `loss`. Each further cluster has a projection `div_value` times as narrow.
    """

    def __init__(self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
                 head_bias: bool = False, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if ends != sorted(set(ends)) or min(ends) <= 0 or max(ends) > n_classes - 1 or any(int(end) != end for end in ends):
            raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where "
                             "each value is between 1 and n_classes-1")
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*ends, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = ends[0], len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            width, size = int(in_features // div_value ** (number + 1)), self.cutoffs[number + 1] - self.cutoffs[number]
            self.tail.append(Sequential(Linear(in_features, width, bias=False, device=device, dtype=dtype),
                                        Linear(width, size, bias=False, device=device, dtype=dtype)))

    def reset_parameters(self) -> None:
        self.head.reset_parameters()
        for narrow, wide in self.tail:
            narrow.reset_parameters()
            wide.reset_parameters()

    def forward(self, input_: Any, target_: Any) -> _ASMoutput:
        is_batched = self._check(input_, target_)
        rows, classes = (input_, target_) if is_batched else (unsqueeze(input_, 0), unsqueeze(target_, 0))
        head = F.log_softmax(self.head(rows), dim=1)
        output = gather(head, 1, unsqueeze(self._in_head(classes), 1))[:, 0]
        for number, (begin, end) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            chosen = ((classes >= begin) & (classes < end)).nonzero().squeeze(1)
            if chosen.numel():
                inside = F.log_softmax(self.tail[number](rows.index_select(0, chosen)), dim=1)
                own = gather(inside, 1, unsqueeze(classes.index_select(0, chosen) - begin, 1))[:, 0]
                output = output.index_add(0, chosen, own)
        output = output if is_batched else squeeze(output, 0)
        return _ASMoutput(output, (-output).mean())

    def _in_head(self, classes: Any) -> Any:
        """The column of the head for each class: its own, or its cluster's."""
        columns = classes
        for number, (begin, end) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            columns = where((classes >= begin) & (classes < end), self.shortlist_size + number, columns)
        return columns

    def _check(self, input: Any, target: Any) -> bool:
        """Say whether there is a batch. Raises RuntimeError where input and target do not fit together."""
        if target.dim() > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if input.dim() != target.dim() + 1 or target.dim() and input.shape[0] != target.shape[0]:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if target.numel() and not 0 <= target.min().item() <= target.max().item() < self.n_classes:
            raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                               f"[{target.min().item()}, {target.max().item()}] were found. ")
        return bool(target.dim())

    def _full(self, input: Any, head: Any) -> Any:
        """All log-probabilities, (batch, n_classes), from those of the head."""
        parts = [head[:, :self.shortlist_size]]
        for number, cluster in enumerate(self.tail):
            at = self.shortlist_size + number
            parts.append(F.log_softmax(cluster(input), dim=1) + head[:, at:at + 1])
        return cat(parts, 1)

    def log_prob(self, input: Any) -> Any:
        """Return the log-probabilities of all classes: (batch, n_classes)."""
        return self._full(input, F.log_softmax(self.head(input), dim=1))

    def predict(self, input: Any) -> Any:
        """Return each sample's most probable class: (batch)."""
        head = self.head(input)
        best = argmax(head, dim=1)
        if bool((best < self.shortlist_size).all()):
            return best
        return where(best < self.shortlist_size, best, argmax(self.log_prob(input), dim=1))
