"""MT19937 as PyTorch's CPU generator runs it: its words, uniform and normal numbers, and its state, byte for byte."""
from __future__ import annotations

import math
from typing import Any

import numpy

from flambeau.core.arrays import Array

WORDS = 624
LOW_24_BITS, LOW_53_BITS = numpy.uint32(2**24 - 1), numpy.uint64(2**53 - 1)
HALF_WORD = numpy.uint64(32)
FEW = 1000  # draws; up to here joining words costs less than a call of NumPy's randint
HALF_BLOCK = 8  # PyTorch turns blocks of 8 + 8 uniform numbers into 16 normal ones

# What torch.get_rng_state() holds: a C struct older than PyTorch itself, extended at its end.
STATE = numpy.dtype([
    ("seed", "<u8"), ("left", "<i4"), ("seeded", "<i4"), ("next", "<u8"), ("words", "<u8", WORDS),
    ("unused_x", "<f8"), ("spare", "<f8"), ("unused_rho", "<f8"), ("has_spare", "<i4"), ("padding", "V4"),
    ("spare_float", "<f4"), ("has_spare_float", "?"), ("end", "V3")])


class MersenneTwister:
    """A stream of 32-bit words from a 64-bit seed, of which PyTorch keeps the lower half."""

    xp = numpy
    _bits: Any = None  # NumPy's generator, made at the first draw: importing numpy.random takes 10 ms
    _legacy: Any = None

    def __init__(self, seed: int) -> None:
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        self.seed = seed
        self.spare: float | None = None  # Box-Muller makes two normal numbers; the second waits here
        self._pristine = True  # no word was drawn since the seed was set
        self._pending = True  # NumPy's generator does not know the seed yet

    # ------------------------------------------------------------------------------------ words

    def words(self, count: int) -> Array:
        """Draw `count` numbers of 32 bits."""
        return self._source().random_raw(count).astype(numpy.uint32)

    def wide_words(self, count: int) -> Array:
        """Draw `count` numbers of 64 bits, two words each, the higher one first."""
        source = self._source()
        if count > FEW:
            return self._legacy.randint(0, 2**64, count, dtype=numpy.uint64)
        words = source.random_raw(2 * count)
        wide = words[::2] << HALF_WORD
        wide |= words[1::2]
        return wide

    def _source(self) -> Any:
        if self._bits is None:
            self._bits = numpy.random.MT19937(0)
            self._legacy = numpy.random.RandomState(self._bits)
        if self._pending:
            self._legacy.seed(self.seed & 0xFFFF_FFFF)
            self._pending = False
        self._pristine = False
        return self._bits

    # ---------------------------------------------------------------------- uniform and normal

    def uniform(self, count: int, dtype: Any) -> Array:
        """Draw from [0, 1): 24 bits for float32, 53 for float64."""
        if dtype == numpy.float64:
            return (self.wide_words(count) & LOW_53_BITS).astype(numpy.float64) * 2.0**-53
        words = self.words(count)
        words &= LOW_24_BITS
        values = words.view(numpy.int32).astype(numpy.float32)  # signed converts faster
        values *= numpy.float32(2.0**-24)
        return values

    def normal(self, count: int, dtype: Any, one_by_one: bool) -> Array:
        """Draw from the standard normal distribution, float32 or float64 as `dtype` needs.

        PyTorch has two ways, and different numbers come out: `one_by_one` in float64, or from 16 on in blocks.
        """
        if one_by_one or count < 2 * HALF_BLOCK:
            return self._normal_pairs(count)
        return self._normal_blocks(count, dtype)

    def _normal_pairs(self, count: int) -> Array:
        waiting = [] if self.spare is None or count == 0 else [self.spare]
        missing = count - len(waiting)
        if waiting:
            self.spare = None
        angles, heights = self.uniform(missing + missing % 2, numpy.float64).reshape(-1, 2).T
        values = numpy.stack(box_muller(numpy.log1p(-heights), angles), axis=1).reshape(-1)
        if missing % 2:
            self.spare = float(values[-1])
        return numpy.concatenate([waiting, values[:missing]])

    def _normal_blocks(self, count: int, dtype: Any) -> Array:
        block = 2 * HALF_BLOCK
        compute = numpy.float64 if dtype == numpy.float64 else numpy.float32
        whole = count - count % block
        # PyTorch draws a uniform number even where a tail will replace it, but not for half types
        drawn = whole if dtype.itemsize == 2 else count
        values = numpy.empty(count, compute)
        values[:whole] = normal_blocks(self.uniform(drawn, compute)[:whole])
        if whole != count:
            values[-block:] = normal_blocks(self.uniform(block, compute))
        return values

    # ------------------------------------------------------------------------------------ state

    def state(self) -> Array:
        """Return the state as the bytes that torch.get_rng_state() returns."""
        pristine = self._pristine
        inner = self._source().state["state"]
        self._pristine = pristine
        record = numpy.zeros((), STATE)
        record["seed"], record["seeded"], record["words"] = self.seed, 1, inner["key"]
        record["left"] = 1 if pristine else WORDS + 1 - inner["pos"]
        record["next"] = 0 if pristine else inner["pos"]
        if self.spare is not None:
            record["spare"], record["has_spare"] = self.spare, 1
        return numpy.frombuffer(bytearray(record.tobytes()), numpy.uint8)

    def restore(self, state: Array) -> None:
        """Take up a state that `state` or torch.get_rng_state() returned."""
        if state.size != STATE.itemsize:
            raise RuntimeError(f"Expected a CPUGeneratorImplState of size {STATE.itemsize} but found the input RNG "
                               f"state size to be {state.size}; pass what get_rng_state() returned")
        record = numpy.frombuffer(state.tobytes(), STATE)[0]
        left, following = int(record["left"]), int(record["next"])
        if record["seeded"] != 1 or not 0 < left <= WORDS or following > WORDS:
            raise RuntimeError("Invalid mt19937 state: these bytes are not what get_rng_state() returned")
        self.reseed(int(record["seed"]))
        position = WORDS if left == 1 else following
        self._source().state = {"bit_generator": "MT19937",
                                "state": {"key": record["words"].astype(numpy.uint32), "pos": position}}
        self._pristine = left == 1 and following == 0
        self.spare = float(record["spare"]) if record["has_spare"] else None

    def rewind(self, state: Array, doubles: int, spare: float | None) -> None:
        """Go back to `state` and past `doubles` float64 draws, with `spare` waiting: give back what nobody used."""
        self.restore(state)
        self._source().random_raw(2 * doubles, output=False)
        self.spare = spare


