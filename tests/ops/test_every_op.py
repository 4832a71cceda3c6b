"""Each sample in an op's docstring, held against PyTorch's recorded answer and against finite differences."""
from __future__ import annotations

import functools
from typing import Any

import numpy
import pytest
from ops import answers
from ops.samples import RANDOM_FAMILIES, Given, Sample, all_samples

import flambeau
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck

SAMPLES = [sample for sample in all_samples() if sample.family not in RANDOM_FAMILIES]
recorded = functools.cache(answers.recorded)


def answer_to(sample: Sample) -> Any:
    found = recorded(sample.family).get(sample.line)
    if found is None:
        pytest.fail(f"no recorded answer to `{sample.line}`: run tools/record_answers.py where PyTorch is installed")
    if "absent" in found:
        pytest.skip(found["absent"])
    return found


def in_words(sample: Sample) -> str:
    return str(sample)


def close(got: Any, want: Any) -> None:
    assert got.shape == want.shape
    assert got.dtype == want.dtype
    exact = want.dtype not in (numpy.float32, numpy.complex64)  # some answers are float32 whatever goes in
    numpy.testing.assert_allclose(got, want, rtol=1e-7 if exact else 1e-5, atol=1e-9 if exact else 1e-6)


@pytest.mark.parametrize("sample", SAMPLES, ids=in_words)
def test_values_and_gradients_are_pytorchs(sample: Sample) -> None:
    want = answers.unpacked(answer_to(sample)["float64"])
    got = answers.values(flambeau, sample.function, sample)
    assert len(got["out"]) == len(want["out"])
    assert got["other"] == want["other"]
    for mine, theirs in zip(got["out"], want["out"], strict=True):
        close(mine, theirs)
    assert ("grad" in got) == ("grad" in want), "differentiable in one framework only"
    for mine, theirs in zip(got.get("grad", []), want.get("grad", []), strict=True):
        close(numpy.zeros_like(theirs) if mine is None else mine, numpy.zeros_like(mine) if theirs is None else theirs)


@pytest.mark.parametrize("sample", SAMPLES, ids=in_words)
def test_result_dtypes_are_pytorchs(sample: Sample) -> None:
    """Where PyTorch computes. What its CPU kernels refuse for a dtype, flambeau may compute."""
    want = answer_to(sample)["dtypes"]
    got = answers.dtypes(flambeau, sample.function, sample)
    computed = {dtype: answer for dtype, answer in want.items() if not answer.endswith("Error")}
    assert {dtype: got[dtype] for dtype in computed} == computed


def has_a_derivative_to_check(sample: Sample) -> bool:
    args, kwargs = sample.arguments()
    given = [value for value in [*args, *kwargs.values()] if isinstance(value, Given) and value.is_float]
    return sample.remark != "by convention" and all(value.is_drawn for value in given)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if has_a_derivative_to_check(s)], ids=in_words)
def test_gradients_agree_with_finite_differences(sample: Sample) -> None:
    result, leaves = answers.call(flambeau, sample.function, sample, "float64", grad=True)
    if not any(out.requires_grad for out in answers.tensors_in(flambeau, result)):
        return  # whether PyTorch finds it differentiable is the first test's question

    def function(*tensors: Any) -> Any:
        return answers.tensors_in(flambeau, recall(sample, tensors))

    if all(leaf.numel() for leaf in leaves) and sum(leaf.numel() for leaf in leaves) <= 200:
        assert gradcheck(function, leaves)
        assert gradgradcheck(function, leaves, atol=1e-4)


def recall(sample: Sample, tensors: Any) -> Any:
    """Make the sample's call with these tensors as its float arguments."""
    remaining = iter(tensors)
    args, kwargs = sample.arguments()

    def make(given: Any) -> Any:
        return next(remaining) if given.is_float else flambeau.from_numpy(numpy.array(given.array))

    args, kwargs = answers.build(args, flambeau, make), {k: answers.build(v, flambeau, make) for k, v in kwargs.items()}
    return sample.function(*args, **kwargs)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.remark != "reads memory"], ids=in_words)
def test_the_order_of_elements_in_memory_does_not_matter(sample: Sample) -> None:
    result, leaves = answers.call(flambeau, sample.function, sample, "float64", grad=True)
    spread = [flambeau.from_numpy(numpy.repeat(leaf.detach().numpy()[..., None], 2, -1)[..., 0]) for leaf in leaves]
    again = recall(sample, spread)
    for mine, theirs in zip(answers.tensors_in(flambeau, again), answers.tensors_in(flambeau, result), strict=True):
        numpy.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if not getattr(getattr(s.function, "op", None), "view", True)],
                         ids=in_words)
def test_what_is_no_view_lies_in_memory_of_its_own(sample: Sample) -> None:
    result, leaves = answers.call(flambeau, sample.function, sample, "float64", grad=False)
    for out in answers.tensors_in(flambeau, result):
        assert not any(numpy.may_share_memory(out.numpy(), leaf.detach().numpy()) for leaf in leaves if out.numel())
