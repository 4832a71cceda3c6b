"""Memory that is shared or page-locked: who has it, and who says so."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau.core import host_memory


def test_a_tensor_is_shared_once_with_its_later_views():
    x = torch.arange(6.0)
    assert not x.is_shared()
    assert x.share_memory_() is x and x.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    place = x.data_ptr()
    assert x.share_memory_().data_ptr() == place
    assert x.view(2, 3)[1].is_shared() and not x.clone().is_shared()


def test_nothing_is_pinned_without_a_gpu():
    x = torch.ones(2)
    assert not x.is_pinned()
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeError, match="Cannot access accelerator device when none is available"):
            x.pin_memory()


def test_an_array_in_page_locked_memory_is_recognised_by_its_owner():
    class PinnedMemoryPointer(bytearray):  # as CuPy's is called
        pass

    array = numpy.frombuffer(PinnedMemoryPointer(8), "f4")
    assert host_memory.is_pinned(array) and host_memory.is_pinned(array[1:])
