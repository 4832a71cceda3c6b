"""Seeds, states and streams of generators; what they draw is in tests/test_random.py."""
from __future__ import annotations

import copy
import hashlib
import pickle
import subprocess
import sys
import threading
from typing import Any

import numpy
import pytest
from drawn import listed, near

import flambeau
from flambeau import random
from flambeau.core.random import Generator
from flambeau.ops import random as ops


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.manual_seed(0)


def test_the_state_is_pytorchs_byte_for_byte() -> None:
    assert digest(random.get_rng_state()) == "1ccf17250133dec5e96478acd63e13d728d0dbbabb30389415a302c6f872f81f"
    random.manual_seed(1234)
    ops.rand(5)
    ops.randn(3)
    assert digest(random.get_rng_state()) == "4ae14f798920908e4e1127d08db3632a646ddf9486bf85dedfb4659bf57c2fd3"


def digest(state: Any) -> str:
    return hashlib.sha256(state._array.tobytes()).hexdigest()


def test_a_restored_state_repeats_what_followed() -> None:
    ops.randn(3)
    state = random.get_rng_state()
    first = listed(ops.randn(20)), listed(ops.randn(1))
    random.set_rng_state(state)
    assert (listed(ops.randn(20)), listed(ops.randn(1))) == first


def test_few_draws_at_a_time_give_what_many_at_once_give() -> None:
    flambeau.manual_seed(7)
    at_once = flambeau.rand(3000, dtype=flambeau.float64)
    flambeau.manual_seed(7)
    parts = [flambeau.rand(count, dtype=flambeau.float64) for count in (1, 16, 983, 1000, 1000)]
    assert flambeau.equal(flambeau.cat(parts), at_once)


def test_fork_rng_leaves_no_trace() -> None:
    with random.fork_rng():
        ops.rand(100)
    assert near(ops.rand(1), [0.4962566])


def test_a_generator_has_a_stream_of_its_own() -> None:
    generator = Generator().manual_seed(0)
    ops.rand(3, generator=generator)
    assert near(ops.rand(1), [0.4962566])
    assert near(ops.rand(1, generator=generator), [0.1320305])


def test_a_generator_can_be_copied_and_pickled() -> None:
    generator = Generator().manual_seed(5)
    ops.randn(3, generator=generator)
    copies = [copy.deepcopy(generator), pickle.loads(pickle.dumps(generator)), generator.clone_state()]
    expected = listed(ops.randn(4, generator=generator))
    assert all(listed(ops.randn(4, generator=each)) == expected for each in copies)


def test_a_new_generator_starts_from_pytorchs_default_seed() -> None:
    assert Generator().initial_seed() == 67280421310721


def test_negative_seeds_count_from_the_end() -> None:
    assert random.manual_seed(-1).initial_seed() == 2**64 - 1
    assert random.initial_seed() == 2**64 - 1


@pytest.mark.parametrize(("seed", "error"), [(2**64, ValueError), (-(2**63) - 1, ValueError), ("a", ValueError)])
def test_a_seed_must_be_a_number_of_64_bits(seed: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        random.manual_seed(seed)


def test_seeding_from_the_system_differs_each_time() -> None:
    assert random.seed() != random.seed()


@pytest.mark.parametrize(("state", "error"), [
    (numpy.zeros(3, "u1"), RuntimeError), (numpy.zeros(5056, "f4"), TypeError), (numpy.zeros(5056, "u1"), RuntimeError),
])
def test_a_state_that_is_none_is_refused(state: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        random.set_rng_state(flambeau.from_numpy(state))


def test_threads_share_the_stream_without_drawing_a_word_twice() -> None:
    drawn: list[float] = []
    threads = [threading.Thread(target=lambda: drawn.extend(listed(ops.rand(1000)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    random.manual_seed(0)
    assert sorted(drawn) == sorted(listed(ops.rand(8000)))


def test_importing_flambeau_does_not_import_numpy_random() -> None:
    code = "import sys, numpy; before = 'numpy.random' in sys.modules; import flambeau.random; " \
           "sys.exit('numpy.random' in sys.modules and not before)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
