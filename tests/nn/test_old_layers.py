"""Layers that PyTorch keeps for old programs: CrossMapLRN2d, Container, DataParallel."""
from __future__ import annotations

import fake_cupy
import pytest

import flambeau as torch
from flambeau import nn


def test_cross_map_lrn_gives_pytorchs_numbers():
    x = torch.arange(12.0).reshape(1, 6, 2, 1).sin()
    wanted = [0.0, 0.772216, 0.776988, 0.117642, -0.641612, -0.767138, -0.233338, 0.51839, 0.849424, 0.322815, -0.47083,
              -0.81527]  # PyTorch 2.13
    assert nn.CrossMapLRN2d(3, 0.5)(x).flatten().tolist() == pytest.approx(wanted, abs=1e-6)
    assert repr(nn.CrossMapLRN2d(3)) == "CrossMapLRN2d(3, alpha=0.0001, beta=0.75, k=1)"
    with pytest.raises(ValueError, match="Expected input to be 4D, got 3D"):
        nn.CrossMapLRN2d(3)(x[0])


def test_a_container_holds_its_arguments_and_says_that_it_is_old():
    with pytest.warns(FutureWarning, match=r"`nn.Container` is deprecated"):
        held = nn.Container(first=nn.Identity(), second=nn.Linear(1, 1))
    assert [name for name, _ in held.named_children()] == ["first", "second"]


def test_data_parallel_without_a_gpu_calls_the_module():
    module = nn.Linear(2, 1)
    parallel = nn.DataParallel(module)
    assert parallel.device_ids == []
    assert list(parallel.state_dict()) == ["module.weight", "module.bias"]
    assert torch.equal(parallel(torch.ones(3, 2)), module(torch.ones(3, 2)))
    with pytest.raises(RuntimeError, match="needs a GPU"):
        nn.parallel.data_parallel(module, torch.ones(3, 2))


def test_data_parallel_calls_the_module_on_the_first_gpu():
    with fake_cupy.installed():
        parallel = nn.DataParallel(nn.Linear(2, 1), [1])
        assert {str(parameter.device) for parameter in parallel.parameters()} == {"cuda:1"}
        assert str(parallel(torch.ones(3, 2)).device) == "cuda:1"
        assert str(nn.parallel.data_parallel(parallel.module, torch.ones(3, 2), [1], 0).device) == "cuda:0"
