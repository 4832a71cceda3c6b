"""`flambeau info`: what is installed and what is there to compute on."""
from __future__ import annotations

import importlib.metadata
import os
import platform


def version_of(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def kernels() -> str:
    """Which kernels compute on the CPU."""
    from flambeau.core import threads
    from flambeau.dispatch.kernel import extension, mode

    if mode() == "off":
        return "off (FLAMBEAU_KERNELS=off): NumPy computes everything"
    native = extension()
    if native is None:
        return "none: built without a C++ compiler, or for another processor; NumPy computes everything"
    return f"{native.level}, {threads.get_num_threads()} threads"


def run() -> int:
    import flambeau

    cupy = next((name for name in ("cupy-cuda13x", "cupy-cuda12x", "cupy") if version_of(name) != "not installed"), "cupy")
    rows = {"flambeau": flambeau.__version__, "python": platform.python_version(), "numpy": version_of("numpy"),
            "ml_dtypes": version_of("ml_dtypes"), "cupy": version_of(cupy), "cores": os.cpu_count(),
            "kernels": kernels(),
            "GPUs": (gpus := flambeau.cuda.device_count())}
    for index in range(gpus):
        rows[f"cuda:{index}"] = flambeau.cuda.get_device_name(index)
    for name, value in rows.items():
        print(f"{name:<10} {value}")
    return 0
