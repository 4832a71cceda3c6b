"""`save`: PyTorch's file format."""
from __future__ import annotations

import os
import pickle
import sys
from typing import Any, BinaryIO

import numpy

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import cupy
from flambeau.serialization.archive import ALIGNMENT, ArchiveWriter, root_of
from flambeau.serialization.atomic import replacing
from flambeau.serialization.memory import Memory
from flambeau.serialization.pickling import pickled


def save(obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: int = 2,
         _use_new_zipfile_serialization: bool = True, _disable_byteorder_record: bool = False) -> None:
    """Write tensors and plain values to a path or a file object, so that PyTorch's `torch.load` reads them too.

    Tensors that share memory do so after loading. A path is replaced as a whole or, when something goes wrong, not at all.
    Raises pickle.PicklingError for objects of other classes, whose code a file does not hold: save their `state_dict()`.
    """
    if pickle_module not in (None, pickle) or not _use_new_zipfile_serialization:
        raise ValueError("save: flambeau writes PyTorch's zip format with a pickler of its own; leave pickle_module and "
                         "_use_new_zipfile_serialization alone")
    content, memory = pickled(obj)  # before the file is opened: nothing is touched when this raises
    if hasattr(f, "write"):
        _write(f, "archive", content, memory)
        return
    path = os.fspath(f)
    with replacing(path) as file:
        _write(file, root_of(str(path)), content, memory)


def _write(file: BinaryIO, root: str, content: bytes, memory: Memory) -> None:
    archive = ArchiveWriter(file, root)
    archive.add("data.pkl", content)
    archive.add(".format_version", b"1")
    archive.add(".storage_alignment", str(ALIGNMENT).encode())
    archive.add("byteorder", sys.byteorder.encode())
    for key, array in memory.storages():
        archive.add(f"data/{key}", _on_cpu(array))
    archive.add("version", b"3\n")
    archive.close()


def _on_cpu(array: Array) -> Array:
    return array if namespace_of(array) is numpy else cupy().asnumpy(array)
