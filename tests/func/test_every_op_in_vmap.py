"""Each sample in an op's docstring, called on two examples at once and on one after the other."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from ops import answers
from ops.samples import RANDOM_FAMILIES, Given, Sample, all_samples

import flambeau
from flambeau import func

# Results whose shape hangs on the values, or random numbers within, which vmap refuses unless it is told how to draw them.
WITHOUT = {"argwhere", "nonzero", "nonzero_static", "unique", "unique_consecutive", "masked_select", "bincount", "histc",
           "is_nonzero", "row_starts", "native_dropout", "rrelu", "rrelu_with_slopes", "fractional_max_pool2d",
           "fractional_max_pool3d", "cov", "histogram", "histogramdd"}
# Whole numbers here are lengths, or masks that pick: they decide on shapes, and so are to be the same for all examples.
SHARED = {"ctc_loss", "grouped_mm", "index_put", "rnn_relu", "rnn_tanh", "lstm", "gru", "repeat_interleave", "pick",
          "multilabel_margin_loss", "cross_entropy_by_rows", "segment_reduce"}
SAMPLES = [sample for sample in all_samples()
           if sample.family not in RANDOM_FAMILIES and sample.function.__name__.strip("_") not in WITHOUT
           and sample.remark != "reads memory"]


def examples(given: Given, batch_whole_numbers: bool) -> list[Any] | None:
    """Two examples of an argument; None if it is to be shared."""
    array = numpy.array(given.array)
    if given.is_float:
        array = array.astype("complex128" if array.dtype.kind == "c" else "float64")
        other = numpy.roll(array.reshape(-1), 1).reshape(array.shape) if given.is_drawn else array
        return [flambeau.from_numpy(array), flambeau.from_numpy(other.copy())]
    return [flambeau.from_numpy(array), flambeau.from_numpy(array.copy())] if batch_whole_numbers else None


def prepared(sample: Sample, batch_whole_numbers: bool) -> tuple[Any, list[Any], list[int]]:
    """Return the function of the batched arguments alone, these, and which of them are floats."""
    args, kwargs = sample.arguments()
    batches: list[Any] = []
    floats: list[int] = []

    def note(given: Given) -> Any:
        found = examples(given, batch_whole_numbers)
        if found is None:
            return flambeau.from_numpy(numpy.array(given.array))
        if given.is_float:
            floats.append(len(batches))
        batches.append(flambeau.stack(found))
        return _Place(len(batches) - 1)

    made = answers.build(args, flambeau, note), {k: answers.build(v, flambeau, note) for k, v in kwargs.items()}

    def function(*tensors: Any) -> Any:
        args, kwargs = filled(made, tensors)
        return tuple(answers.tensors_in(flambeau, sample.function(*args, **kwargs)))

    return function, batches, floats


class _Place:
    def __init__(self, number: int) -> None:
        self.number = number


def filled(tree: Any, tensors: Any) -> Any:
    if isinstance(tree, _Place):
        return tensors[tree.number].clone()
    if isinstance(tree, dict):
        return {key: filled(value, tensors) for key, value in tree.items()}
    if isinstance(tree, list | tuple) and not isinstance(tree, flambeau.Size):
        return type(tree)(filled(value, tensors) for value in tree)
    return tree


@pytest.mark.parametrize("whole", [False, True], ids=["shared indices", "indices of their own"])
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_all_at_once_is_one_after_the_other(sample: Sample, whole: bool) -> None:
    if whole and sample.function.__name__ in SHARED:
        return
    function, batches, floats = prepared(sample, whole)
    if not batches:
        return
    want = [function(*[batch[i] for batch in batches]) for i in range(2)]
    if not want[0] or any(one.shape != other.shape for one, other in zip(*want, strict=True)):
        return
    got = func.vmap(function)(*batches)
    for found, *parts in zip(got, *want, strict=True):
        assert found.dtype == parts[0].dtype
        numpy.testing.assert_allclose(found.detach().numpy(), numpy.stack([part.detach().numpy() for part in parts]),
                                      rtol=1e-9, atol=1e-9)
    if not floats or not any(part.is_floating_point() for part in want[0]):
        return

    def total(*tensors: Any) -> Any:
        parts = [part for part in function(*tensors) if part.is_floating_point()]
        return sum((part * part.detach().cos()).sum() for part in parts)

    some = tuple(number for number in floats if not batches[number].is_complex())
    if not some:
        return
    got = func.vmap(func.grad(total, some))(*batches)
    want = [func.grad(total, some)(*[batch[i] for batch in batches]) for i in range(2)]
    for found, *parts in zip(got, *want, strict=True):
        numpy.testing.assert_allclose(found.numpy(), numpy.stack([part.numpy() for part in parts]), rtol=1e-7, atol=1e-8)