def normal_blocks(uniform: Array) -> Array:
    """Turn each 16 uniform numbers into 16 normal ones: 8 heights and 8 angles into 8 cosines and 8 sines."""
    half = f"V{HALF_BLOCK * uniform.itemsize}"  # moving 8 numbers as one element is twice as fast
    heights, turns = numpy.ascontiguousarray(uniform.view(half).reshape(-1, 2).T).view(uniform.dtype)
    numpy.subtract(1, heights, out=heights)
    cosines, sines = box_muller(numpy.log(heights, out=heights), turns)
    values = numpy.empty_like(uniform)
    halves = values.view(half).reshape(-1, 2)
    halves[:, 0], halves[:, 1] = cosines.view(half), sines.view(half)
    return values


def box_muller(log_heights: Array, turns: Array) -> tuple[Array, Array]:
    """Place points by the logarithm of a uniform number and a part of a turn; return their x and y, both normal.

    Both arguments are used up: large draws are bound by memory.
    """
    log_heights *= -2
    radius = numpy.sqrt(log_heights, out=log_heights)
    turns *= turns.dtype.type(2 * math.pi)
    sines = numpy.sin(turns)
    sines *= radius
    cosines = numpy.cos(turns, out=turns)
    cosines *= radius
    return cosines, sines
