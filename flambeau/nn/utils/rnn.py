"""Sequences of different lengths in one batch: padded to one length, or packed without padding.

Going from one to the other is a choice of rows, (step, member of the batch) each: one `index_select` or `index_copy`.
"""
from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from flambeau.core.dtype import int64
from flambeau.core.tensor import TensorBase
from flambeau.ops.creation import arange, empty_like, full, tensor
from flambeau.ops.joining import cat
from flambeau.ops.masking import nonzero
from flambeau.ops.permutation import transpose
from flambeau.ops.reduction import sum
from flambeau.ops.rows import index_copy, index_select
from flambeau.ops.shape import reshape, unsqueeze
from flambeau.ops.sorting import sort
from flambeau.ops.splitting import unbind


class _Fields(NamedTuple):
    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(_Fields):
    """Sequences without padding: `data` has, step by step, the elements of all sequences that are so long.

    `batch_sizes` (on the CPU) says how many that are at each step. Where the sequences were sorted by length,
    `sorted_indices` are their numbers in that order and `unsorted_indices` lead back. Made by `pack_padded_sequence` and
    `pack_sequence`.
    """

    __slots__ = ()

    def __new__(cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None,
                unsorted_indices: Any = None) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            data, batch_sizes = data
        if batch_sizes.device.type != "cpu":
            raise ValueError("batch_sizes should always be on CPU. Instances of PackedSequence should never be created "
                             "manually. They should be instantiated by functions like pack_sequence and "
                             "pack_padded_sequence in nn.utils.rnn.")
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Return the sequences with their data elsewhere or in another dtype; arguments as of `Tensor.to`."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        indices = [None if part is None else part.to(data.device) for part in (self.sorted_indices, self.unsorted_indices)]
        return type(self)(data, self.batch_sizes, *indices)

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        return self.to(*(args or ("cuda",)), **kwargs)

    def cpu(self) -> PackedSequence:
        return self.to("cpu")

    def double(self) -> PackedSequence:
        return self._as(self.data.double())

    def float(self) -> PackedSequence:
        return self._as(self.data.float())

    def half(self) -> PackedSequence:
        return self._as(self.data.half())

    def long(self) -> PackedSequence:
        return self._as(self.data.long())

    def int(self) -> PackedSequence:
        return self._as(self.data.int())

    def short(self) -> PackedSequence:
        return self._as(self.data.short())

    def char(self) -> PackedSequence:
        return self._as(self.data.char())

    def byte(self) -> PackedSequence:
        return self._as(self.data.byte())

    def _as(self, data: Any) -> PackedSequence:
        return self if data is self.data else self._replace(data=data)

    def pin_memory(self) -> PackedSequence:
        return self._as(self.data.pin_memory())

    def is_pinned(self) -> bool:
        return bool(self.data.is_pinned())

    @property
    def is_cuda(self) -> bool:
        return bool(self.data.is_cuda)


def invert_permutation(permutation: Any) -> Any:
    """Return the order that undoes `permutation`; None of None."""
    if permutation is None:
        return None
    inverse = empty_like(permutation)
    inverse[permutation] = arange(permutation.numel(), device=permutation.device)
    return inverse


