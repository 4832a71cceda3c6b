"""GPUs: which there are, what they are, and what the driver says of them."""
from __future__ import annotations

import sys
import types

import pytest

import flambeau as torch


def test_the_current_gpu_is_chosen_by_number_name_or_device(pretended):
    for wanted in (1, "cuda:1", torch.device("cuda", 1)):
        torch.cuda.set_device(wanted)
        assert torch.cuda.current_device() == 1
        torch.cuda.set_device(0)
    torch.cuda.set_device(-1)
    assert torch.cuda.current_device() == 0
    with torch.cuda.device(1) as nothing:
        assert torch.cuda.current_device() == 1 and nothing is None
    with torch.cuda.device(-1):
        assert torch.cuda.current_device() == 0


def test_a_tensors_gpu_is_made_current(pretended):
    with torch.cuda.device_of(torch.ones(1, device="cuda:1")):
        assert torch.cuda.current_device() == 1
    with torch.cuda.device_of(torch.ones(1)), torch.cuda.device_of("no tensor"):
        assert torch.cuda.current_device() == 0


def test_what_is_no_gpu_is_refused(gpu):
    with pytest.raises(ValueError, match="Expected a cuda device, but got: cpu"):
        torch.cuda.device("cpu")
    with pytest.raises(AssertionError, match="Invalid device id: there is no GPU 99"):
        torch.cuda.get_device_properties(99)


def test_properties_are_printed_as_pytorchs(pretended):
    facts = torch.cuda.get_device_properties("cuda:1")
    assert repr(facts) == (
        "_CudaDeviceProperties(name='Pretended GPU', major=9, minor=0, total_memory=1024MB, multi_processor_count=132, "
        "uuid=01020304-0506-0708-090a-0b0c0d0e0f10, pci_bus_id=1, pci_device_id=0, pci_domain_id=0, L2_cache_size=50MB)")
    assert (facts.warp_size, facts.shared_memory_per_block_optin, facts.regs_per_multiprocessor) == (32, 232448, 65536)
    assert torch.cuda.get_device_name() == "Pretended GPU" and torch.cuda.get_device_capability(0) == (9, 0)


def test_abilities_follow_from_the_gpu(pretended):
    assert torch.cuda.is_bf16_supported() and torch.cuda.is_tf32_supported()
    assert torch.cuda.get_arch_list() == ["sm_90"]
    assert torch.cuda.get_gencode_flags() == "-gencode compute=compute_90,code=sm_90"
    assert torch.cuda.can_device_access_peer(0, 1) and torch.cuda.cudart() is pretended.cuda.runtime


@pytest.fixture
def nvml(monkeypatch):
    """NVIDIA's module, which finds a GPU by where it is plugged in."""
    module = types.ModuleType("pynvml")
    module.nvmlInit = lambda: None
    module.NVMLError_DriverNotLoaded = type("NVMLError_DriverNotLoaded", (Exception,), {})
    module.nvmlDeviceGetHandleByPciBusId = lambda place: place
    module.nvmlDeviceGetUtilizationRates = lambda handle: types.SimpleNamespace(gpu=70, memory=30)
    module.nvmlDeviceGetMemoryInfo = lambda handle: types.SimpleNamespace(used=12345)
    module.nvmlDeviceGetTemperature = lambda handle, sensor: 40 + int(handle[6:7])
    module.nvmlDeviceGetPowerUsage = lambda handle: 250_000
    module.nvmlDeviceGetClockInfo = lambda handle, clock: 1980
    module.nvmlDeviceGetComputeRunningProcesses = lambda handle: [types.SimpleNamespace(pid=17, usedGpuMemory=3 << 19)]
    monkeypatch.setitem(sys.modules, "pynvml", module)
    return module


def test_the_driver_tells_load_heat_power_and_clocks(pretended, nvml):
    assert (torch.cuda.utilization(), torch.cuda.memory_usage(), torch.cuda.device_memory_used()) == (70, 30, 12345)
    assert (torch.cuda.temperature(1), torch.cuda.power_draw(), torch.cuda.clock_rate()) == (41, 250_000, 1980)


