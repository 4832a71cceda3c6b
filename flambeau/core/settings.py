"""Settings of PyTorch that programs make and read back. What each means here is in its docstring."""
from __future__ import annotations

from typing import Any

has_lapack = has_spectral = True  # linear algebra and Fourier transforms are there
has_mkl = False
has_openmp = False


def is_vulkan_available() -> bool:
    """Say that tensors cannot be on Vulkan."""
    return False


class _Settings:
    deterministic = False
    warn_only = False
    precision = "highest"
    warn_always = False


def use_deterministic_algorithms(mode: Any, *, warn_only: bool = False) -> None:
    """Ask for the same results in every run. All ops on the CPU have them anyway; on CUDA, scattering may not."""
    _Settings.deterministic, _Settings.warn_only = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    return _Settings.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    return _Settings.warn_only


_MODES = {"default": 0, "warn": 1, "error": 2}


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Set `use_deterministic_algorithms` by number or word: 0 "default", 1 "warn", 2 "error".

    Raises TypeError for anything but an int or str, RuntimeError for others of them.
    """
    if not isinstance(debug_mode, int | str):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    mode = _MODES.get(debug_mode, -1) if isinstance(debug_mode, str) else debug_mode
    if mode not in _MODES.values():
        raise RuntimeError(f"invalid value of debug_mode, expected one of `default`, `warn`, `error` or 0, 1, 2, but got "
                           f"{debug_mode}")
    use_deterministic_algorithms(mode > 0, warn_only=mode == 1)


def get_deterministic_debug_mode() -> int:
    return 0 if not _Settings.deterministic else 1 if _Settings.warn_only else 2


def set_float32_matmul_precision(precision: str) -> None:
    """Say how precise float32 matrix products must be: "highest", "high", "medium". All here are as precise as float32 is.

    Raises RuntimeError for other words.
    """
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f'set_float32_matmul_precision: expected "highest", "high" or "medium", but got {precision!r}')
    _Settings.precision = precision


def get_float32_matmul_precision() -> str:
    return _Settings.precision


def set_flush_denormal(mode: bool) -> bool:
    """Return False: the numbers closest to zero stay what they are."""
    return False


def set_warn_always(b: bool, /) -> None:
    """Keep whether warnings are to come every time; Python's `warnings` filters decide about them here."""
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _Settings.warn_always = b


def is_warn_always_enabled() -> bool:
    return _Settings.warn_always


def compiled_with_cxx11_abi() -> bool:
    """Return False: nothing is compiled."""
    return False
