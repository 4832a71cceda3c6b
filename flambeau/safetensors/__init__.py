"""Reading and writing safetensors files; the names are those of `safetensors.torch`. A page of names.

The format: the header's length (8 bytes, little-endian), the header in JSON with the dtype, shape and place of each tensor,
then their bytes, without gaps, in C order. Nothing in such a file can be run.
https://github.com/huggingface/safetensors#format
"""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "safetensors.header": "SafetensorError",
    "safetensors.modules": "load_model save_model",
    "safetensors.reading": "load load_file safe_open",
    "safetensors.writing": "save save_file",
})
