"""Functions that have nothing to do still give new memory where PyTorch does, and the tensor itself where PyTorch does."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn import functional as F

EDGES = torch.tensor([0.0, 1.0, 4.0])


@pytest.mark.parametrize("input, call", [
    (torch.tensor(3.0), lambda x: torch.roll(x, 1)),
    (torch.ones(1, 4, 2, 2), lambda x: F.pixel_shuffle(x, 1)),
    (torch.ones(1, 4, 2, 2), lambda x: F.pixel_unshuffle(x, 1)),
    (EDGES, lambda x: torch.histogram(torch.arange(4.0), x).bin_edges),
    (torch.ones(1, 2), lambda x: torch.linalg.solve_triangular(torch.ones(1, 1), x, upper=True, unitriangular=True)),
    (torch.tensor(3.0), lambda x: torch.masked.prod(x, dim=0, keepdim=True)),
])
def test_writing_to_the_result_leaves_the_input_as_it_was(input, call):
    before = input.clone()
    call(input).add_(1)
    assert torch.equal(input, before)


def test_a_tensor_whose_dims_are_in_order_is_in_the_contiguous_format_gaps_and_all():
    x = torch.ones(2, 6)[:, ::2]
    assert x.to(memory_format=torch.contiguous_format) is x
    assert x.float(memory_format=torch.contiguous_format) is x
    last = torch.ones(1, 2, 3, 3).to(memory_format=torch.channels_last)
    assert last.float(memory_format=torch.channels_last) is last
    assert last.to(memory_format=torch.contiguous_format).stride() == (18, 9, 3, 1)
