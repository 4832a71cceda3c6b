"""The generator of GPUs, which needs none."""
from __future__ import annotations

from typing import Any

import numpy
import pytest

from flambeau.core.random.philox import Philox, philox4x32


@pytest.mark.parametrize(("counter", "key", "words"), [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), "d16cfe09 94fdcceb 5001e420 24126ea1"),
])
def test_philox_gives_its_authors_known_answers(counter: Any, key: Any, words: str) -> None:
    mixed = philox4x32(tuple(numpy.array([word], numpy.uint32) for word in counter), key)
    assert " ".join(f"{int(word[0]):08x}" for word in mixed) == words


def test_philox_deals_the_numbers_that_pytorch_shows_on_gpus() -> None:
    float32 = numpy.dtype("f4")
    assert numpy.allclose(Philox(0).uniform(5, float32), [0.3990, 0.5167, 0.0249, 0.9401, 0.9459], atol=1e-4)
    assert numpy.allclose(Philox(42).normal(5, float32, False), [0.1940, 2.1614, -0.1721, 0.8491, -1.9244], atol=1e-4)


def test_philox_deals_large_draws_by_the_size_of_the_gpu() -> None:
    rtx_a4000 = Philox(14, threads=48 * 1536)  # what PyTorch draws on one stands in pytorch/pytorch#97097
    drawn = rtx_a4000.normal(100_000, numpy.dtype("f4"), False) * 5**0.5 + 5
    assert numpy.allclose(drawn[[0, 1, 2, -3, -2, -1]], [2.8731, 5.2727, 2.9889, 8.2207, 6.5395, 4.2604], atol=1e-4)


def test_philox_state_is_seed_and_offset() -> None:
    one, other = Philox(7), Philox(0)
    one.words(1000)
    other.restore(one.state())
    assert one.state().size == 16
    assert (one.normal(10, numpy.dtype("f8"), False) == other.normal(10, numpy.dtype("f8"), False)).all()
