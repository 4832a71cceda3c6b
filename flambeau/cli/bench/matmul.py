"""`flambeau bench matmul`: one matrix product in every array library that is here."""
from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy

Contender = tuple[str, Callable[[], Any] | None, str]  # (name, one product, why there is none)


def contenders(size: int) -> list[Contender]:
    """The libraries, each with its matrices already in place."""
    import flambeau

    rng = numpy.random.default_rng(0)
    a, b = (rng.standard_normal((size, size), dtype=numpy.float32) for _ in range(2))
    ours = [flambeau.from_numpy(array) for array in (a, b)]
    rows: list[Contender] = [("NumPy", lambda: a @ b, ""), _numba(a, b), _cupy(a, b),
                             ("flambeau CPU", lambda: ours[0] @ ours[1], "")]
    if not flambeau.cuda.is_available():
        return [*rows, ("flambeau GPU", None, "no GPU")]
    there = [tensor.cuda() for tensor in ours]

    def on_gpu() -> None:
        there[0] @ there[1]
        flambeau.cuda.synchronize()

    return [*rows, ("flambeau GPU", on_gpu, "")]


def _numba(a: Any, b: Any) -> Contender:
    if importlib.util.find_spec("numba") is None:
        return "Numba", None, "not installed"
    numba = importlib.import_module("numba")

    @numba.njit(parallel=True, fastmath=True)
    def product(left: Any, right: Any) -> Any:
        out = numpy.zeros((left.shape[0], right.shape[1]), left.dtype)
        for i in numba.prange(left.shape[0]):
            for k in range(left.shape[1]):
                for j in range(right.shape[1]):
                    out[i, j] += left[i, k] * right[k, j]
        return out

    return "Numba", lambda: product(a, b), ""


def _cupy(a: Any, b: Any) -> Contender:
    from flambeau.core.device import cupy

    if importlib.util.find_spec("cupy") is None:
        return "CuPy", None, "not installed"
    try:
        library = cupy()
    except RuntimeError:
        return "CuPy", None, "no GPU"
    left, right = library.asarray(a), library.asarray(b)

    def product() -> None:
        left @ right
        library.cuda.Device().synchronize()

    return "CuPy", product, ""


def timed(product: Callable[[], Any]) -> float:
    start = time.perf_counter()
    product()
    return (time.perf_counter() - start) * 1e3


def run(options: argparse.Namespace) -> int:
    size = options.size
    print(f"{size} x {size} float32, {options.runs} runs; cold: the first product, warm: the median of the others\n")
    print(f"{'':<14}{'cold':>12}{'warm':>12}{'GFLOP/s':>12}")
    for name, product, absent in contenders(size):
        if product is None:
            print(f"{name:<14}{absent:>12}")
            continue
        cold = timed(product)
        warm = statistics.median(timed(product) for _ in range(max(options.runs - 1, 1)))
        print(f"{name:<14}{cold:>9.2f} ms{warm:>9.2f} ms{2 * size**3 / warm / 1e6:>12.1f}")
    return 0
