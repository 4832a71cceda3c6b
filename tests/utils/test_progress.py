"""The progress bar, on a terminal and in a log."""
from __future__ import annotations

import io

import pytest

from flambeau.utils.progress_bar import _open, progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def nothing_left_open():
    yield
    assert _open == []


def last_line(file):
    return file.getvalue().rstrip("\n").split("\r\033[K")[-1]


def test_everything_is_yielded_and_counted():
    file = Terminal()
    assert list(progress(range(5), file=file, description="epoch 1")) == [0, 1, 2, 3, 4]
    assert last_line(file).startswith("epoch 1: 100% |")
    assert " 5/5 [00:00<00:00, " in last_line(file)
    assert file.getvalue().endswith("\n")


def test_values_are_shown_at_the_end():
    file = Terminal()
    for _ in (bar := progress(range(2), file=file)):
        bar.set(loss=0.123456, step="a")
    assert last_line(file).endswith(", loss=0.1235, step=a")


def test_a_length_that_is_not_known_is_left_out():
    file = Terminal()
    list(progress((i for i in range(3)), file=file))
    assert last_line(file).startswith("3 [00:00, ")
    list(progress((i for i in range(3)), total=6, file=file))
    assert last_line(file).startswith(" 50% |")
    assert len(progress(iter([]), total=4)) == 4
    with pytest.raises(TypeError, match="total="):
        len(progress(iter([])))


def test_a_log_gets_one_line_and_no_control_letters():
    file = io.StringIO()
    list(progress(range(1000), file=file))
    assert file.getvalue().count("\n") == 1
    assert "\r" not in file.getvalue()
    assert "1000/1000" in file.getvalue()


def test_lines_are_written_in_between_when_it_takes_long():
    file = io.StringIO()
    list(progress(range(3), file=file, quiet_interval=0.0))
    counts = [next(word for word in line.split() if "/" in word) for line in file.getvalue().splitlines()]
    assert counts == ["1/3", "2/3", "3/3", "3/3"]


@pytest.mark.parametrize("leave_by", ["break", "error"])
def test_it_ends_when_the_loop_is_left(leave_by):
    file = Terminal()
    bar = progress(range(10), file=file)
    items = iter(bar)
    next(items)
    next(items)
    if leave_by == "break":
        items.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            items.throw(KeyboardInterrupt)
    assert "1/10" in last_line(file)


def test_an_inner_bar_has_its_own_line_and_takes_it_away():
    file = Terminal()
    for _ in progress(range(2), file=file, description="outer"):
        for _ in progress(range(3), file=file, description="inner"):
            pass
    assert file.getvalue().count("\033[A") == 2
    assert last_line(file).startswith("outer: 100%")


def test_it_can_be_turned_off():
    file = Terminal()
    assert list(progress(range(3), file=file, disable=True)) == [0, 1, 2]
    assert file.getvalue() == ""


def test_the_line_is_no_wider_than_the_terminal():
    bar = progress(range(10), file=Terminal(), description="a long description of what is done")
    bar._begin()
    try:
        assert all(len(bar.line(bar._started + 5, width)) <= width for width in range(10, 200, 7))
    finally:
        bar._end()
