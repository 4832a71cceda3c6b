"""Datapipes: the steps, their order under a seed, and what is said of their classes."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

import flambeau as torch
from flambeau.utils.data import (
    DataLoader,
    IterDataPipe,
    MapDataPipe,
    argument_validation,
    functional_datapipe,
    guaranteed_datapipes_determinism,
    non_deterministic,
    runtime_validation,
    runtime_validation_disabled,
)
from flambeau.utils.data.datapipes.iter import IterableWrapper
from flambeau.utils.data.datapipes.map import SequenceWrapper


def test_steps_are_methods():
    pipe = IterableWrapper(range(10))
    assert list(pipe.map(lambda x: x * 2).filter(lambda x: x % 4 == 0).batch(2)) == [[0, 4], [8, 12], [16]]
    assert (len(pipe.batch(3)), len(pipe.batch(3, drop_last=True))) == (4, 3)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pipe.nothing


def test_a_shuffle_has_pytorchs_order():
    torch.manual_seed(3)
    pipe = IterableWrapper(range(20)).shuffle(buffer_size=7)
    assert list(pipe) == [1, 7, 4, 3, 2, 9, 5, 12, 14, 10, 0, 8, 6, 18, 11, 16, 17, 15, 13, 19]
    assert list(pipe) == [3, 1, 5, 6, 0, 7, 2, 4, 11, 8, 12, 10, 13, 19, 15, 17, 18, 9, 14, 16]
    assert list(pipe.set_shuffle(False)) == list(range(20))
    torch.manual_seed(0)
    assert list(SequenceWrapper(range(10)).map(lambda x: x + 1).shuffle()) == [9, 10, 2, 7, 3, 6, 8, 1, 5, 4]


def test_columns_are_mapped():
    rows = IterableWrapper([(1, 2, 3)])
    assert list(rows.map(lambda a: a + 1, input_col=1)) == [(1, 3, 3)]
    assert list(rows.map(lambda a, b: a + b, input_col=[0, 2])) == [(4, 2)]
    assert list(rows.map(lambda a: -a, input_col=0, output_col=-1)) == [(1, 2, 3, -1)]
    assert list(IterableWrapper([{"a": 1}]).map(lambda a: a + 1, input_col="a", output_col="c")) == [{"a": 1, "c": 2}]
    with pytest.raises(ValueError, match="output_col"):
        rows.map(abs, output_col=1)


def test_pipes_are_joined():
    a, b = IterableWrapper(range(3)), IterableWrapper(range(10, 15))
    assert list(a.concat(b)) == [0, 1, 2, 10, 11, 12, 13, 14]
    assert list(a.zip(b)) == [(0, 10), (1, 11), (2, 12)]
    assert list(a.mux(b)) == [0, 10, 1, 11, 2, 12]
    assert (len(a.concat(b)), len(a.zip(b)), len(a.mux(b))) == (8, 3, 6)
    with pytest.raises(TypeError, match="IterDataPipe"):
        a.zip([1])


def test_batches_are_taken_apart_grouped_and_collated():
    assert list(IterableWrapper([[1, [2]], [3]]).unbatch(unbatch_level=-1)) == [1, 2, 3]
    assert list(IterableWrapper(range(8)).groupby(lambda x: x % 3, group_size=2)) == [[0, 3], [1, 4], [2, 5], [6], [7]]
    (batch,) = IterableWrapper([1, 2]).batch(2).collate()
    assert batch.tolist() == [1, 2]


def test_a_loader_takes_a_pipe():
    batches = list(DataLoader(IterableWrapper(range(5)).map(float), batch_size=3))
    assert [batch.tolist() for batch in batches] == [[0.0, 1.0, 2.0], [3.0, 4.0]]


def test_shards_share_the_samples():
    pipe = IterableWrapper(range(7)).sharding_filter()
    pipe.apply_sharding(3, 1)
    assert list(pipe) == [1, 4]
    assert len(pipe) == 2


def test_a_class_becomes_a_step_once():
    @functional_datapipe("doubled_for_a_test")
    class Doubled(IterDataPipe):
        def __init__(self, source):
            self.source = source

        def __iter__(self):
            return (2 * x for x in self.source)

    assert list(IterableWrapper([1, 2]).doubled_for_a_test()) == [2, 4]
    with pytest.raises(Exception, match="already taken"):
        functional_datapipe("doubled_for_a_test")(Doubled)
    with pytest.raises(TypeError, match="can only decorate"):
        functional_datapipe("x")(int)
    del IterDataPipe.functions["doubled_for_a_test"]


def test_uncertain_order_is_refused_where_certainty_is_asked_for():
    @non_deterministic
    class Dice(IterDataPipe):
        pass

    assert isinstance(Dice(), IterDataPipe)
    with guaranteed_datapipes_determinism(), pytest.raises(TypeError, match="Dice is non-deterministic"):
        Dice()
    assert isinstance(Dice(), IterDataPipe)


def test_types_are_checked_where_they_are_said():
    @argument_validation
    def step(source: MapDataPipe) -> None:
        pass

    step(SequenceWrapper([1]))
    with pytest.raises(TypeError, match="Expected argument 'source' as a MapDataPipe, but found int"):
        step(3)

    class Numbers(IterDataPipe):
        @runtime_validation
        def __iter__(self) -> Iterator[int]:
            yield 1
            yield "two"

    with pytest.raises(RuntimeError, match="'two'"):
        list(Numbers())
    with runtime_validation_disabled():
        assert list(Numbers()) == [1, "two"]
