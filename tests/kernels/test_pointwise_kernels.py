"""Arithmetic: for any two shapes that broadcast, however they lie in memory, what the body gives."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from kernels.beside import compare, quietly

from flambeau.dispatch.op import find
from flambeau.kernels.cpu.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")
BINARY = ["add", "sub", "mul", "true_divide"]
SPECIAL = numpy.array([0, -0.0, 1, -1, numpy.inf, -numpy.inf, numpy.nan, 1e-40, 3e38])
PAIRS = [
    ((), ()), ((), (3,)), ((4, 4), (4, 4)), ((4, 4), ()), ((4, 4), (1, 1)), ((3, 5), (5,)), ((3, 5), (3, 1)), ((5,), (3, 1)),
    ((2, 3, 4, 5), (1, 3, 1, 1)), ((2, 3, 4, 5), (3, 1, 5)), ((2, 1, 4, 1), (1, 3, 1, 5)), ((0, 3), (3,)), ((2, 0), (2, 1)),
    ((300, 70), (70,)), ((70, 300), (70, 1)), ((200, 200), (200, 200)), ((7, 1, 300), (7, 20, 1)),
]


def call(name: str, *values: Any) -> tuple[Any, Any]:
    """What the kernel and the body answer."""
    more = (1,) if name in ("add", "sub") and len(values) == 2 else ()
    return getattr(native, name)(*values, *more), quietly(find(f"pointwise.{name}").body, *values, *more)


def check(name: str, *values: Any) -> None:
    got, want = call(name, *values)
    compare(find(f"pointwise.{name}"), values, got, want)
    assert got.strides == want.strides


def drawn(shape: tuple[int, ...], dtype: str, seed: int) -> Any:
    draws = numpy.random.default_rng(seed)
    return numpy.asarray(draws.standard_normal(shape) + 3 * (draws.random(shape) < 0.5), dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(("left", "right"), [*PAIRS, *((right, left) for left, right in PAIRS)])
def test_shapes_broadcast(name: str, dtype: str, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    got, want = call(name, drawn(left, dtype, 1), drawn(right, dtype, 2))
    compare(find(f"pointwise.{name}"), (), got, want)
    assert got.flags.c_contiguous


@pytest.mark.parametrize("number", [2, -3, 0, 0.5, 1e300, float("nan"), 1 << 70])
@pytest.mark.parametrize("name", BINARY)
def test_a_number_takes_the_dtype_of_the_array(name: str, number: Any) -> None:
    for shape in (), (4, 4), (0, 3), (300, 200):
        array = drawn(shape, "float32", 3)
        got, want = call(name, array, number)
        compare(find(f"pointwise.{name}"), (), got, want)
        got, want = call(name, number, array)
        compare(find(f"pointwise.{name}"), (), got, want)


@pytest.mark.parametrize("name", BINARY)
def test_special_values_meet(name: str) -> None:
    check(name, *(numpy.ascontiguousarray(part, "float32") for part in numpy.meshgrid(SPECIAL, SPECIAL)))


@pytest.mark.parametrize("alpha", [2, 0.5, -1, 0])
@pytest.mark.parametrize("name", ["add", "sub"])
def test_the_second_operand_is_scaled(name: str, alpha: Any) -> None:
    check(name, drawn((5, 6), "float32", 4), drawn((6,), "float32", 5), alpha)
    check(name, drawn((5, 6), "float64", 4), 2.5, alpha)


def test_arrays_of_one_order_give_a_result_of_that_order() -> None:
    one, other = (drawn((2, 4, 5, 3), "float32", seed).transpose(0, 3, 1, 2) for seed in (6, 7))
    check("mul", one, other)
    check("add", one, 2.0)
    check("neg", one)
    check("neg", drawn((4, 3), "float32", 8).T)


def test_signs_change() -> None:
    check("neg", SPECIAL.astype("float32"))
    check("neg", drawn((300, 300), "float64", 9))


@pytest.mark.parametrize("values", [
    (numpy.ones((4, 4), "f4")[::2], numpy.ones((2, 4), "f4")),  # gaps
    (numpy.ones((4, 4), "f4")[:, ::-1], 2.0),  # backwards
    (numpy.broadcast_to(numpy.ones(4, "f4"), (4, 4)), 2.0),  # the same cells again and again
    (numpy.ones((4, 4), "f4").T, numpy.ones((4, 4), "f4")),  # two orders
    (numpy.ones(3, "f4"), numpy.ones(4, "f4")),  # shapes that do not broadcast
    (numpy.ones(3, "f4"), numpy.ones(3)),  # two dtypes
    (numpy.ones(3, "f4"), numpy.float64(2)),  # a number with a dtype of its own
    (numpy.ones(3, "f4"), True), (numpy.ones(3, "f4"), 1j), (numpy.ones(3, "f4"), 10 ** 400), (2.0, 3.0),
])
def test_the_rest_is_left_to_the_body(values: Any) -> None:
    assert native.mul(*values) is NotImplemented
    assert native.mul(*reversed(values)) is NotImplemented


def test_a_factor_that_the_dtype_does_not_hold_is_left_to_the_body() -> None:
    assert native.add(numpy.ones(3, "f4"), numpy.ones(3, "f4"), 1e39) is NotImplemented
