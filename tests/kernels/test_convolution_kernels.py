"""Convolutions of any geometry, in all three directions, against NumPy in float64."""
from __future__ import annotations

import numpy
import pytest
from kernels.beside import checked, quietly

import flambeau as torch
from flambeau.kernels.cpu.native import native
from flambeau.ops.convolution import convolve, convolve_transposed, convolve_weight
from flambeau.ops.windows import Windows, output_size

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")


@pytest.fixture(autouse=True)
def as_before():
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


def windows_of(rng, dims: int) -> Windows:
    kernel, stride, dilation = (tuple(map(int, rng.choice(of, dims))) for of in ([1, 2, 3, 3, 5], [1, 1, 2, 3], [1, 1, 1, 2]))
    padding = tuple(int(rng.integers(0, 4)) for _ in range(dims))
    least = [max(1, d * (k - 1) + 1 - 2 * p) for d, k, p in zip(dilation, kernel, padding)]
    most = {1: 200, 2: 24, 3: 9}[dims]
    sizes = tuple(int(rng.integers(low, max(low + 1, most))) for low in least)
    counts = tuple(output_size(*options) for options in zip(sizes, kernel, stride, padding, dilation))
    return Windows(sizes, kernel, stride, padding, dilation, counts)


def laid_out(rng, array):
    kind = rng.integers(3)
    if kind == 0:
        return numpy.moveaxis(numpy.ascontiguousarray(numpy.moveaxis(array, 1, -1)), -1, 1)  # channels last
    return numpy.repeat(array, 2, axis=-1)[..., ::2] if kind == 1 else array


def close(got, op, *values):
    assert got is not NotImplemented, op.op.name
    want = quietly(op.op.body, *[value.astype("float64") if isinstance(value, numpy.ndarray) else value for value in values])
    sizes = quietly(op.op.body, *[numpy.abs(value).astype("float64") if isinstance(value, numpy.ndarray) else value
                                  for value in values])
    assert got.shape == want.shape
    assert got.dtype == values[0].dtype
    assert got.flags.c_contiguous
    assert (numpy.abs(got - want) <= 16 * numpy.finfo(got.dtype).eps * sizes + 1e-30).all(), (op.op.name, values[-2:])


@pytest.mark.parametrize("seed", range(24))
def test_random_geometries(seed: int) -> None:
    rng = numpy.random.default_rng(seed)
    for _ in range(12):
        dims = int(rng.choice([1, 2, 2, 2, 3]))
        windows, dtype = windows_of(rng, dims), rng.choice(["float32", "float32", "float64"])
        groups = int(rng.choice([1, 1, 1, 2, 3]))
        batch, channels, outputs = int(rng.integers(0 if rng.random() < 0.05 else 1, 6)), *map(int, 2 ** rng.uniform(0, 6, 2))
        if rng.random() < 0.25:  # depthwise
            groups, channels, outputs = int(rng.integers(2, 20)), 1, int(rng.choice([1, 1, 3]))
        native.set_thread_count(int(rng.integers(1, 4)))

        def drawn(*shape: int):
            return rng.standard_normal(shape).astype(dtype)

        large, small = drawn(batch, groups * channels, *windows.sizes), drawn(batch, groups * outputs, *windows.counts)
        weight = drawn(groups * outputs, channels, *windows.kernel)
        for bias, back in ((None, None), (drawn(groups * outputs), drawn(groups * channels))):
            some = laid_out(rng, large)
            close(native.convolve(some, weight, bias, windows, groups), convolve, some, weight, bias, windows, groups)
            close(native.convolve_transposed(small, weight, back, windows, groups), convolve_transposed,
                  small, weight, back, windows, groups)
        some = laid_out(rng, large)
        close(native.convolve_weight(some, small, windows, groups), convolve_weight, some, small, windows, groups)


@pytest.mark.parametrize("seed", range(8))
def test_convolutions_of_3_by_3_over_tiles(seed: int) -> None:
    """Enough channels for Winograd's way, of few and of many outputs, images of all remainders by 4."""
    rng = numpy.random.default_rng(seed)
    for _ in range(4):
        channels, outputs = (int(rng.integers(16, rng.choice([60, 300]))) for _ in range(2))
        sizes, padding = tuple(map(int, rng.integers(3, 26, 2))), tuple(map(int, rng.integers(0, 3, 2)))
        windows = Windows(sizes, (3, 3), (1, 1), padding, (1, 1), tuple(n + 2 * p - 2 for n, p in zip(sizes, padding)))
        batch = int(rng.integers(1, 6))
        native.set_thread_count(int(rng.integers(1, 4)))
        large, small, weight, bias = (rng.standard_normal(shape).astype("float32") for shape in (
            (batch, channels, *sizes), (batch, outputs, *windows.counts), (outputs, channels, 3, 3), outputs))
        near(native.convolve(large, weight, bias, windows, 1), convolve, large, weight, bias, windows, 1)
        near(native.convolve_transposed(small, weight, None, windows, 1), convolve_transposed, small, weight, None, windows, 1)
        near(native.convolve_weight(large, small, windows, 1), convolve_weight, large, small, windows, 1)


def near(got, op, *values):
    """Within the error that `conv_precision` documents for "fast": 1e-5 of the largest result."""
    want = quietly(op.op.body, *[value.astype("float64") if isinstance(value, numpy.ndarray) else value for value in values])
    assert numpy.abs(got - want).max() <= 1e-5 * numpy.abs(want).max()


def test_channels_last_models_are_answered_by_kernels() -> None:
    with checked() as answered:
        layer = torch.nn.Conv2d(4, 6, 3, stride=2).to(memory_format=torch.channels_last)
        x = torch.randn(2, 4, 9, 9).to(memory_format=torch.channels_last).requires_grad_()
        out = layer(x)
        out.sum().backward()  # its gradient is one number, stretched
    assert {"packed_convolve", "packed_convolve_transposed", "packed_convolve_weight"} <= {*answered}
