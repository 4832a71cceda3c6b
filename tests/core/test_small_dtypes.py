"""Floats of eight bits, and bytes into which a program packs smaller numbers."""
from __future__ import annotations

import io

import pytest

import flambeau as torch

PACKED = [*(f"int{bits}" for bits in range(1, 8)), *(f"uint{bits}" for bits in range(1, 8)), "float4_e2m1fn_x2"]


@pytest.mark.parametrize(("name", "numbers"), [
    ("float8_e4m3fn", [0.3125, -448.0, 448.0]), ("float8_e4m3fnuz", [0.3125, -240.0, 240.0]),
    ("float8_e5m2", [0.3125, -512.0, 1024.0]), ("float8_e5m2fnuz", [0.3125, -512.0, 1024.0]),
])
def test_floats_of_eight_bits_keep_what_they_can_hold(name: str, numbers: list[float]) -> None:
    kept = torch.tensor([0.3, -500.0, 1000.0]).clamp(-numbers[2], numbers[2]).to(getattr(torch, name))
    assert kept.to(torch.float32).tolist() == numbers
    assert kept.element_size() == 1


def test_an_exponent_alone_is_a_power_of_two() -> None:
    scales = torch.tensor([1.0, 2.0, 0.25]).to(torch.float8_e8m0fnu)
    assert scales.view(torch.uint8).tolist() == [127, 128, 125]
    assert torch.float8_e8m0fnu.is_floating_point
    assert not torch.float8_e8m0fnu.is_signed


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"])
def test_no_decimal_digit_is_sure_in_eight_bits(name: str) -> None:
    assert torch.finfo(getattr(torch, name)).resolution == 1


@pytest.mark.parametrize("name", PACKED)
class TestBytesOfPackedNumbers:
    def test_are_seen_and_brought_back_by_views(self, name: str) -> None:
        packed = torch.tensor([1, 200, 3], dtype=torch.uint8).view(getattr(torch, name))
        assert packed.dtype is getattr(torch, name)
        assert packed[1:].clone().view(torch.uint8).tolist() == [200, 3]
        assert str(packed) == f"tensor([  1, 200,   3], dtype=torch.{name})"

    def test_are_saved_and_loaded(self, name: str) -> None:
        file = io.BytesIO()
        torch.save(torch.tensor([1, 200, 3], dtype=torch.uint8).view(getattr(torch, name)), file)
        file.seek(0)
        loaded = torch.load(file)
        assert loaded.dtype is getattr(torch, name)
        assert loaded.view(torch.uint8).tolist() == [1, 200, 3]

    def test_are_not_computed_with(self, name: str) -> None:
        packed = torch.zeros(3, dtype=getattr(torch, name))
        for compute in (lambda: packed + packed, packed.sum, packed.sin, packed.tolist, packed[0].item, packed.float,
                        lambda: torch.ones(3).to(packed.dtype), lambda: packed.fill_(1), lambda: packed * 2.0):
            with pytest.raises(NotImplementedError, match=name):
                compute()

    def test_are_not_made_of_numbers(self, name: str) -> None:
        with pytest.raises(RuntimeError, match="pack them"):
            torch.tensor([1, 2], dtype=getattr(torch, name))

    def test_have_no_limits(self, name: str) -> None:
        for limits in (torch.iinfo, torch.finfo):
            with pytest.raises(TypeError):
                limits(getattr(torch, name))