def test_the_programs_on_a_gpu_are_listed(pretended, nvml):
    assert torch.cuda.list_gpu_processes() == "GPU:0\nprocess         17 uses        1.500 MB GPU memory"
    nvml.nvmlDeviceGetComputeRunningProcesses = lambda handle: []
    assert torch.cuda.list_gpu_processes(1) == "GPU:1\nno processes are running"


def test_a_driver_that_does_not_load_is_said(pretended, nvml):
    def fail():
        raise nvml.NVMLError_DriverNotLoaded

    nvml.nvmlInit = fail
    assert torch.cuda.list_gpu_processes() == "cuda driver can't be loaded, is cuda enabled?"
    with pytest.raises(RuntimeError, match="cuda driver can't be loaded"):
        torch.cuda.temperature()


def test_without_nvidias_module_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(ModuleNotFoundError, match="pip install nvidia-ml-py"):
        torch.cuda.utilization()
    assert torch.cuda.list_gpu_processes() == "pynvml module not found, please install nvidia-ml-py"


@pytest.fixture
def sync_mode():
    yield
    from flambeau.core import synchronizing

    synchronizing.mode = 0


def test_waiting_for_the_gpu_warns_or_raises_when_asked(pretended, sync_mode):
    x = torch.ones(2, device="cuda")
    torch.cuda.set_sync_debug_mode("warn")
    assert torch.cuda.get_sync_debug_mode() == 1
    for wait in (x.cpu, x.tolist, x[0].item):
        with pytest.warns(UserWarning, match="called a synchronizing CUDA operation"):
            wait()
    torch.cuda.set_sync_debug_mode(2)
    with pytest.raises(RuntimeError, match="called a synchronizing CUDA operation: item"):
        x[0].item()
    assert torch.ones(1).item() == 1.0
    torch.cuda.set_sync_debug_mode("default")
    assert x[0].item() == 1.0


@pytest.mark.parametrize("mode", ["loud", 3])
def test_another_sync_mode_is_refused(gpu, mode):
    with pytest.raises(RuntimeError, match="invalid value of debug_mode"):
        torch.cuda.set_sync_debug_mode(mode)


def test_errors_of_cuda_have_a_text_and_a_number(pretended):
    torch.cuda.check_error(torch.cuda.cudaStatus.SUCCESS)
    with pytest.raises(torch.cuda.CudaError, match=r"cudaErrorPretended: error number 34 \(34\)"):
        torch.cuda.check_error(torch.cuda.cudaStatus.ERROR_NOT_READY)
    assert issubclass(torch.AcceleratorError, RuntimeError)


def test_spans_are_named_for_nvidias_profilers(pretended):
    nvtx = torch.cuda.nvtx
    with nvtx.range("step {}", 3):
        nvtx.mark("here")
        assert nvtx.range_push("inner") == 1 and nvtx.range_pop() == 1
    nvtx.range_end(nvtx.range_start("apart"))
    assert pretended.cuda.nvtx.spans == ["step 3", "here", "inner", "pop", "pop"]
    with torch.cuda.profiler.profile():
        pass


def test_storages_of_old_are_by_dtype_and_device(gpu):
    storage = torch.cuda.FloatStorage(3)
    assert isinstance(storage, torch.cuda.FloatStorage) and not isinstance(storage, torch.FloatStorage)
    assert (len(storage), str(storage.device), storage.dtype) == (3, "cuda:0", torch.float32)
    assert isinstance(torch.FloatStorage([1.0]).cuda(), torch.cuda.FloatStorage)
    with pytest.raises(RuntimeError, match="'dtype' cannot be specified"):
        torch.cuda.FloatStorage(3, dtype=torch.int32)


def test_a_part_of_a_gpu_is_not_to_be_had():
    for call in (lambda: torch.cuda.GreenContext.create(num_sms=8), torch.cuda.GreenContext.max_workqueue_concurrency):
        with pytest.raises(RuntimeError, match="not built with Green Context support"):
            call()
