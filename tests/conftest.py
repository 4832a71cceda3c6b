"""What tests in several folders need: a GPU, real or pretended."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fake_cupy
import pytest

import flambeau


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if flambeau.cuda.is_available():
        return
    for item in items:
        if item.get_closest_marker("cuda") is not None:
            item.add_marker(pytest.mark.skip(reason="needs a GPU and CuPy: there is none here"))


@pytest.fixture(params=["pretended", pytest.param("real", marks=pytest.mark.cuda)])
def gpu(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The `cupy` module, over the machine's GPU and over a pretended one."""
    if request.param == "real":
        yield pytest.importorskip("cupy")
        return
    with fake_cupy.installed() as cupy:
        yield cupy
