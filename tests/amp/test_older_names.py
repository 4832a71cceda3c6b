"""Autocast by the names with the kind of device in them."""
from __future__ import annotations

import pytest

import flambeau as torch


def test_older_names_ask_for_and_set_the_same_state_with_a_warning():
    with torch.autocast("cpu"), pytest.warns(DeprecationWarning, match=r"use torch.is_autocast_enabled\('cpu'\)"):
        assert torch.is_autocast_cpu_enabled()
    with pytest.warns(DeprecationWarning):
        torch.set_autocast_gpu_dtype(torch.bfloat16)
    assert torch.get_autocast_dtype("cuda") is torch.bfloat16
    torch.set_autocast_dtype("cuda", torch.float16)


def test_autocast_is_switched_for_cuda_unless_a_device_is_named():
    torch.set_autocast_enabled(True)
    assert torch.is_autocast_enabled() and not torch.is_autocast_enabled("cpu")
    torch.set_autocast_enabled("cuda", False)
    assert not torch.is_autocast_enabled()


def test_blocks_are_counted():
    assert torch.autocast_increment_nesting() == 1
    assert torch.autocast_decrement_nesting() == 0
