"""Philox4x32-10, the counter-based generator of GPUs.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
The same integer code runs on NumPy and CuPy, so a stream can be checked and replayed without a GPU.
"""
from __future__ import annotations

import math
from typing import Any

import numpy

from flambeau.core.arrays import Array

ROUNDS = 10
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
KEY_STEPS = 0x9E3779B9, 0xBB67AE85  # the golden ratio and the square root of 3, less 1, in 32 bits
LOW = 0xFFFF_FFFF
THREADS_PER_BLOCK = 256


def philox4x32(counter: tuple[Array, Array, Array, Array], key: tuple[int, int], xp: Any = numpy) -> tuple[Array, ...]:
    """Mix four arrays of 32-bit counters with a key of two words into four arrays of random 32-bit words."""
    a, b, c, d = counter
    for _ in range(ROUNDS):
        high_a, low_a = multiply(a, MULTIPLIERS[0], xp)
        high_c, low_c = multiply(c, MULTIPLIERS[1], xp)
        a, b, c, d = high_c ^ b ^ xp.uint32(key[0]), low_c, high_a ^ d ^ xp.uint32(key[1]), low_a
        key = (key[0] + KEY_STEPS[0]) & LOW, (key[1] + KEY_STEPS[1]) & LOW
    return a, b, c, d


def multiply(word: Array, factor: int, xp: Any) -> tuple[Array, Array]:
    """Return the upper and the lower half of a 64-bit product."""
    product = word.astype(xp.uint64) * xp.uint64(factor)
    return (product >> xp.uint64(32)).astype(xp.uint32), product.astype(xp.uint32)


