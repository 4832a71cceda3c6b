"""Convolution and its transpose, held against loops over windows and against each other."""
from __future__ import annotations

import itertools
from typing import Any

import numpy
import pytest

import flambeau
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.ops import columns
from flambeau.ops.convolution import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    convolution,
)

CONVOLUTIONS = {1: conv1d, 2: conv2d, 3: conv3d}
TRANSPOSED = {1: conv_transpose1d, 2: conv_transpose2d, 3: conv_transpose3d}
GEOMETRIES = [  # input, weight, options
    ((2, 3, 9), (4, 3, 3), {}),
    ((2, 4, 9), (6, 2, 2), {"stride": 2, "padding": 1, "groups": 2}),
    ((2, 3, 6, 7), (4, 3, 3, 2), {"padding": (1, 0)}),
    ((2, 4, 7, 6), (8, 1, 3, 3), {"padding": 1, "groups": 4}),
    ((1, 2, 8, 9), (3, 2, 3, 3), {"stride": (2, 1), "dilation": (1, 2)}),
    ((40, 2, 5, 6), (3, 2, 3, 3), {"padding": 4}),
    ((2, 3, 6, 6), (5, 3, 1, 1), {}),
    ((2, 3, 6, 6), (5, 3, 1, 1), {"stride": 2}),
    ((1, 2, 4, 5, 4), (2, 2, 2, 3, 2), {"padding": (1, 1, 0), "stride": (1, 2, 1)}),
]


def randn(*shape: int, seed: int = 0, grad: bool = False, dtype: Any = float) -> Any:
    numbers = numpy.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)
    return flambeau.from_numpy(numbers).requires_grad_(grad)


def each(value: Any, dims: int) -> tuple[int, ...]:
    return (value,) * dims if isinstance(value, int) else value


