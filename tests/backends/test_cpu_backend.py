"""`torch.backends.cpu`."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.dispatch.kernel import extension


@pytest.fixture
def precision():
    yield
    torch.backends.cpu.conv_precision = "fast"


def error(x: torch.Tensor, weight: torch.Tensor) -> float:
    want = torch.nn.functional.conv2d(x.double(), weight.double(), padding=1)
    return float((torch.nn.functional.conv2d(x, weight, padding=1) - want).abs().max() / want.abs().max())


def test_exact_convolutions_are_as_precise_as_float32_is(precision):
    torch.manual_seed(0)
    x, weight = torch.randn(2, 64, 16, 16), torch.randn(64, 64, 3, 3)
    assert error(x, weight) < 1e-5
    fast = torch.nn.functional.conv2d(x, weight, padding=1)
    torch.backends.cpu.conv_precision = "exact"
    assert torch.backends.cpu.conv_precision == "exact"
    assert error(x, weight) < 1e-6
    if extension() is not None:
        assert not torch.equal(fast, torch.nn.functional.conv2d(x, weight, padding=1))


def test_other_precisions_are_refused(precision):
    with pytest.raises(ValueError, match="'fast', 'exact'"):
        torch.backends.cpu.conv_precision = "exactly"


def test_the_capability_is_named():
    assert torch.backends.cpu.get_cpu_capability() in ("AVX512", "AVX2", "DEFAULT", "NO AVX")
