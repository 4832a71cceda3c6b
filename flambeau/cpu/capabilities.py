"""What the processor can do, as far as the operating system tells."""
from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

_X86 = ("aes avx avx2 bmi clflush clflushopt clwb f16c fma3 fma4 lzcnt popcnt sha sse sse2 sse3 sse4_1 sse4_2 sse4a ssse3 "
        "avx_ne_convert avx_vnni avx_vnni_int8 avx_vnni_int16 avx10_1 avx10_2 bmi2 amx_bf16 amx_fp16 amx_int8 amx_tile "
        "avx512_4fmaps avx512_4vnniw avx512_bf16 avx512_bitalg avx512_bw avx512_cd avx512_dq avx512_f avx512_fp16 "
        "avx512_ifma avx512_vbmi avx512_vbmi2 avx512_vl avx512_vnni avx512_vp2intersect avx512_vpopcntdq")
_ARM = "asimd sve sve2 sve_bf16 sme sme2 atomics aes sha1 sha2 pmull crc32"
_IN_LINUX = {"bmi": "bmi1", "fma3": "fma", "lzcnt": "abm", "sha": "sha_ni", "sse3": "pni", "sve_bf16": "svebf16"}


@cache
def get_capabilities() -> Mapping[str, Any]:
    """Return what the processor can do: names such as "avx2" with True or False, its architecture and its cores.

    On other systems than Linux, which do not tell, only the architecture and the number of cores.
    """
    facts = _facts()
    known: dict[str, Any] = {"architecture": platform.machine(), "num_logical_cores": os.cpu_count() or 1}
    if facts:
        flags = set(facts.get("flags", facts.get("Features", "")).split())
        names = (_X86 if "flags" in facts else _ARM).split()
        known |= {name: bool(_spellings(name) & flags) for name in names}
        known["cpu_name"] = facts.get("model name", "")
    return MappingProxyType(known)


def _spellings(name: str) -> set[str]:
    """What Linux may call it: as it is, without the underscores, or quite differently."""
    return {name, name.replace("_", "", 1), _IN_LINUX.get(name, name)}


def _facts() -> dict[str, str]:
    """What Linux says of its first processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            lines = file.read().partition("\n\n")[0].splitlines()
    except OSError:
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