def window_by_window(input: Any, weight: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                     groups: int = 1) -> Any:
    """The definition of a convolution, one cell of the output at a time."""
    dims = input.ndim - 2
    strides, pads, dilations = each(stride, dims), each(padding, dims), each(dilation, dims)
    padded = numpy.pad(input, [(0, 0), (0, 0), *((p, p) for p in pads)])
    reach = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilations, strict=True)]
    counts = [(n - r) // s + 1 for n, r, s in zip(padded.shape[2:], reach, strides, strict=True)]
    out = numpy.zeros((len(input), len(weight), *counts), input.dtype)
    per_group = len(weight) // groups
    for channel, *at in itertools.product(range(len(weight)), *map(range, counts)):
        first = channel // per_group * weight.shape[1]
        cells = tuple(slice(i * s, i * s + r, d) for i, s, r, d in zip(at, strides, reach, dilations, strict=True))
        window = padded[(slice(None), slice(first, first + weight.shape[1]), *cells)]
        out[(slice(None), channel, *at)] = (window * weight[channel]).reshape(len(input), -1).sum(1)
    return out


@pytest.mark.parametrize(("input", "weight", "options"), GEOMETRIES)
def test_each_output_is_its_window_times_the_weight(input: Any, weight: Any, options: Any) -> None:
    x, w = randn(*input), randn(*weight)
    got = CONVOLUTIONS[len(input) - 2](x, w, **options)
    numpy.testing.assert_allclose(got.numpy(), window_by_window(x.numpy(), w.numpy(), **options), atol=1e-12)


@pytest.mark.parametrize(("input", "weight", "options"), GEOMETRIES)
def test_a_transposed_convolution_is_the_adjoint_of_the_direct_one(input: Any, weight: Any, options: Any) -> None:
    x, w = randn(*input), randn(*weight)
    direct = CONVOLUTIONS[len(input) - 2](x, w, **options)
    small = randn(*direct.shape, seed=1)
    short = TRANSPOSED[len(input) - 2](small, w, **options).shape
    missing = tuple(a - b for a, b in zip(input[2:], short[2:], strict=True))  # where the stride leaves the size open
    large = TRANSPOSED[len(input) - 2](small, w, output_padding=missing, **options)
    assert large.shape == x.shape
    numpy.testing.assert_allclose((large.numpy() * x.numpy()).sum(), (small.numpy() * direct.numpy()).sum())


@pytest.mark.parametrize(("input", "weight", "options"), [g for g in GEOMETRIES if g[0][0] < 3])
def test_first_and_second_gradients_agree_with_finite_differences(input: Any, weight: Any, options: Any) -> None:
    dims = len(input) - 2
    small = (*input[:2], *(min(n, 5) for n in input[2:]))
    tensors = [randn(*small, grad=True), randn(*weight, grad=True), randn(weight[0], grad=True)]

    def direct(*args: Any) -> Any:
        return CONVOLUTIONS[dims](*args, **options)

    assert gradcheck(direct, tensors)
    assert gradgradcheck(direct, tensors)


def test_second_gradients_of_a_transposed_convolution_agree_with_finite_differences() -> None:
    tensors = [randn(2, 4, 2, 3, grad=True), randn(4, 1, 3, 2, grad=True), randn(2, grad=True)]

    def transposed(*args: Any) -> Any:
        return conv_transpose2d(*args, stride=2, padding=1, output_padding=(1, 0), groups=2)

    assert gradcheck(transposed, tensors)
    assert gradgradcheck(transposed, tensors)


def test_a_batch_computed_in_parts_gives_what_it_gives_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w, b = randn(7, 2, 5, 6, grad=True), randn(3, 2, 3, 3, grad=True), randn(3, grad=True)

    def results() -> list[Any]:
        out = conv2d(x, w, b, padding=1)
        return [part.detach().numpy() for part in (out, *flambeau.autograd.grad(out, [x, w, b], randn(*out.shape)))]

    whole = results()
    monkeypatch.setattr(columns, "CACHED", 400)
    for part, full in zip(results(), whole, strict=True):
        numpy.testing.assert_allclose(part, full, atol=1e-12)


def test_rows_are_shared_or_not_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = randn(3, 4, 6, 7), randn(6, 2, 3, 2)
    monkeypatch.setattr(columns, "WIDE", 1)
    shared = conv2d(x, w, padding=1, groups=2).numpy()
    monkeypatch.setattr(columns, "shared", lambda windows, *_, **__: windows.lifted())
    numpy.testing.assert_allclose(conv2d(x, w, padding=1, groups=2).numpy(), shared, atol=1e-12)


def test_same_padding_keeps_the_size_and_puts_the_larger_half_behind() -> None:
    x, w = randn(1, 1, 5, 6), randn(1, 1, 3, 4)
    behind = numpy.pad(x.numpy(), [(0, 0), (0, 0), (1, 1), (1, 2)])
    got = conv2d(x, w, padding="same")
    assert got.shape == x.shape
    numpy.testing.assert_allclose(got.numpy(), window_by_window(behind, w.numpy()), atol=1e-12)


def test_valid_padding_is_none() -> None:
    x, w = randn(1, 2, 6), randn(3, 2, 3)
    assert conv1d(x, w, padding="valid").tolist() == conv1d(x, w).tolist()


def test_an_image_alone_gives_what_it_gives_as_a_batch_of_one() -> None:
    x, w = randn(3, 6, 6), randn(2, 3, 3, 3)
    assert conv2d(x, w).tolist() == conv2d(x.reshape(1, 3, 6, 6), w)[0].tolist()
    assert conv_transpose2d(x, randn(3, 2, 2, 2)).shape == (2, 7, 7)


def test_an_empty_batch_gives_an_empty_result_and_gradients_of_zero() -> None:
    x, w, b = randn(0, 3, 6, 6, grad=True), randn(2, 3, 3, 3, grad=True), randn(2, grad=True)
    out = conv2d(x, w, b)
    assert out.shape == (0, 2, 4, 4)
    out.sum().backward()
    assert x.grad.shape == (0, 3, 6, 6)
    assert not w.grad.numpy().any()
    assert b.grad.tolist() == [0, 0]


def test_results_and_gradients_are_contiguous() -> None:
    x, w = randn(40, 3, 6, 6, grad=True), randn(2, 3, 3, 3, grad=True)
    out = conv2d(x, w, padding=1)
    out.backward(randn(*out.shape))
    assert out.is_contiguous()
    assert x.grad.is_contiguous()
    assert w.grad.is_contiguous()


def test_an_input_that_needs_no_gradient_gets_none() -> None:
    x, w = randn(1, 1, 4, 4), randn(1, 1, 2, 2, grad=True)
    conv2d(x, w).sum().backward()
    assert x.grad is None
    assert w.grad is not None


def test_half_types_are_added_up_in_float32() -> None:
    ones, weight = flambeau.ones(1, 1, 3000), flambeau.ones(1, 1, 3000)  # float16 counts to 2048 only
    for dtype, exact in ((flambeau.float16, 3000), (flambeau.bfloat16, 3008)):
        out = conv1d(ones.to(dtype), weight.to(dtype))
        assert out.dtype == dtype
        assert out.item() == exact


def test_complex_numbers_convolve_as_their_parts_do() -> None:
    x, w = randn(2, 2, 6), randn(3, 2, 3)
    got = conv1d(flambeau.from_numpy(x.numpy() * 1j), flambeau.from_numpy(w.numpy() + 2j * w.numpy()))
    real = conv1d(x, w).numpy()
    numpy.testing.assert_allclose(got.numpy(), real * 1j - 2 * real, atol=1e-12)


def test_convolution_by_its_long_name_picks_the_dims_from_the_weight() -> None:
    x, w = randn(1, 2, 5, 5), randn(2, 3, 3, 3)
    direct = convolution(x, randn(3, 2, 3, 3), None, [2, 1], [1, 0], [1, 1], False, [0, 0], 1)
    assert direct.tolist() == conv2d(x, randn(3, 2, 3, 3), stride=(2, 1), padding=(1, 0)).tolist()
    transposed = convolution(x, w, None, [2], [1], [1], True, [1], 1)
    assert transposed.tolist() == conv_transpose2d(x, w, stride=2, padding=1, output_padding=1).tolist()


X, W = (1, 3, 8, 8), (16, 3, 3, 3)
REFUSED = {
    "expected input[1, 4, 8, 8] to have 3 channels, but got 4 channels instead": ((1, 4, 8, 8), W, {}),
    "expected weight to be divisible by 2 at dimension 0": ((1, 6, 8, 8), (15, 3, 3, 3), {"groups": 2}),
    "expected weight to be at least 17 at dimension 0": (X, W, {"groups": 17}),
    "non-positive groups is not supported": (X, W, {"groups": 0}),
    "Kernel size: (3 x 3). Kernel size can't be greater than actual input size": ((1, 3, 2, 8), W, {}),
    "negative padding is not supported": (X, W, {"padding": -1}),
    "non-positive stride is not supported": (X, W, {"stride": 0}),
    "non-positive dilation is not supported": (X, W, {"dilation": (1, 0)}),
    "expected stride to be a single integer value or a list of 2 values": (X, W, {"stride": (1, 1, 1)}),
    "Invalid padding string: 'full'": (X, W, {"padding": "full"}),
    "padding='same' is not supported for strided convolutions": (X, W, {"padding": "same", "stride": 2}),
    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [3, 8]": ((3, 8), W, {}),
    "expected a weight of 4 dims": (X, (16, 3, 3), {}),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_does_not_fit_is_refused_by_name(message: str) -> None:
    input, weight, options = REFUSED[message]
    with pytest.raises(RuntimeError) as caught:
        conv2d(randn(*input), randn(*weight), **options)
    assert message in str(caught.value)
    assert "conv2d" in str(caught.value)


def test_a_bias_of_another_size_is_refused() -> None:
    with pytest.raises(RuntimeError, match="expected bias to be 1-dimensional with 16 elements, but got bias of size"):
        conv2d(randn(*X), randn(*W), randn(5))


def test_dtypes_are_not_promoted() -> None:
    x, w = randn(*X), randn(*W, dtype="f4")
    with pytest.raises(RuntimeError, match="expected scalar type Double but found Float"):
        conv2d(x, w)
    with pytest.raises(RuntimeError, match=r"Input type \(double\) and bias type \(float\) should be the same"):
        conv2d(x, randn(*W), randn(16, dtype="f4"))


@pytest.mark.parametrize(("options", "message"), [
    ({"output_padding": 1}, "output padding must be smaller than either stride or dilation"),
    ({"output_padding": -1}, "negative output_padding is not supported"),
    ({"padding": 9}, "Calculated output size per channel: .* Output size is too small"),
])
def test_a_transposed_convolution_refuses_sizes_that_cannot_be(options: Any, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        conv_transpose2d(randn(1, 4, 8, 8), randn(4, 2, 3, 3), **options)
