"""Pools, held against loops over windows; ties, NaN, edges, and the way back."""
from __future__ import annotations

import itertools
from typing import Any

import numpy
import pytest

import flambeau
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.ops import pooling
from flambeau.ops.adaptive_pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
)
from flambeau.ops.folding import fold, unfold
from flambeau.ops.fractional_pooling import fractional_max_pool2d
from flambeau.ops.pooling import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from flambeau.ops.power_pooling import lp_pool2d
from flambeau.ops.unpooling import max_unpool1d, max_unpool2d

MAX = {1: max_pool1d, 2: max_pool2d, 3: max_pool3d}
AVERAGE = {1: avg_pool1d, 2: avg_pool2d, 3: avg_pool3d}
ADAPTIVE_MAX = {1: adaptive_max_pool1d, 2: adaptive_max_pool2d, 3: adaptive_max_pool3d}
ADAPTIVE_AVERAGE = {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}
GEOMETRIES = [  # input, kernel, stride, padding, ceil_mode
    ((2, 3, 8), 2, None, 0, False),
    ((2, 3, 9), 3, 2, 1, True),
    ((2, 3, 6, 8), 2, None, 0, False),
    ((1, 2, 7, 7), 3, 2, 1, False),
    ((1, 2, 7, 8), (2, 3), (1, 2), (1, 0), True),
    ((1, 2, 7, 7), 7, 7, 0, False),
    ((1, 2, 4, 5, 6), (2, 3, 2), 2, (0, 1, 1), True),
]
INF, NAN = float("inf"), float("nan")


def randn(*shape: int, grad: bool = False) -> Any:
    return flambeau.from_numpy(numpy.random.default_rng([*shape]).standard_normal(shape)).requires_grad_(grad)


def each(value: Any, dims: int) -> tuple[int, ...]:
    return (value,) * dims if isinstance(value, int) else value


def windows_of(input: Any, counts: Any, kernel: Any, stride: Any, padding: Any) -> Any:
    """Yield each window's place in the output and what of the input it holds."""
    dims = input.ndim - 2
    steps, fronts, sizes = each(stride or kernel, dims), each(padding, dims), each(kernel, dims)
    for at in itertools.product(*map(range, counts)):
        starts = [i * s - p for i, s, p in zip(at, steps, fronts, strict=True)]
        cells = tuple(slice(max(a, 0), a + k) for a, k in zip(starts, sizes, strict=True))
        yield at, input[(slice(None), slice(None), *cells)].reshape(*input.shape[:2], -1)


@pytest.mark.parametrize(("shape", "kernel", "stride", "padding", "ceil_mode"), GEOMETRIES)
def test_each_output_is_the_maximum_under_its_window(shape: Any, kernel: Any, stride: Any, padding: Any,
                                                      ceil_mode: bool) -> None:
    x = randn(*shape)
    got = MAX[len(shape) - 2](x, kernel, stride, padding, ceil_mode=ceil_mode).numpy()
    for at, cells in windows_of(x.numpy(), got.shape[2:], kernel, stride, padding):
        assert (got[(..., *at)] == cells.max(-1)).all()


@pytest.mark.parametrize(("shape", "kernel", "stride", "padding", "ceil_mode"), GEOMETRIES)
def test_each_output_is_the_average_of_its_cells(shape: Any, kernel: Any, stride: Any, padding: Any,
                                                 ceil_mode: bool) -> None:
    x = randn(*shape)
    got = AVERAGE[len(shape) - 2](x, kernel, stride, padding, ceil_mode, count_include_pad=False).numpy()
    for at, cells in windows_of(x.numpy(), got.shape[2:], kernel, stride, padding):
        numpy.testing.assert_allclose(got[(..., *at)], cells.mean(-1))


@pytest.mark.parametrize(("shape", "kernel", "stride", "padding", "ceil_mode"), GEOMETRIES)
@pytest.mark.parametrize("pools", [MAX, AVERAGE])
def test_first_and_second_gradients_agree_with_finite_differences(
    pools: Any, shape: Any, kernel: Any, stride: Any, padding: Any, ceil_mode: bool,
) -> None:
    def pool(x: Any) -> Any:
        return pools[len(shape) - 2](x, kernel, stride, padding, ceil_mode=ceil_mode)

    x = randn(*shape, grad=True)
    assert gradcheck(pool, [x])
    assert gradgradcheck(pool, [x])


