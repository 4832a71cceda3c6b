"""Kernels against bodies on sizes from 0 to 300, some of them where vectors and blocks end, in several threads."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from kernels.beside import compare, quietly

import flambeau as torch
from flambeau.dispatch.kernel import load
from flambeau.kernels.cpu.native import native
from flambeau.ops import activation, attention, cross_entropy, gelu, pooling, recurrence, reduction, softmax, standardization
from flambeau.ops.windows import Windows, output_size

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")
SIZES = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 255, 256, 257, 300]


@pytest.fixture(autouse=True)
def as_before():
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


class Draw:
    """Random arguments from a seed."""

    def __init__(self, seed: int, dtype: str) -> None:
        self.rng = numpy.random.default_rng(seed)
        self.dtype = dtype
        native.set_thread_count(int(self.rng.integers(1, 5)))

    def size(self, least: int = 0) -> int:
        return max(least, int(self.rng.choice(SIZES)))

    def floats(self, *shape: int) -> Any:
        return self.rng.standard_normal(shape).astype(self.dtype)

    def matrix(self, least: int = 1) -> Any:
        return self.floats(self.size(least), self.size(least))


def one_like(draw: Draw) -> Any:
    return (draw.matrix(0),)


def two_alike(draw: Draw) -> Any:
    x = draw.matrix(0)
    return draw.floats(*x.shape), x


def rows_and_dim(draw: Draw) -> Any:
    x = draw.matrix()
    return (x * 3, 1)


def slopes_and_dim(draw: Draw) -> Any:
    x = draw.matrix()
    return draw.floats(*x.shape), quietly(softmax._softmax.op.body, x, 1), 1


def slopes_and_logs(draw: Draw) -> Any:
    x = draw.matrix()
    return draw.floats(*x.shape), quietly(softmax._log_softmax.op.body, x, 1), 1


def folded(draw: Draw) -> Any:
    shape = [draw.size() if draw.rng.random() < 0.4 else int(draw.rng.integers(1, 9)) for _ in range(3)]
    dim = [None, 0, 1, 2, -1, (0, 1), (1, 2), (0, 1, 2), (0, -1)][draw.rng.integers(9)]
    if 0 in shape:
        dim = None
    return draw.floats(*shape) + 0.1, dim, bool(draw.rng.integers(2)), None


def folded_some(draw: Draw) -> Any:
    x, dim, keepdim, dtype = folded(draw)
    return (x if x.size else draw.floats(2, 3, 4)), dim, keepdim, dtype


def classified(draw: Draw) -> Any:
    x = draw.matrix() * 3
    target = draw.rng.integers(0, x.shape[1], x.shape[0])
    target[draw.rng.random(x.shape[0]) < 0.1] = -100
    target[0] = 0
    return x, target, None, -100, str(draw.rng.choice(["mean", "sum"])), 0.0


def classified_back(draw: Draw) -> Any:
    x, *options = classified(draw)
    return numpy.asarray(draw.floats()), *options, quietly(softmax._softmax.op.body, x, 1)


def normed(draw: Draw) -> Any:
    """By channels, rows, groups and single planes."""
    batch, channels, plane = int(draw.rng.integers(1, 5)), int(draw.rng.integers(1, 20)), (draw.size(1), 3)
    kind = draw.rng.integers(4)
    if kind == 0:
        x, axes, shape = draw.floats(batch, channels, *plane), (0, 2, 3), (channels, 1, 1)
    elif kind == 1:
        x, axes, shape = draw.floats(batch, channels, draw.size(1)), (2,), ()
        shape = x.shape[2:]
    elif kind == 2:
        x, axes, shape = draw.floats(batch, 2, channels, *plane), (2, 3, 4), (2, channels, 1, 1)
    else:
        x, axes, shape = draw.floats(batch, channels, *plane), (2, 3), (channels, 1, 1)
    size = tuple(n for n in shape if n != 1) or (1,)
    with_parameters = draw.rng.random() < 0.7
    weight, bias = (draw.floats(*size) if with_parameters else None for _ in range(2))
    return x, weight, bias, axes, shape, 1e-5


def normed_back(draw: Draw) -> Any:
    x, weight, bias, axes, shape, eps = normed(draw)
    _, mean, var = quietly(standardization.standardized.op.body, x, weight, bias, axes, shape, eps)
    needs = (bool(draw.rng.integers(2)) or weight is None, weight is not None, bias is not None)
    return draw.floats(*x.shape), x, weight, () if bias is None else bias.shape, mean, var, axes, shape, eps, needs


def pooled(draw: Draw) -> Any:
    dims = int(draw.rng.integers(1, 4))
    kernel, stride = (tuple(map(int, draw.rng.choice(of, dims))) for of in ([2, 2, 3], [1, 2, 2, 3]))
    padding = tuple(int(draw.rng.integers(0, k // 2 + 1)) for k in kernel)
    dilation = tuple(map(int, draw.rng.choice([1, 1, 1, 2], dims)))
    if draw.rng.random() < 0.4:
        kernel, stride, padding, dilation = (2,) * dims, (2,) * dims, (0,) * dims, (1,) * dims
    most = {1: 300, 2: 70, 3: 12}[dims]
    sizes = tuple(int(draw.rng.integers(d * (k - 1) + 1, most)) for d, k in zip(dilation, kernel))
    counts = tuple(output_size(*options) for options in zip(sizes, kernel, stride, padding, dilation))
    x = draw.floats(int(draw.rng.integers(1, 4)), int(draw.rng.integers(1, 5)), *sizes)
    return numpy.round(x, 1), Windows(sizes, kernel, stride, padding, dilation, counts)  # with numbers that are equal


def pooled_back(draw: Draw) -> Any:
    x, windows = pooled(draw)
    best = quietly(pooling.max_pool.op.body, x, windows)
    return draw.floats(*best.shape), x, best, windows


def attended(draw: Draw) -> Any:
    """Queries, keys and values of a few heads; some of them parts of one projection, as models have them."""
    heads, queries, keys = (2, int(draw.rng.integers(1, 4))), draw.size(1), draw.size(1)
    depth, width = draw.size(1) % 90 + 1, int(draw.rng.choice([5, 16, 40]))
    query, key, value = draw.floats(*heads, queries, depth), draw.floats(*heads, keys, depth), draw.floats(*heads, keys, width)
    if draw.rng.random() < 0.5:
        query, key, value = draw.floats(heads[0], queries, 3, heads[1], depth).transpose(2, 0, 3, 1, 4)
    return query, key, value, None, None, bool(draw.rng.integers(2)), 0.0, 1 / depth**0.5


def attended_back(draw: Draw) -> Any:
    query, key, value, _, _, is_causal, _, scale = values = attended(draw)
    output, weights = quietly(attention.attention.op.body, *values)
    return draw.floats(*output.shape), query, key, value, weights, is_causal, scale, (True, True, False, True)


def sequences(draw: Draw) -> Any:
    steps, batch, inputs, units = int(draw.rng.integers(1, 7)), *(draw.size(1) % 70 + 1 for _ in range(3))
    bias = [draw.floats(4 * units) if draw.rng.random() < 0.7 else None for _ in range(2)]
    return (draw.floats(steps * batch, inputs), draw.floats(batch, units), draw.floats(batch, units),
            draw.floats(4 * units, inputs) / 8, draw.floats(4 * units, units) / 8, *bias, None, "lstm", (batch,) * steps,
            bool(draw.rng.integers(2)))


def sequences_back(draw: Draw) -> Any:
    values = sequences(draw)
    output, hn, cn, gates, notes = quietly(recurrence.recurrent_layer.op.body, *values)
    *inputs, kind, sizes, reverse = values
    needs = tuple(bool(value is not None and draw.rng.random() < 0.8) for value in inputs)
    return (draw.floats(*output.shape), draw.floats(*hn.shape), draw.floats(*cn.shape), *inputs, kind, sizes, reverse,
            output, gates, notes, needs)


CASES = [
    (recurrence.recurrent_layer, sequences), (recurrence.recurrent_layer_backward, sequences_back),
    (attention.attention, attended), (attention.attention_backward, attended_back),
    (activation._relu, one_like), (activation.relu_backward, two_alike), (activation.sigmoid, one_like),
    (activation.sigmoid_backward, two_alike), (activation._silu, one_like), (activation.silu_backward, two_alike),
    (gelu._gelu, one_like), (gelu._tanh_gelu, one_like), (softmax._softmax, rows_and_dim), (softmax._log_softmax, rows_and_dim),
    (softmax.softmax_backward, slopes_and_dim), (softmax.log_softmax_backward, slopes_and_logs), (reduction.sum, folded),
    (reduction.mean, folded_some), (cross_entropy._cross_entropy, classified),
    (cross_entropy.cross_entropy_backward, classified_back), (standardization.standardized, normed),
    (standardization.standardized_backward, normed_back), (pooling.max_pool, pooled), (pooling.max_pool_backward, pooled_back),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
def test_kernels_give_what_bodies_give(case: Any, dtype: str) -> None:
    op, arguments = case[0].op, case[1]
    load(op.family)
    answered = 0
    for seed in range(60):
        values = arguments(Draw(seed, dtype))
        got = op.kernels["cpu"][0](*values)
        if got is not NotImplemented:
            answered += 1
            compare(op, values, got, quietly(op.body, *values))
    assert answered > 10 or dtype == "float64"


@pytest.mark.parametrize("value", [numpy.nan, numpy.inf, -numpy.inf, -0.0, 1e-42, 3e38])
@pytest.mark.parametrize("op", [activation._relu, activation.sigmoid, activation._silu, gelu._gelu, gelu._tanh_gelu],
                         ids=lambda op: op.__name__)
def test_activations_of_special_numbers(op: Any, value: float) -> None:
    load(op.op.family)
    x = numpy.array([value, 1.0, -1.0], "float32")
    compare(op.op, (), op.op.kernels["cpu"][0](x), quietly(op.op.body, x))


@pytest.mark.parametrize("row", [[numpy.nan, 1, 2], [numpy.inf, 1, 2], [-numpy.inf] * 3, [-numpy.inf, 0, 1], [3e38, -3e38, 0]])
@pytest.mark.parametrize("op", [softmax._softmax, softmax._log_softmax], ids=lambda op: op.__name__)
def test_softmax_of_special_numbers(op: Any, row: list[float]) -> None:
    load(op.op.family)
    x = numpy.array([row, [1, 2, 3]], "float32")
    compare(op.op, (), op.op.kernels["cpu"][0](x, 1), quietly(op.op.body, x, 1))


def test_pools_of_nan() -> None:
    load("pooling")
    x = numpy.array([[[[1, numpy.nan, 3, 4], [5, 6, 7, numpy.inf]]]], "float32")
    windows = Windows((2, 4), (2, 2), (2, 2), (0, 0), (1, 1), (1, 2))
    best = native.max_pool(x, windows)
    compare(pooling.max_pool.op, (), best, quietly(pooling.max_pool.op.body, x, windows))
    assert native.max_pool_backward(best, x, best, windows) is NotImplemented