def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded batch of shape (steps, batch, …), or (batch, steps, …) with `batch_first`.

    `lengths`: how long each sequence is, longest first unless `enforce_sorted` is False. Raises RuntimeError for lengths
    that do not fit.
    """
    if input.dim() < 2:
        raise IndexError(f"a padded batch has at least 2 dims, steps and batch, but got an input of {input.dim()}")
    lengths = lengths.to("cpu", int64) if isinstance(lengths, TensorBase) else tensor(lengths, dtype=int64)
    sorted_indices = None
    if not enforce_sorted:
        lengths, sorted_indices = sort(lengths, descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = index_select(input, 0 if batch_first else 1, sorted_indices)
    batch, steps = input.shape[:2] if batch_first else (input.shape[1], input.shape[0])
    _check_lengths(lengths, steps, batch)
    present = unsqueeze(arange(int(lengths[0])), 1) < lengths
    step_of, member_of = _cells(present)
    rows = member_of * steps + step_of if batch_first else step_of * batch + member_of
    data = index_select(reshape(input, (steps * batch, *input.shape[2:])), 0, rows.to(input.device))
    return PackedSequence(data, sum(present, 1), sorted_indices)


def _cells(present: Any) -> tuple[Any, Any]:
    """Return the row and column of each true cell of a table, row by row."""
    row, column = unbind(nonzero(present), 1)
    return row, column


def _check_lengths(lengths: Any, steps: int, batch: int) -> None:
    """Raise RuntimeError for lengths that do not fit a padded batch, or are not sorted."""
    if lengths.ndim != 1:
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.ndim}D")
    if not steps or not batch:
        raise RuntimeError(f"Cannot pack empty tensors: there are {steps} steps of {batch} sequences")
    listed = lengths.tolist()
    if len(listed) != batch:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(listed)} (batch_size={batch})")
    if listed[-1] <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    if any(one < two for one, two in pairwise(listed)):
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
                           "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement "
                           "if you do not need ONNX exportability.")
    if listed[0] > steps:
        raise RuntimeError(f"Expected a padded batch of at least {listed[0]} steps, the longest of `lengths`, but got {steps}")


def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
                        total_length: int | None = None) -> tuple[Any, Any]:
    """Unpack: (the padded batch, the lengths), in the order in which the sequences were given.

    `total_length`: pad to so many steps. Raises ValueError when a sequence is longer.
    """
    data, batch_sizes, _, unsorted_indices = sequence
    steps, batch = len(batch_sizes), int(batch_sizes[0])
    if total_length is not None and total_length < steps:
        raise ValueError("Expected total_length to be at least the length of the longest sequence in input, but got "
                         f"total_length={total_length} and max sequence length being {steps}")
    present = arange(batch) < unsqueeze(batch_sizes, 1)
    step_of, member_of = _cells(present)
    padded = _spread(data, step_of * batch + member_of, (total_length or steps, batch), padding_value)
    padded, lengths = transpose(padded, 0, 1) if batch_first else padded, sum(present, 0)
    if unsorted_indices is None:
        return padded, lengths
    return index_select(padded, 0 if batch_first else 1, unsorted_indices), lengths[unsorted_indices.cpu()]


def _spread(data: Any, rows: Any, shape: tuple[int, int], value: float) -> Any:
    """Put the rows of `data` at places of a table whose other cells hold `value`."""
    padding = full((shape[0] * shape[1], *data.shape[1:]), value, dtype=data.dtype, device=data.device)
    return reshape(index_copy(padding, 0, rows.to(data.device), data), (*shape, *data.shape[1:]))


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Any:
    """Stack tensors of shape (steps, …) of different lengths: (steps, batch, …), or (batch, steps, …) with `batch_first`."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError("pad_sequence: Expected iterable for input sequences, but got arg of type: "
                           f"{type(sequences)}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    listed = list(sequences)
    if not listed:
        raise RuntimeError("received an empty list of sequences: pad_sequence needs at least one")
    lengths = unsqueeze(tensor([sequence.shape[0] for sequence in listed], dtype=int64), 1)
    batch, steps = len(listed), int(lengths.max())
    places = arange(steps)
    member_of, step_of = _cells(places < lengths if padding_side == "right" else places >= steps - lengths)
    data = cat([sequence.to(listed[0].dtype) for sequence in listed])
    if batch_first:
        return _spread(data, member_of * steps + step_of, (batch, steps), padding_value)
    return _spread(data, step_of * batch + member_of, (steps, batch), padding_value)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """Cut a padded batch into its sequences again."""
    members = padded_sequences if batch_first else transpose(padded_sequences, 0, 1)
    return [member[:int(length)].clone() for member, length in zip(members, lengths, strict=True)]


def pack_sequence(sequences: list[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack tensors of shape (steps, …), longest first unless `enforce_sorted` is False."""
    lengths = tensor([sequence.shape[0] for sequence in sequences], dtype=int64)
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Return the sequences, in the order in which they were given."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
