"""Sequences of different lengths in one batch: padded to one length, or packed without padding."""
from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from flambeau.core.tensor import TensorBase
from flambeau.ops.creation import arange, empty_like, full, tensor
from flambeau.ops.joining import cat
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import transpose
from flambeau.ops.rows import index_select
from flambeau.ops.sorting import sort


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
    given = lengths if isinstance(lengths, TensorBase) else tensor(lengths, dtype=_int64())
    sorted_indices = None
    if not enforce_sorted:
        given, sorted_indices = sort(given.cpu(), descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = index_select(input, 0 if batch_first else 1, sorted_indices)
    if batch_first:
        input = transpose(input, 0, 1)
    sizes = _batch_sizes(given.tolist(), input.shape[0], input.shape[1], enforce_sorted)
    data = cat([input[step, :size] for step, size in enumerate(sizes)])
    return PackedSequence(data, tensor(sizes, dtype=_int64()), sorted_indices)


def _int64() -> Any:
    from flambeau.core.dtype import int64

    return int64


def _batch_sizes(lengths: list[int], steps: int, batch: int, enforce_sorted: bool) -> list[int]:
    if len(lengths) != batch:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} (batch_size={batch})")
    if not lengths or lengths[-1] <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    if any(one < two for one, two in pairwise(lengths)):
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
                           "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement "
                           "if you do not need ONNX exportability.")
    if lengths[0] > steps:
        raise RuntimeError(f"Expected a padded batch of at least {lengths[0]} steps, the longest of `lengths`, but got {steps}")
    return [sum(length > step for length in lengths) for step in range(lengths[0])]


def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
                        total_length: int | None = None) -> tuple[Any, Any]:
    """Unpack: (the padded batch, the lengths), in the order in which the sequences were given.

    `total_length`: pad to so many steps. Raises ValueError when a sequence is longer.
    """
    data, batch_sizes, _, unsorted_indices = sequence
    sizes = batch_sizes.tolist()
    steps = len(sizes)
    if total_length is not None:
        if total_length < steps:
            raise ValueError("Expected total_length to be at least the length of the longest sequence in input, but got "
                             f"total_length={total_length} and max sequence length being {steps}")
        steps = total_length
    padded = _padded_steps(data, sizes, steps, padding_value)
    lengths = tensor([sum(size > number for size in sizes) for number in range(sizes[0])], dtype=_int64())
    if batch_first:
        padded = transpose(padded, 0, 1)
    if unsorted_indices is None:
        return padded, lengths
    return index_select(padded, 0 if batch_first else 1, unsorted_indices), lengths[unsorted_indices.cpu()]


def _padded_steps(data: Any, sizes: list[int], steps: int, padding_value: float) -> Any:
    """Cut packed rows into steps, each filled up to the whole batch."""
    from flambeau.ops.joining import stack

    rest, rows, begin = data.shape[1:], [], 0
    for size in sizes:
        row = narrow(data, 0, begin, size)
        missing = full((sizes[0] - size, *rest), padding_value, dtype=data.dtype, device=data.device)
        rows.append(cat([row, missing]) if size < sizes[0] else row)
        begin += size
    rows += [full((sizes[0], *rest), padding_value, dtype=data.dtype, device=data.device)] * (steps - len(sizes))
    return stack(rows)


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Any:
    """Stack tensors of shape (steps, …) of different lengths: (steps, batch, …), or (batch, steps, …) with `batch_first`."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError("pad_sequence: Expected iterable for input sequences, but got arg of type: "
                           f"{type(sequences)}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    from flambeau.ops.joining import stack

    listed = list(sequences)
    longest = max(sequence.shape[0] for sequence in listed)
    padded = stack([_lengthened(sequence, longest, padding_value, padding_side) for sequence in listed])
    return padded if batch_first else transpose(padded, 0, 1)


def _lengthened(sequence: Any, length: int, value: float, side: str) -> Any:
    missing = length - sequence.shape[0]
    if not missing:
        return sequence
    filler = full((missing, *sequence.shape[1:]), value, dtype=sequence.dtype, device=sequence.device)
    return cat([filler, sequence] if side == "left" else [sequence, filler])


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """Cut a padded batch into its sequences again."""
    if not batch_first:
        padded_sequences = transpose(padded_sequences, 0, 1)
    return [sequence[:int(length)] for sequence, length in zip(padded_sequences, lengths, strict=True)]


def pack_sequence(sequences: list[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack tensors of shape (steps, …), longest first unless `enforce_sorted` is False."""
    lengths = tensor([sequence.shape[0] for sequence in sequences], dtype=_int64())
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Return the sequences, in the order in which they were given."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
