"""Matrix products of any size and layout."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau.kernels.cpu.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")

LAYOUTS = {
    "packed": lambda array: array,
    "turned": numpy.asfortranarray,
    "every second": lambda array: numpy.repeat(array, 2, axis=1)[:, ::2],
    "backwards": lambda array: array[::-1, ::-1],
    "one row": lambda array: numpy.broadcast_to(array[:1], array.shape),
}


@pytest.fixture(autouse=True)
def as_before():
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


def close(got, one, other, bias=0.0):
    """Equal to the product in float64, within what rounding may add up to."""
    assert got is not NotImplemented
    want = one.astype(numpy.float64) @ other.astype(numpy.float64) + bias
    terms = numpy.abs(one.astype(numpy.float64)) @ numpy.abs(other.astype(numpy.float64)) + numpy.abs(bias)
    assert got.shape == want.shape
    assert got.dtype == one.dtype
    assert (numpy.abs(got - want) <= 8 * numpy.finfo(one.dtype).eps * terms + 1e-30).all()


@pytest.mark.parametrize("seed", range(12))
def test_products_of_random_sizes_and_layouts(seed: int) -> None:
    rng = numpy.random.default_rng(seed)
    for _ in range(60):
        rows, columns, depth = (int(2 ** rng.uniform(0, 8.3)) - int(rng.random() < 0.03) for _ in range(3))
        dtype = rng.choice(["float32", "float64"])
        one, other = (LAYOUTS[rng.choice(list(LAYOUTS))](rng.standard_normal(shape).astype(dtype))
                      for shape in ((rows, depth), (depth, columns)))
        native.set_thread_count(int(rng.integers(1, 5)))
        close(native.matmul(one, other), one, other)
        bias = rng.standard_normal(columns).astype(dtype)
        close(native.linear(one, other.T, bias), one, other, bias)
        close(native.linear(one, other.T, None), one, other)


@pytest.mark.parametrize("sizes", [(700, 300, 900), (1000, 65, 400), (3, 2000, 800), (400, 10, 3000)], ids=str)
@pytest.mark.parametrize("turned", [False, True])
def test_large_products(sizes: tuple[int, int, int], turned: bool) -> None:
    rows, columns, depth = sizes
    rng = numpy.random.default_rng(0)
    one, other = (rng.standard_normal(shape).astype("float32") for shape in ((rows, depth), (depth, columns)))
    if turned:
        one, other = numpy.asfortranarray(one), numpy.asfortranarray(other)
    for count in (1, 2, 5):
        native.set_thread_count(count)
        close(native.matmul(one, other), one, other)


STACKS = [((3, 4, 5), (5, 6)), ((2, 3, 4, 5), (3, 5, 6)), ((5,), (3, 5, 4)), ((3, 4, 5), (5,)), ((4, 5), (2, 5, 3)),
          ((1, 4, 5), (7, 5, 2)), ((0, 4, 5), (5, 2)), ((2, 0, 5), (2, 5, 3)), ((2, 4, 0), (2, 0, 3)), ((5,), (5,)),
          ((64, 32, 24), (64, 24, 40)), ((3, 1, 2, 4), (1, 5, 4, 3))]


@pytest.mark.parametrize("shapes", STACKS, ids=str)
def test_stacks_are_broadcast(shapes) -> None:
    rng = numpy.random.default_rng(0)
    one, other = (rng.standard_normal(shape).astype("float32") for shape in shapes)
    got = native.matmul(one, other)
    want = numpy.asarray(numpy.matmul(one, other))
    assert got.shape == want.shape
    numpy.testing.assert_allclose(got, want, atol=1e-5)


def test_stacks_of_turned_and_swapped_matrices() -> None:
    qkv = numpy.random.default_rng(0).standard_normal((2, 7, 3, 4, 16)).astype("float32")
    query, key, _ = (qkv[:, :, i].swapaxes(1, 2) for i in range(3))
    numpy.testing.assert_allclose(native.matmul(query, key.swapaxes(2, 3)), query @ key.swapaxes(2, 3), atol=1e-5)


def test_nan_and_infinity_go_through() -> None:
    one = numpy.zeros((3, 4), "float32")
    one[0, 0] = numpy.inf
    one[1, 1] = numpy.nan
    got = native.matmul(one, numpy.zeros((4, 2), "float32"))
    assert numpy.isnan(got).tolist() == [[True, True], [True, True], [False, False]]


def test_other_arguments_are_left_to_the_body() -> None:
    floats = numpy.ones((2, 2), "float32")
    assert native.matmul(floats, numpy.ones((3, 2), "float32")) is NotImplemented
    assert native.matmul(floats, numpy.ones((2, 2))) is NotImplemented
    assert native.matmul(floats.astype(int), floats.astype(int)) is NotImplemented
    assert native.matmul(floats.astype(">f4"), floats) is NotImplemented
    assert native.linear(floats, floats, numpy.ones(3, "float32")) is NotImplemented
