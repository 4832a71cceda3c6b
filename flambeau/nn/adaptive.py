"""A softmax over very many classes, of which the rare ones share shorter paths."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flambeau.nn import functional as F
from flambeau.nn.containers import ModuleList, Sequential
from flambeau.nn.linear import Linear
from flambeau.nn.module import Module
from flambeau.ops.joining import cat
from flambeau.ops.masking import where


class _ASMoutput(NamedTuple):
    """What the layer gives: the log-probability of each target, and minus their mean."""

    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of classes sorted by how frequent they are. [Grave et al. 2016](https://arxiv.org/abs/1609.04309)

    The head knows the first `cutoffs[0]` classes and one entry for each cluster of rarer ones, from one cutoff to the next;
    cluster i goes through in_features / div_value**i features.
    """

    def __init__(self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
                 head_bias: bool = False, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        _check(cutoffs, n_classes)
        made = {"device": device, "dtype": dtype}
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **made)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            between = int(in_features // div_value ** (number + 1))
            classes = self.cutoffs[number + 1] - self.cutoffs[number]
            self.tail.append(Sequential(Linear(in_features, between, bias=False, **made),
                                        Linear(between, classes, bias=False, **made)))

    def reset_parameters(self) -> None:
        """Draw the head, then each cluster's two matrices."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Any, target_: Any) -> _ASMoutput:
        """Take (N, in_features) and the classes (N), or one row and its class, to log-probabilities and the loss."""
        _check_shapes(input_, target_)
        alone = target_.dim() == 0
        input, target = (input_.unsqueeze(0), target_.unsqueeze(0)) if alone else (input_, target_)
        if bool(((target < 0) | (target >= self.n_classes)).any()):
            raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                               f"[{target.min().item()}, {target.max().item()}] were found. ")
        entries, output = target, input.new_zeros(len(target))
        for number, low, high in self._clusters():
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if not rows.numel():
                continue
            scores = F.log_softmax(self.tail[number](input.index_select(0, rows)), 1)
            found = scores.gather(1, (target[rows] - low).unsqueeze(1)).squeeze(1)
            output = output.index_add(0, rows, found)
            entries = entries.index_fill(0, rows, self.shortlist_size + number)
        output = output + F.log_softmax(self.head(input), 1).gather(1, entries.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output.squeeze(0) if alone else output, loss)

    def _clusters(self) -> Any:
        """The number, first class and end of each cluster."""
        return zip(range(self.n_clusters), self.cutoffs, self.cutoffs[1:], strict=False)

    def _get_full_log_prob(self, input: Any, head_output: Any) -> Any:
        head = F.log_softmax(head_output, 1)
        parts = [head[:, :self.shortlist_size]]
        for number, module in enumerate(self.tail):
            parts.append(F.log_softmax(module(input), 1) + head[:, self.shortlist_size + number].unsqueeze(1))
        return cat(parts, 1)

    def log_prob(self, input: Any) -> Any:
        """Return the log-probabilities of all classes: (N, in_features) to (N, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input: Any) -> Any:
        """Return the most probable class of each row; rows whose best entry of the head is a class need no more."""
        head = self.head(input)
        best = head.argmax(1)
        rare = best >= self.shortlist_size
        if not bool(rare.any()):
            return best
        return where(rare, self._get_full_log_prob(input, head).argmax(1), best)


def _check(cutoffs: list[int], classes: int) -> None:
    if not cutoffs:
        raise ValueError("cutoffs should be a sequence of length larger than 0")
    rising = all(low < high for low, high in zip([0, *cutoffs], cutoffs, strict=False))
    if not rising or cutoffs[-1] > classes - 1 or any(int(cutoff) != cutoff for cutoff in cutoffs):
        raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where "
                         f"each value is between 1 and n_classes-1, but they are {cutoffs} for {classes} classes")


def _check_shapes(input: Any, target: Any) -> None:
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dim() == 1 and input.shape[0] != target.shape[0]:
        raise RuntimeError("Input and target should have the same size in the batch dimension, not "
                           f"{input.shape[0]} and {target.shape[0]}.")
    if input.dim() != target.dim() + 1:
        raise RuntimeError(f"{target.dim()}D target tensor expects {target.dim() + 1}D input tensors, but found inputs with "
                           f"size {input.shape}")
