"""A pretended GPU for tests that look into what CuPy is asked for."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fake_cupy
import pytest

import flambeau
from flambeau.cuda.graphs.capture import graph
from flambeau.cuda.memory import allocators


@pytest.fixture
def pretended() -> Iterator[Any]:
    with fake_cupy.installed() as cupy:
        yield cupy
    graph.default_capture_stream = None
    allocators._chosen.clear()
    vars(flambeau.cuda).pop("default_generators", None)
