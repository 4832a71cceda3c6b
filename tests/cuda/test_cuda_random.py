"""The generators of GPUs."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_a_state_is_read_and_set_again(gpu):
    torch.cuda.manual_seed(5)
    state = torch.cuda.get_rng_state()
    first = torch.rand(3, device="cuda").tolist()
    torch.cuda.set_rng_state(state)
    assert torch.rand(3, device="cuda").tolist() == first
    assert (torch.cuda.initial_seed(), state.numel(), str(state.dtype)) == (5, 16, "torch.uint8")


def test_each_gpu_has_a_generator_of_its_own(pretended):
    torch.cuda.manual_seed_all(1)
    with torch.cuda.device(1):
        torch.cuda.manual_seed(2)
    assert [generator.initial_seed() for generator in torch.cuda.default_generators] == [1, 2]
    states = torch.cuda.get_rng_state_all()
    torch.cuda.seed_all()
    seeds = {generator.initial_seed() for generator in torch.cuda.default_generators}
    assert len(seeds) == 1 and not seeds & {1, 2}
    torch.cuda.set_rng_state_all(states)
    assert [generator.initial_seed() for generator in torch.cuda.default_generators] == [1, 2]
    torch.cuda.seed()
    assert torch.cuda.random.initial_seed() != 1 and torch.cuda.default_generators[1].initial_seed() == 2


@pytest.mark.skipif(torch.cuda.is_available(), reason="is about machines without a GPU")
def test_seeding_without_a_gpu_changes_nothing():
    torch.cuda.manual_seed(torch.tensor(3))
    torch.cuda.seed()
    torch.cuda.seed_all()
    torch.cuda.set_rng_state(torch.zeros(16, dtype=torch.uint8))
    assert torch.cuda.get_rng_state_all() == []
    with pytest.raises((AssertionError, RuntimeError), match="Torch not compiled with CUDA enabled|GPU"):
        torch.cuda.get_rng_state()
