"""What a sparse tensor looks like in text, to the letter as PyTorch prints it."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.device import CPU
from flambeau.core.dtype import default_complex, default_float
from flambeau.core.promotion import BOOL, INT64
from flambeau.tensor.printing import Options, format_array, get_printoptions, with_suffixes

_INDENT = len("tensor(")


def sparse_str(tensor: Any) -> str:
    """Return what `repr` of a sparse tensor shows: its indices, its values, and what sort of tensor it is."""
    options = Options(**get_printoptions())
    parts = [*tensor._named_indices(), ("values", tensor._entries)]
    text = "tensor(" + (",\n" + " " * _INDENT).join(_part(name, part._array, options) for name, part in parts)
    suffixes = _suffixes(tensor)
    if tensor.is_sparse:  # by coordinates: the size has a line of its own
        text += ",\n" + " " * _INDENT + suffixes.pop(0)
    return with_suffixes(text, suffixes, _INDENT, options)


def _part(name: str, array: Array, options: Options) -> str:
    before = f"{name}=tensor("
    size = "" if array.size else f", size={tuple(array.shape)}"
    return before + format_array(array, options, _INDENT + len(before)) + size + ")"


def _suffixes(tensor: Any) -> list[str]:
    array = tensor._entries._array
    suffixes = [] if tensor.device == CPU else [f"device='{tensor.device}'"]
    suffixes += [f"size={tuple(tensor.shape)}", f"nnz={tensor._nnz()}"]
    if array.dtype not in {default_float(), default_complex(), INT64, BOOL}:
        suffixes.append(f"dtype={tensor.dtype}")
    suffixes.append(f"layout={tensor.layout}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn=<{tensor.grad_fn.name().rpartition('::')[2]}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return suffixes
