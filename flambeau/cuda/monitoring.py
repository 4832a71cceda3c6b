"""What the driver measures: load, heat, power, clocks, and who uses memory. NVIDIA's `nvidia-ml-py` asks it."""
from __future__ import annotations

import importlib
from typing import Any

from flambeau.cuda.devices import present

_MIB = 1024 * 1024
_CORE_SENSOR, _SM_CLOCK = 0, 1  # NVML's numbers


def _nvml() -> Any:
    """Return NVIDIA's module, ready to be asked. Raises ModuleNotFoundError where it is not installed."""
    try:
        nvml = importlib.import_module("pynvml")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed or it can't be imported: install it with "
                                  "pip install nvidia-ml-py") from error
    try:
        nvml.nvmlInit()
    except nvml.NVMLError_DriverNotLoaded as error:
        raise RuntimeError("cuda driver can't be loaded, is cuda enabled?") from error
    return nvml


def _found(device: Any) -> tuple[Any, Any]:
    """NVIDIA's module and its handle of a GPU, found by where it is plugged in: numbers may differ from CUDA's."""
    nvml = _nvml()
    return nvml, nvml.nvmlDeviceGetHandleByPciBusId(present(device).pci_bus_id)


def utilization(device: Any = None) -> int:
    """Return in how much of the last moments, in percent, a GPU was at work."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)


def memory_usage(device: Any = None) -> int:
    """Return in how much of the last moments, in percent, a GPU's memory was read or written."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetUtilizationRates(handle).memory)


def device_memory_used(device: Any = None) -> int:
    """Return the bytes of a GPU's memory that all programs together hold."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetMemoryInfo(handle).used)


def temperature(device: Any = None) -> int:
    """Return how hot a GPU is, in degrees Celsius."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetTemperature(handle, _CORE_SENSOR))


def power_draw(device: Any = None) -> int:
    """Return the power that a GPU draws, in milliwatts."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetPowerUsage(handle))


def clock_rate(device: Any = None) -> int:
    """Return the speed of a GPU's multiprocessors, in MHz."""
    nvml, handle = _found(device)
    return int(nvml.nvmlDeviceGetClockInfo(handle, _SM_CLOCK))


def list_gpu_processes(device: Any = None) -> str:
    """Return a text: the programs that use a GPU and how much memory each holds, or why they are not known."""
    try:
        nvml, handle = _found(device)
    except ModuleNotFoundError:
        return "pynvml module not found, please install nvidia-ml-py"
    except RuntimeError as error:
        return str(error)
    lines = [f"process {process.pid:>10d} uses {(process.usedGpuMemory or 0) / _MIB:>12.3f} MB GPU memory"
             for process in nvml.nvmlDeviceGetComputeRunningProcesses(handle)]
    return "\n".join([f"GPU:{present(device).id}", *(lines or ["no processes are running"])])