class Philox:
    """A stream cut into lanes, one for each thread that PyTorch's CUDA kernels would start.

    Element e of a draw belongs to lane e % lanes; a lane makes four words a step. `threads` is how many the GPU runs
    at once: its multiprocessors times the threads of each, in blocks of 256. PyTorch's numbers depend on the GPU in
    this way, and so do these.
    """

    spare = None  # no lane keeps a number for later

    def __init__(self, seed: int, xp: Any = numpy, threads: int = 132 * 2048) -> None:
        self.xp = xp
        self.threads = threads
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        self.seed = seed
        self.offset = 0  # in words, per lane
        self._graph: GraphStart | None = None  # within a capture: where its draws begin

    def begin_capture(self) -> GraphStart:
        """Draw from now on, until `end_capture`, on from a place that each replay of the graph sets anew."""
        self._graph = GraphStart(self)
        return self._graph

    def end_capture(self) -> None:
        self._graph = None

    # ------------------------------------------------------------------------------------ words

    def words(self, count: int) -> Array:
        """Draw `count` numbers of 32 bits."""
        return self._deal(count, 4).reshape(-1)[:count]

    def wide_words(self, count: int) -> Array:
        """Draw `count` numbers of 64 bits, two words each, the higher one first."""
        first, second = self._pairs(count)
        xp = self.xp
        return (first.astype(xp.uint64) << xp.uint64(32)) | second.astype(xp.uint64)

    def _pairs(self, count: int) -> tuple[Array, Array]:
        """Draw two words for each of `count` numbers."""
        words = self._deal(count, 2)
        return words[:, 0::2].reshape(-1)[:count], words[:, 1::2].reshape(-1)[:count]

    def _deal(self, count: int, per_step: int) -> Array:
        """Draw words of shape (steps, 4, lanes), where each lane's step serves `per_step` of `count` numbers."""
        xp = self.xp
        lanes = max(min(self.threads, -(-count // THREADS_PER_BLOCK) * THREADS_PER_BLOCK), 1)
        steps = -(-count // (lanes * per_step))
        step = xp.arange(steps, dtype=xp.uint64)[:, None] + self._advance(steps)
        lane = xp.arange(lanes, dtype=xp.uint32)[None, :]
        low, high = step.astype(xp.uint32), (step >> xp.uint64(32)).astype(xp.uint32)
        counter = xp.broadcast_arrays(low, high, lane, xp.uint32(0) * lane)
        return xp.stack(philox4x32(tuple(counter), (self.seed & LOW, self.seed >> 32), xp), axis=1)

    def _advance(self, steps: int) -> Any:
        """Go on by a number of steps, and return where they begin."""
        if self._graph is not None:
            return self._graph.advance(steps)
        start = self.offset // 4
        self.offset += 4 * steps
        return self.xp.uint64(start)

    # ---------------------------------------------------------------------- uniform and normal

    def uniform(self, count: int, dtype: Any) -> Array:
        """Draw from [0, 1), 32 bits for float32 and 53 for float64; what rounds up to 1 counts as 0."""
        xp = self.xp
        if dtype == numpy.float64:
            values = above_zero(fold(*self._pairs(count), xp), 53, xp.float64)
        else:
            values = above_zero(self.words(count), 32, xp.float32)
        return xp.where(values == 1, values.dtype.type(0), values)

    def normal(self, count: int, dtype: Any, one_by_one: bool) -> Array:
        """Draw from the standard normal distribution, float32 or float64 as `dtype` needs.

        `one_by_one` changes the CPU's numbers only.
        """
        xp = self.xp
        if dtype == numpy.float64:
            first, second, third, fourth = self._deal(count, 2).transpose(1, 0, 2)[:, :, None]
            heights = above_zero(fold(first, second, xp), 53, xp.float64)
            turns = above_zero(fold(third, fourth, xp), 53, xp.float64)
        else:
            words = self._deal(count, 4)
            heights, turns = (above_zero(words[:, start::2], 32, xp.float32) for start in (0, 1))
        radius, angle = xp.sqrt(-2 * xp.log(heights)), turns * turns.dtype.type(2 * math.pi)
        points = xp.stack([radius * xp.sin(angle), radius * xp.cos(angle)], axis=2)  # (steps, 1 or 2, 2, lanes)
        return points.reshape(-1)[:count]

    # ------------------------------------------------------------------------------------ state

    def state(self) -> Array:
        """Return seed and offset as 16 bytes."""
        return numpy.frombuffer(bytearray(numpy.array([self.seed, self.offset], "<u8").tobytes()), numpy.uint8)

    def restore(self, state: Array) -> None:
        if state.size != 16:
            raise RuntimeError(f"RNG state is wrong size: a CUDA generator's has 16 bytes, this one {state.size}; "
                               "pass what get_rng_state() of a CUDA device returned")
        self.seed, self.offset = (int(word) for word in numpy.frombuffer(state.tobytes(), "<u8"))

    def rewind(self, state: Array, doubles: int, spare: float | None) -> None:
        """Leave unused draws behind: lanes run side by side, so there is no place in between to go back to."""


class GraphStart:
    """Where in a stream the draws of a CUDA graph begin: a number on the GPU, which the graph reads at each replay."""

    def __init__(self, engine: Philox) -> None:
        self.engine, self.seed = engine, engine.seed
        self.start = engine.xp.zeros((), engine.xp.uint64)
        self.steps = 0  # that the graph takes

    def advance(self, steps: int) -> Any:
        start = self.start + self.engine.xp.uint64(self.steps)
        self.steps += steps
        return start

    def before_replay(self) -> None:
        """Have the replay draw what comes next, and go on behind that. Raises RuntimeError for a stream of another seed."""
        if self.steps and self.engine.seed != self.seed:
            raise RuntimeError("the generator was seeded again since the graph was captured, which draws by the seed of then: "
                               "seed before capturing")
        self.start.fill(self.engine.offset // 4)
        self.engine.offset += 4 * self.steps


def fold(first: Array, second: Array, xp: Any) -> Array:
    """Make 53 random bits of two words, as cuRAND does."""
    return first.astype(xp.uint64) ^ (second.astype(xp.uint64) << xp.uint64(21))


def above_zero(word: Array, bits: int, dtype: Any) -> Array:
    """Map a whole number to the middle of its step in (0, 1]; a logarithm may follow."""
    return word.astype(dtype) * dtype(2.0**-bits) + dtype(2.0 ** -(bits + 1))
