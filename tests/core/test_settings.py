"""Settings that programs make and read back, and choices and loops as functions."""
from __future__ import annotations

import math
import subprocess
import sys
import warnings

import pytest

import flambeau as torch


def test_constants_are_pythons() -> None:
    assert (torch.pi, torch.e, torch.inf) == (math.pi, math.e, math.inf)
    assert math.isnan(torch.nan)
    assert torch.ones(3)[:, torch.newaxis].shape == (3, 1)


def test_the_matrix_library_is_told_how_many_threads_to_use() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert torch.get_num_threads() == 1
        with pytest.raises(RuntimeError, match="positive"):
            torch.set_num_threads(0)
        with pytest.raises(TypeError):
            torch.set_num_threads("2")
    finally:
        torch.set_num_threads(before)
    assert torch.get_num_interop_threads() >= 1


def test_a_setting_is_read_back() -> None:
    torch.use_deterministic_algorithms(True, warn_only=True)
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()
    assert torch.get_deterministic_debug_mode() == 1
    torch.set_deterministic_debug_mode("default")
    assert not torch.are_deterministic_algorithms_enabled()
    with pytest.raises(RuntimeError):
        torch.set_deterministic_debug_mode("loud")
    torch.set_float32_matmul_precision("high")
    assert torch.get_float32_matmul_precision() == "high"
    torch.set_float32_matmul_precision("highest")
    with pytest.raises(RuntimeError):
        torch.set_float32_matmul_precision("low")
    torch.set_warn_always(True)
    assert torch.is_warn_always_enabled()
    torch.set_warn_always(False)


def test_anomaly_mode_is_turned_on_and_off() -> None:
    assert not torch.is_anomaly_enabled()
    torch.set_anomaly_enabled(True, check_nan=False)
    assert torch.is_anomaly_enabled()
    assert not torch.is_anomaly_check_nan_enabled()
    torch.set_anomaly_enabled(False)
    assert not torch.is_anomaly_enabled()


def test_choices_and_loops_run_and_carry_gradients() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    torch.cond(x.sum() > 0, lambda a: (a * a).sum(), lambda a: a.sum(), (x,)).backward()
    assert x.grad.tolist() == [2.0, 4.0]
    count, total = torch.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t * 2), (torch.tensor(0), torch.tensor(1.0)))
    assert (count.item(), total.item()) == (3, 8.0)
    with pytest.raises(RuntimeError, match="same number"):
        torch.while_loop(lambda i: i < 3, lambda i: (i, i), (torch.tensor(0),))
    with pytest.raises(RuntimeError, match="callable"):
        torch.cond(True, 1, 2)