@pytest.mark.parametrize(("shape", "counts"), [((2, 3, 8), (3,)), ((1, 2, 5, 7), (3, 4)), ((1, 2, 6, 4), (3, 2)),
                                               ((1, 2, 2, 3), (3, 5)), ((1, 1, 3, 4, 5), (2, 4, 3))])
def test_adaptive_pools_take_shares_that_touch_or_overlap(shape: Any, counts: Any) -> None:
    x = randn(*shape, grad=True)
    dims = len(counts)
    best, average = ADAPTIVE_MAX[dims](x, counts).detach().numpy(), ADAPTIVE_AVERAGE[dims](x, counts).detach().numpy()
    for at in itertools.product(*map(range, counts)):
        cells = tuple(slice(i * n // c, -(-(i + 1) * n // c)) for i, n, c in zip(at, shape[2:], counts, strict=True))
        share = x.detach().numpy()[(slice(None), slice(None), *cells)].reshape(*shape[:2], -1)
        assert (best[(..., *at)] == share.max(-1)).all()
        numpy.testing.assert_allclose(average[(..., *at)], share.mean(-1))
    for pool in (ADAPTIVE_MAX[dims], ADAPTIVE_AVERAGE[dims]):
        assert gradcheck(lambda x, pool=pool: pool(x, counts), [x])
        assert gradgradcheck(lambda x, pool=pool: pool(x, counts), [x])


@pytest.mark.parametrize("few_taps", [0, 32])
def test_the_first_of_equal_maxima_gets_the_gradient(few_taps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooling, "FEW_TAPS", few_taps)
    x = flambeau.zeros(1, 1, 3, 3).requires_grad_()
    out, indices = max_pool2d(x, 2, stride=1, return_indices=True)
    out.sum().backward()
    assert indices.flatten().tolist() == [0, 1, 3, 4]
    assert x.grad[0, 0].tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_nan_wins_and_the_last_one_gets_the_gradient() -> None:
    x = flambeau.tensor([[[NAN, 1.0, 2.0, NAN, NAN, 5.0]]]).requires_grad_()
    out, indices = max_pool1d(x, 3, return_indices=True)
    assert indices.tolist() == [[[0, 4]]]
    assert numpy.isnan(out.detach().numpy()).all()
    out.sum().backward()
    assert x.grad.tolist() == [[[1, 0, 0, 0, 1, 0]]]


def test_padding_never_wins() -> None:
    out, indices = max_pool1d(flambeau.full((1, 1, 2), -INF), 2, padding=1, return_indices=True)
    assert out.tolist() == [[[-INF, -INF]]]
    assert indices.tolist() == [[[0, 1]]]
    assert max_pool2d(flambeau.full((1, 1, 2, 2), -7), 2, padding=1).flatten().tolist() == [-7] * 4


def test_an_infinite_gradient_stays_in_its_cell() -> None:
    x = flambeau.tensor([[[1.0, 2.0, 3.0]]]).requires_grad_()
    max_pool1d(x, 2, stride=1).backward(flambeau.tensor([[[INF, 1.0]]]))
    assert x.grad.tolist() == [[[0, INF, 1]]]


def test_padding_counts_in_an_average_unless_told_otherwise() -> None:
    ones = flambeau.ones(1, 1, 4)
    assert avg_pool1d(ones, 2, padding=1).tolist() == [[[0.5, 1, 0.5]]]
    assert avg_pool1d(ones, 2, padding=1, count_include_pad=False).tolist() == [[[1, 1, 1]]]
    assert avg_pool2d(flambeau.ones(1, 2, 2), 2, divisor_override=3).item() == pytest.approx(4 / 3)


def test_averages_of_integers_round_towards_zero() -> None:
    x = flambeau.tensor([[[-3, -4, 3, 4]]])
    assert avg_pool1d(x, 2).tolist() == [[[-3, 3]]]
    assert avg_pool2d(x, (1, 2), divisor_override=-2).tolist() == [[[3, -3]]]


def test_half_types_are_averaged_in_float32() -> None:
    ones = flambeau.ones(1, 1, 4096, dtype=flambeau.float16)
    assert avg_pool1d(ones, 4096).item() == 1
    assert adaptive_avg_pool1d(ones, 1).item() == 1


def test_a_plane_alone_and_an_empty_batch_are_pooled() -> None:
    assert max_pool2d(randn(3, 4, 4), 2).shape == (3, 2, 2)
    assert adaptive_max_pool2d(randn(3, 4, 4), (3, None)).shape == (3, 3, 4)
    assert max_pool2d(randn(0, 3, 4, 4), 2).shape == (0, 3, 2, 2)
    assert avg_pool2d(randn(0, 3, 4, 4), 3, 2, 1).shape == (0, 3, 2, 2)
    assert adaptive_avg_pool2d(randn(0, 3, 4, 4), 3).shape == (0, 3, 3, 3)


def test_unpooling_puts_each_maximum_back_where_it_was() -> None:
    x = randn(2, 3, 6, 7, grad=True)
    out, indices = max_pool2d(x, 2, return_indices=True)
    back = max_unpool2d(out, indices, 2, output_size=(6, 7))
    kept = back.detach().numpy() != 0
    assert kept.sum() == out.numel()
    assert (back.detach().numpy()[kept] == x.detach().numpy()[kept]).all()
    small = out.detach().requires_grad_()
    assert gradcheck(lambda small: max_unpool2d(small, indices, 2, output_size=(6, 7)), [small])
    assert gradgradcheck(lambda small: max_unpool2d(small, indices, 2, output_size=(6, 7)), [small])


def test_unpooling_refuses_an_index_outside_the_plane() -> None:
    with pytest.raises(RuntimeError, match=r"Found an invalid max index: 9 \(output volumes are of size 4\)"):
        max_unpool1d(flambeau.ones(1, 1, 2), flambeau.tensor([[[0, 9]]]), 2)


def test_fractional_windows_lie_where_the_samples_say() -> None:
    x = flambeau.arange(70.0).reshape(1, 1, 7, 10)
    places = flambeau.tensor([[[0.3, 0.9]]])
    out, indices = fractional_max_pool2d(x, 2, output_size=(3, 4), return_indices=True, _random_samples=places)
    assert indices[0, 0].tolist() == [[11, 14, 17, 19], [31, 34, 37, 39], [61, 64, 67, 69]]
    assert out.tolist() == indices.tolist()


def test_a_power_pool_takes_the_norm_and_has_no_gradient_where_that_is_zero() -> None:
    x = flambeau.tensor([[[3.0, 0.0], [4.0, 0.0]]]).requires_grad_()
    out = lp_pool2d(x, 2, (2, 1))
    out.sum().backward()
    assert out.tolist() == [[[5, 0]]]
    numpy.testing.assert_allclose(x.grad.numpy(), [[[0.6, 0], [0.8, 0]]], rtol=1e-6)


def test_fold_adds_up_what_unfold_wrote_out() -> None:
    x = randn(2, 3, 5, 6, grad=True)
    options = {"kernel_size": (2, 3), "padding": 1, "stride": (1, 2)}
    counted = fold(unfold(flambeau.ones(2, 3, 5, 6), **options), (5, 6), **options)
    again = fold(unfold(x, **options), (5, 6), **options)
    numpy.testing.assert_allclose(again.detach().numpy(), x.detach().numpy() * counted.numpy())
    assert gradcheck(lambda x: unfold(x, **options), [x])
    assert gradgradcheck(lambda x: unfold(x, **options), [x])


REFUSED: dict[str, tuple[Any, ...]] = {
    "pad should be at most half of effective kernel size, but got pad=2, kernel_size=2": ((1, 1, 6, 6), 2, None, 2),
    "Calculated output size: (1 x 0 x 0). Output size is too small": ((1, 1, 2, 2), 3),
    "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got: [2, 2]": ((2, 2), 2),
    "but got: [1, 0, 4, 4]": ((1, 0, 4, 4), 2),
    "stride must be greater than zero": ((1, 1, 4, 4), 2, 0),
    "kernel_size must be greater than zero": ((1, 1, 4, 4), 0),
    "padding must be non-negative": ((1, 1, 4, 4), 2, None, -1),
    "kernel_size must either be a single int, or a tuple of two ints": ((1, 1, 4, 4), (2, 2, 2)),
}


@pytest.mark.parametrize("message", REFUSED)
@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_what_does_not_fit_is_refused_by_name(pool: Any, message: str) -> None:
    shape, *options = REFUSED[message]
    with pytest.raises(RuntimeError) as caught:
        pool(randn(*shape), *options)
    assert message in str(caught.value)
    assert pool.__name__ in str(caught.value)


def test_booleans_are_not_pooled() -> None:
    with pytest.raises(NotImplementedError, match="\"max_pool2d\" not implemented for 'Bool'"):
        max_pool2d(flambeau.ones(1, 4, 4) > 0, 2)
