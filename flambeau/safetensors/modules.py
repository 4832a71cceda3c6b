"""Whole modules in safetensors files, those that use one parameter in several places too."""
from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flambeau.safetensors.reading import load_file
from flambeau.safetensors.writing import save_file, sharing


def save_model(model: Any, filename: str | os.PathLike[str], metadata: Mapping[str, str] | None = None,
               force_contiguous: bool = True) -> None:
    """Write a module's state. Of tensors that are one and the same the first name is kept, and the others are remarked.

    Raises RuntimeError for tensors that share only a part of their memory. `force_contiguous` is accepted: tensors are
    always written in C order.
    """
    state, remarks = dict(model.state_dict()), dict(metadata or {})
    for group in sharing(state):
        kept, *others = sorted(group)
        for name in others:
            if not _are_one(state[kept], state[name]):
                raise RuntimeError(f"Error while trying to find names to remove to save state dict: {kept!r} and {name!r} "
                                   "share a part of their memory; clone() one of them")
            remarks[name] = kept
            del state[name]
    save_file(state, filename, remarks or {"format": "pt"})


def _are_one(one: Any, other: Any) -> bool:
    return bool(one.data_ptr() == other.data_ptr() and one.shape == other.shape and one.stride() == other.stride())


def load_model(model: Any, filename: str | os.PathLike[str], strict: bool = True,
               device: str | int = "cpu") -> tuple[list[str], list[str]]:
    """Load a module's state: (names that are missing, names that are too many).

    Raises RuntimeError where names differ and `strict` is set.
    """
    state = load_file(filename, device)
    own = dict(model.state_dict())
    for group in sharing(own):
        held = sorted(group & state.keys())
        state |= {name: state[held[0]] for name in group - state.keys() if held}
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if strict and (missing or unexpected):
        raise RuntimeError(f"Error(s) in loading state_dict for {type(model).__name__}:\n    Missing key(s) in state_dict: "
                           f"{missing}\n    Unexpected key(s) in state_dict: {unexpected}")
    model.load_state_dict(state, strict=False)
    return missing, unexpected