def test_compile_leaves_a_function_as_it_is_and_is_a_decorator_too() -> None:
    @torch.compile(fullgraph=True)
    def double(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    net = torch.nn.Linear(2, 2)
    assert torch.compile(net) is net
    assert double(torch.ones(1)).item() == 2
    with pytest.raises(RuntimeError, match="both can't"):
        torch.compile(net, mode="default", options={})


def test_arithmetic_of_sizes_is_pythons() -> None:
    assert (torch.sym_max(2, 3.0), torch.sym_min(2, 3), torch.sym_sum([1, 2]), torch.sym_ite(True, 1, 2)) == (3.0, 2, 3, 1)
    assert isinstance(torch.sym_max(3, 2.0), float)
    assert (torch.sym_int(2.7), torch.sym_not(True), torch.sym_sqrt(4)) == (2, False, 2.0)
    assert not isinstance(3, torch.SymInt)


# ---------------------------------------------------------------------- storages and classes of old


def test_a_storage_is_the_memory_of_all_its_views() -> None:
    x = torch.arange(6.0).reshape(2, 3)
    storage = x[1].untyped_storage()
    assert (storage.nbytes(), len(storage), storage.data_ptr()) == (24, 24, x.data_ptr())
    assert storage == x.T.untyped_storage()
    storage.fill_(0)
    assert x.sum() == 0
    assert torch.is_storage(storage)
    assert bytes(torch.UntypedStorage([1, 2])) == b"\x01\x02"
    with pytest.raises(RuntimeError, match="not resizable"):
        storage.resize_(3)


def test_a_typed_storage_has_elements_and_warns_that_it_is_of_old() -> None:
    x = torch.arange(4, dtype=torch.int16)
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        storage = x[2:].storage()
    assert (len(storage), storage[3], storage.dtype, storage.element_size()) == (4, 3, torch.int16, 2)
    storage[0] = 7
    assert x.tolist() == [7, 1, 2, 3]
    assert isinstance(storage, torch.ShortStorage)
    assert not isinstance(storage, torch.FloatStorage)
    assert repr(storage).endswith("[torch.storage.TypedStorage(dtype=torch.int16, device=cpu) of size 4]")


def test_a_tensor_is_set_to_a_part_of_a_storage() -> None:
    x = torch.arange(6.0)
    y = torch.empty(0).set_(x.untyped_storage(), 1, (2, 2), (1, 2))
    assert y.tolist() == [[1.0, 3.0], [2.0, 4.0]]
    y.zero_()
    assert x.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 5.0]
    with pytest.raises(RuntimeError, match="out of bounds for storage"):
        torch.empty(0).set_(x.untyped_storage(), 4, (3,), (1,))


def test_a_class_of_old_makes_and_knows_tensors_of_its_dtype() -> None:
    assert torch.FloatTensor([1, 2]).dtype is torch.float32
    assert torch.LongTensor(2, 3).shape == (2, 3)
    assert isinstance(torch.ones(1), torch.FloatTensor)
    assert not isinstance(torch.ones(1), torch.cuda.FloatTensor)
    assert repr(torch.FloatTensor) == "<class 'torch.FloatTensor'>"
    assert torch.typename(torch.ones(1)) == "torch.FloatTensor"
    assert torch.typename(3) == "int"
    with pytest.raises(TypeError, match=r"torch\.LongTensor"):
        torch.FloatTensor(torch.arange(2))
    with pytest.raises(TypeError):
        torch.set_default_tensor_type("torch.NoTensor")
    torch.set_default_tensor_type(torch.DoubleTensor)
    try:
        assert torch.ones(1).dtype is torch.float64
    finally:
        torch.set_default_tensor_type("torch.FloatTensor")


def test_methods_are_functions_too() -> None:
    x = torch.tensor([-1.0, 4.0])
    assert torch.abs_(x) is x
    assert torch.sqrt_(x).tolist() == [1.0, 2.0]
    assert torch.get_device(x) == -1
    assert torch.dropout_(x, 1.0, True).tolist() == [0.0, 0.0]


def test_the_names_of_the_page_all_lead_somewhere() -> None:
    program = "import warnings; warnings.simplefilter('error'); import flambeau\n" \
              "for name in flambeau.__all__: getattr(flambeau, name)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_reading_the_old_storage_does_not_warn_twice_at_one_place() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("default")
        for _ in range(2):
            torch.ones(1).storage()
    assert len(heard) == 1


def test_variables_are_tensors() -> None:
    from flambeau.autograd import Variable

    x = torch.ones(2)
    assert isinstance(x, Variable)
    assert Variable(x, requires_grad=True).requires_grad
    assert not x.requires_grad
    with torch.autograd.set_multithreading_enabled(False):
        pass


def test_methods_of_old_still_answer() -> None:
    x = torch.ones(2, dtype=torch.int16)
    assert x.new([1, 2, 3]).dtype is torch.int16
    assert x.map2_(torch.arange(2), torch.ones(2), lambda a, b, c: a + b + c).tolist() == [2, 3]
    with pytest.warns(UserWarning, match="resize is deprecated"):
        assert x.resize(2, 1).shape == (2, 1)
    with pytest.raises(RuntimeError, match="distributions"):
        x.reinforce(1)
