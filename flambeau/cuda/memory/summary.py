"""`memory_summary`: the table of a GPU's memory."""
from __future__ import annotations

from typing import Any

from flambeau.cuda.devices import index_of, init
from flambeau.cuda.memory.stats import memory_stats

WIDTH = 75
_BYTES = ("allocated_bytes", "Allocated memory"), ("active_bytes", "Active memory"), ("requested_bytes", "Requested memory"), \
    ("reserved_bytes", "GPU reserved memory"), ("inactive_split_bytes", "Non-releasable memory")
_COUNTS = ("allocation", "Allocations"), ("active", "Active allocs"), ("segment", "GPU reserved segments"), \
    ("inactive_split", "Non-releasable allocs")
_OVERSIZE = ("oversize_allocations", "Oversize allocations"), ("oversize_segments", "Oversize GPU segments")
_MEASURES = "current", "peak", "allocated", "freed"
_POOLS = {"all": "{}", "large_pool": "      from large pool", "small_pool": "      from small pool"}


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """Return a table of what is counted about a GPU's memory, to be printed. `abbreviated`: without sizes of blocks.

    Raises AssertionError without CuPy, RuntimeError without a GPU.
    """
    init()
    pools = ["all"] if abbreviated else list(_POOLS)
    stats = memory_stats(device)
    blocks = [[_row(stats, f"{key}.{pool}", f"{key}.all", _POOLS[pool].format(name), unit) for pool in pools]
              for names, unit in ((_BYTES, _size), (_COUNTS, _count)) for key, name in names]
    blocks += [[_row(stats, key, key, name, _count)] for key, name in _OVERSIZE]
    lines = _head(index_of(device), stats)
    for block in blocks:
        lines += ["-" * WIDTH, *block]
    return "".join(f"|{line}|\n" for line in [*lines, "=" * WIDTH])


def _head(index: int, stats: dict[str, Any]) -> list[str]:
    ooms, retries = stats["num_ooms"], stats["num_alloc_retries"]
    return [
        "=" * WIDTH,
        f"{'':18}PyTorch CUDA memory summary, device ID {index:<17d} ",
        "-" * WIDTH,
        f"{'':12}CUDA OOMs: {ooms:<12d} | {'':6} cudaMalloc retries: {retries:<8d}  ",
        "=" * WIDTH,
        "        Metric         | Cur Usage  | Peak Usage | Tot Alloc  | Tot Freed  ",
    ]


def _row(stats: dict[str, Any], key: str, scale: str, name: str, unit: Any) -> str:
    """One line of four measures, each in the unit that suits the same measure of `scale`."""
    cells = (unit(stats[f"{key}.{measure}"], stats[f"{scale}.{measure}"]) for measure in _MEASURES)
    return f" {name:<21} | {' | '.join(cells)} "


def _size(number: int, scale: int) -> str:
    prefix = ""
    for larger in "KMGTP":
        if scale < 768 * 1024:
            break
        prefix, number, scale = larger, number // 1024, scale // 1024
    return f"{number:6d} {prefix + 'iB' if prefix else 'B':<3}"


def _count(number: int, scale: int) -> str:
    prefix = " "
    for larger in "KM":
        if scale < 750_000:
            break
        prefix, number, scale = larger, number // 1000, scale // 1000
    return f"{number:7d} {prefix} "
