"""`torch.serialization`: saving and loading, in PyTorch's own file format, without ever running code from a file."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "serialization.allowed": "add_safe_globals clear_safe_globals get_safe_globals safe_globals",
    "serialization.loading": "get_unsafe_globals_in_checkpoint load",
    "serialization.options": "LoadEndianness get_crc32_options get_default_load_endianness get_default_mmap_options "
                             "set_crc32_options set_default_load_endianness set_default_mmap_options",
    "serialization.saving": "save",
})
