"""Tensors and arrays of other libraries over one memory."""
from __future__ import annotations

import gc
import types

import fake_cupy
import numpy as np
import pytest

import flambeau as torch
from flambeau.utils import dlpack

DTYPES = ("float16 float32 float64 bfloat16 float8_e4m3fn float8_e5m2 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool "
          "complex64 complex128")


class Other:
    """Another library's tensor: all it has are the two methods."""

    def __init__(self, held):
        self.held = held

    def __dlpack__(self, **options):
        return self.held.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.held.__dlpack_device__()


@pytest.mark.parametrize("name", DTYPES.split())
def test_every_dtype_travels_without_a_copy(name):
    x = torch.tensor([[0, 1, 0], [1, 1, 0]], dtype=getattr(torch, name))
    for source in (x, x.T, x[:, ::2], x[1:], x[0, 0], x[:0]):
        taken = torch.from_dlpack(Other(source))
        assert (taken.dtype, taken.shape) == (source.dtype, source.shape)
        assert taken.to(torch.complex64).tolist() == source.to(torch.complex64).tolist()
        if source.numel():
            assert (taken.data_ptr(), taken.stride()) == (source.data_ptr(), source.stride())


def test_numpy_takes_a_tensor_and_writes_into_it():
    x = torch.zeros(2, 3)
    np.from_dlpack(x.T)[0, 1] = 5
    assert x.tolist() == [[0, 0, 0], [5, 0, 0]]


def test_a_tensor_over_an_array_of_numpys():
    array = np.arange(6.0).reshape(2, 3)
    x = torch.from_dlpack(array.T)
    x[0, 1] = 9
    assert array[1, 0] == 9


def test_memory_lives_as_long_as_who_took_it():
    x = torch.ones(1000, dtype=torch.bfloat16)
    taken = torch.from_dlpack(Other(x))
    del x
    gc.collect()
    assert taken.float().sum().item() == 1000


def test_a_copy_is_made_only_where_asked_for():
    x = torch.ones(2)
    assert torch.from_dlpack(Other(x), copy=True).data_ptr() != x.data_ptr()
    assert torch.from_dlpack(Other(x), copy=False).data_ptr() == x.data_ptr()
    assert torch.from_dlpack(Other(x), device="cpu").data_ptr() == x.data_ptr()


def test_an_array_that_cannot_be_written_stays_so():
    array = np.ones(2)
    array.flags.writeable = False
    x = torch.from_dlpack(array)
    assert (x + 1).tolist() == [2, 2]
    with pytest.raises(ValueError, match="read-only"):
        x.add_(1)


def test_negative_strides_are_refused():
    with pytest.raises(ValueError, match="negative"):
        torch.from_dlpack(np.ones(3)[::-1])


@pytest.mark.parametrize("versioned", [None, (1, 0)])
def test_a_capsule_is_good_for_one_taking(versioned):
    capsule = torch.ones(2).__dlpack__(max_version=versioned)
    assert torch.utils.dlpack.from_dlpack(capsule).tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="consumed only once"):
        torch.from_dlpack(capsule)


def test_to_dlpack_gives_a_capsule_of_values_alone():
    x = torch.ones(2, requires_grad=True)
    taken = torch.from_dlpack(torch.to_dlpack(x))
    assert (taken.data_ptr(), taken.requires_grad) == (x.data_ptr(), False)


def test_as_tensor_asarray_and_tensor_take_what_speaks_dlpack():
    x = torch.ones(2, dtype=torch.bfloat16)
    assert torch.as_tensor(Other(x)).data_ptr() == torch.asarray(Other(x)).data_ptr() == x.data_ptr()
    assert torch.tensor(Other(x)).data_ptr() != x.data_ptr()
    assert torch.asarray(x.__dlpack__()).dtype == torch.bfloat16


@pytest.mark.parametrize("make, error, words", [
    (lambda: torch.ones(1, requires_grad=True).__dlpack__(), BufferError, "tensor.detach"),
    (lambda: torch.ones(1).to_sparse().__dlpack__(), BufferError, "layout"),
    (lambda: torch.ones(1).__dlpack__(stream=1), AssertionError, "stream should be None on cpu"),
    (lambda: torch.ones(1).__dlpack__(stream="a"), TypeError, "stream must be"),
    (lambda: torch.ones(1).__dlpack__(dl_device=(8, 0)), BufferError, "none that it can go to"),
    (lambda: torch.ones(1).__dlpack__(dl_device=(2, 0), copy=False), ValueError, "without copying"),
    (lambda: torch.from_dlpack(3), RuntimeError, "invalid capsule.*as_tensor"),
    (lambda: torch.from_dlpack(np.array(["a"])), BufferError, "DLPack only supports"),
])
def test_what_cannot_travel_says_why(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_memory_of_other_devices_is_refused():
    metal = types.SimpleNamespace(__dlpack__=lambda **options: None, __dlpack_device__=lambda: (8, 0))
    with pytest.raises(BufferError, match="kDLMetal"):
        torch.from_dlpack(metal)


def test_the_device_is_named_as_dlpack_does():
    assert torch.ones(1).__dlpack_device__() == (dlpack.DLDeviceType.kDLCPU, 0)
    with fake_cupy.installed():
        assert torch.ones(1, device="cuda:1").__dlpack_device__() == (dlpack.DLDeviceType.kDLCUDA, 1)


def test_a_tensor_on_a_gpu_says_where_its_memory_is():
    with fake_cupy.installed():
        x = torch.ones(2, 3, device="cuda")
        said = x.__cuda_array_interface__
        assert said == {"typestr": "<f4", "shape": (2, 3), "strides": None, "data": (x.data_ptr(), False), "version": 2}
        assert x.T.__cuda_array_interface__["strides"] == (4, 12)
        assert x[:0].__cuda_array_interface__["data"] == (0, False)
        with pytest.raises(RuntimeError, match="requires grad"):
            x.requires_grad_().__cuda_array_interface__


def test_a_tensor_on_the_host_has_no_cuda_interface():
    assert not hasattr(torch.ones(1), "__cuda_array_interface__")
    with pytest.raises(AttributeError, match="non-CUDA tensor type: torch.FloatTensor"):
        torch.ones(1).__cuda_array_interface__
