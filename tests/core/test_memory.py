"""Where arrays lie in memory."""
from __future__ import annotations

import numpy

import flambeau as torch
from flambeau.core.memory import is_dense, meet_in_part, meets_itself, with_room_for


def test_arrays_meet_in_part_when_some_but_not_all_of_their_elements_are_the_same() -> None:
    row = numpy.arange(6)
    assert meet_in_part(row[:4], row[2:])
    assert meet_in_part(row, row[::-1][:0:-1])
    assert not meet_in_part(row[:3], row[3:])
    assert not meet_in_part(row, row[:])
    assert not meet_in_part(row, row.copy())


def test_nothing_is_said_of_arrays_with_gaps() -> None:
    row = numpy.arange(6)
    assert not meet_in_part(row[::2], row[1::2])


def test_a_transposed_array_is_dense_and_a_slice_of_columns_is_not() -> None:
    board = numpy.zeros((3, 4))
    assert is_dense(board.T)
    assert is_dense(numpy.zeros((2, 3, 4)).transpose(1, 2, 0))
    assert not is_dense(board[:, :2])


def test_an_expanded_array_meets_itself() -> None:
    assert meets_itself(numpy.broadcast_to(numpy.zeros(1), (3,)))
    assert not meets_itself(numpy.broadcast_to(numpy.zeros(1), (1,)))


def test_there_is_room_up_to_the_end_of_the_memory_and_zeros_behind_it() -> None:
    row = numpy.arange(6)
    assert with_room_for(row[2:3], 4).tolist() == [2, 3, 4, 5]
    assert with_room_for(row[4:], 4).tolist() == [4, 5, 0, 0]
    assert with_room_for(numpy.arange(6).reshape(2, 3).T[1:], 3).tolist() == [1, 2, 3]


def test_a_resized_view_still_starts_where_it_did() -> None:
    assert torch.arange(10)[5:].resize_(3).tolist() == [5, 6, 7]
