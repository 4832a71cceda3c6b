"""Indices that may point anywhere, chunks that are laid side by side, hashes: what has no sample of its own."""
from __future__ import annotations

import pytest

import flambeau as torch

GRID = torch.arange(6.0).reshape(2, 3)
PLACES = [torch.tensor([0, 5, -9]), torch.tensor([1, 2, 0])]
MASK = torch.tensor([True, False, True])


def test_where_the_mask_does_not_hold_an_index_may_point_anywhere():
    assert torch._unsafe_masked_index(GRID, MASK, PLACES, 9.0).tolist() == [1.0, 9.0, 0.0]
    assert torch._unsafe_masked_index(torch.ones(0, 3), MASK, PLACES, 9.0).tolist() == [9.0, 9.0, 9.0]


def test_adding_by_index_leaves_out_what_is_masked():
    values = torch.tensor([10.0, 20.0, 30.0])
    added = torch._unsafe_masked_index_put_accumulate(GRID, MASK, PLACES, values)
    assert added.tolist() == [[30.0, 11.0, 2.0], [3.0, 4.0, 5.0]]


def test_a_masked_index_hands_its_gradient_to_what_it_took():
    x = GRID.clone().requires_grad_()
    (g,) = torch.autograd.grad(torch._unsafe_masked_index(x, MASK, PLACES, 9.0).sum(), x)
    assert g.tolist() == [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_indices_must_be_whole_numbers_and_not_too_many():
    with pytest.raises(RuntimeError, match="unexpected index type Bool"):
        torch._unsafe_masked_index(GRID, MASK, [MASK], 9.0)
    with pytest.raises(IndexError, match="too many indices"):
        torch._unsafe_masked_index(GRID, MASK, PLACES * 2, 9.0)
    with pytest.raises(IndexError, match="at least one index"):
        torch._unsafe_masked_index(GRID, MASK, [], 9.0)


def test_chunks_are_filled_up_with_zeros_and_laid_side_by_side():
    tall, wide = torch.arange(6.0).reshape(3, 2), torch.arange(4.0).reshape(4, 1)
    assert torch._chunk_cat([tall, wide], 0, 2).tolist() == [[0.0, 1.0, 2.0, 3.0, 0.0, 1.0], [4.0, 5.0, 0.0, 0.0, 2.0, 3.0]]
    assert torch._chunk_cat([GRID], -1, 2).tolist() == [[[0.0, 1.0], [2.0, 0.0]], [[3.0, 4.0], [5.0, 0.0]]]


@pytest.mark.parametrize(("tensors", "words"), [
    ([], "non-empty input tensor list"),
    ([torch.ones(2, 0)], "non-empty tensor"),
    ([torch.ones(2), torch.ones(2, dtype=torch.float64)], "same dtype"),
    ([torch.ones(2, 3), torch.ones(3, 3)], "same sizes of 0,...,dim-1"),
])
def test_what_has_no_chunks_that_go_together_is_refused(tensors, words):
    with pytest.raises(RuntimeError, match=words):
        torch._chunk_cat(tensors, 1 if words.startswith("same sizes") else 0, 2)


def test_a_hash_is_of_bits_in_64_so_that_a_number_hashes_alike_in_all_dtypes():
    assert torch.hash_tensor(torch.tensor([-1], dtype=torch.int8)).item() == 2**64 - 1
    hashes = {torch.tensor([1.5]).to(kind).hash_tensor().item() for kind in (torch.float16, torch.bfloat16, torch.float64)}
    assert hashes == {4609434218613702656}


def test_a_hash_of_nothing_or_in_another_mode_is_refused():
    with pytest.raises(RuntimeError, match="Unknown hash_tensor mode"):
        torch.hash_tensor(torch.ones(2), mode=1)
    with pytest.raises(IndexError, match="non-zero size"):
        torch.hash_tensor(torch.ones(0, 2), 0)


def test_flat_indices_need_whole_numbers_and_sizes_that_are_not_negative():
    with pytest.raises(TypeError, match="integer dtype"):
        torch.unravel_index(torch.tensor([1.0]), (2, 3))
    with pytest.raises(ValueError, match="negative"):
        torch.unravel_index(torch.tensor([1]), (2, -3))
    assert torch.unravel_index(torch.tensor(0), ()) == ()
