"""`rearrange`: dims by name, split, joined and put in another order."""
from __future__ import annotations

import math
import re
from typing import Any

from flambeau.core.tensor import TensorBase

Group = list[str]  # the axes that make up one dim; "..." stands for dims without names


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Split, join and reorder dims as `pattern` says, "b (h w) c -> b c h w" for one; a list of tensors is stacked first.

    `axes_lengths` gives the sizes that a split dim does not tell. The notation is that of einops (Rogozhnikov, 2022).
    Raises ValueError for patterns that do not fit the tensor or do not name the same axes on both sides.
    """
    if not isinstance(tensor, TensorBase):
        from flambeau.ops.joining import stack

        tensor = stack(list(tensor))
    left, right = _sides(pattern)
    _check(left, right, axes_lengths, pattern)
    shape = tuple(tensor.shape)
    left, right = _named_rest(left, len(shape), pattern), right
    sizes = _sizes(left, shape, axes_lengths, pattern)
    rest = [axis for group in left for axis in group if axis.startswith("rest ")]
    right = [_with_rest(group, rest) for group in _spread(right, rest)]
    split = tensor.reshape([sizes[axis] for group in left for axis in group])
    order = [axis for group in left for axis in group]
    wanted = [axis for group in right for axis in group if axis != "1"]
    known = [axis for axis in order if axis != "1" and not axis.startswith("1 ")]
    squeezed = split.reshape([sizes[axis] for axis in known])
    return squeezed.permute([known.index(axis) for axis in wanted]).reshape(
        [math.prod(sizes.get(axis, 1) for axis in group) for group in right])


def _sides(pattern: str) -> tuple[list[Group], list[Group]]:
    parts = pattern.split("->")
    if len(parts) != 2:
        raise ValueError(f"rearrange: a pattern has one '->', but got {pattern!r}")
    return _groups(parts[0], pattern), _groups(parts[1], pattern)


def _groups(side: str, pattern: str) -> list[Group]:
    """Read one side: names, 1, `...` and groups in parentheses."""
    groups: list[Group] = []
    inside: Group | None = None
    for word in re.findall(r"\(|\)|\.\.\.|[^\s()]+", side):
        if word == "(":
            if inside is not None:
                raise ValueError(f"rearrange: parentheses within parentheses in {pattern!r}")
            inside = []
        elif word == ")":
            if inside is None:
                raise ValueError(f"rearrange: a closing parenthesis without an opening one in {pattern!r}")
            groups.append(inside)
            inside = None
        elif word not in ("...", "1") and not (word.isidentifier() and not word.startswith("_") and not word.endswith("_")):
            raise ValueError(f"rearrange: {word!r} in {pattern!r} is no name of an axis")
        elif inside is not None:
            inside.append(word)
        else:
            groups.append([word])
    if inside is not None:
        raise ValueError(f"rearrange: a parenthesis in {pattern!r} is never closed")
    return groups


def _check(left: list[Group], right: list[Group], lengths: dict[str, int], pattern: str) -> None:
    names = [[axis for group in side for axis in group if axis != "1"] for side in (left, right)]
    for side in names:
        if len(set(side)) < len(side):
            raise ValueError(f"rearrange: an axis is named twice on one side of {pattern!r}")
    if set(names[0]) != set(names[1]):
        raise ValueError(f"rearrange: {sorted(set(names[0]) ^ set(names[1]))} are only on one side of {pattern!r}")
    unknown = set(lengths) - set(names[0])
    if unknown:
        raise ValueError(f"rearrange: {sorted(unknown)} have a length but are not in {pattern!r}")


def _named_rest(left: list[Group], ndim: int, pattern: str) -> list[Group]:
    """Give names to the dims that `...` stands for."""
    if ["..."] not in left:
        if any("..." in group for group in left):
            raise ValueError(f"rearrange: an ellipsis within parentheses on the left of {pattern!r}")
        if len(left) != ndim:
            raise ValueError(f"rearrange: {pattern!r} is for {len(left)} dims, but the tensor has {ndim}")
        return left
    at, count = left.index(["..."]), ndim - len(left) + 1
    if count < 0:
        raise ValueError(f"rearrange: {pattern!r} is for at least {len(left) - 1} dims, but the tensor has {ndim}")
    return [*left[:at], *([f"rest {i}"] for i in range(count)), *left[at + 1:]]


def _spread(right: list[Group], rest: list[str]) -> list[Group]:
    return [part for group in right for part in ([[axis] for axis in rest] if group == ["..."] else [group])]


def _with_rest(group: Group, rest: list[str]) -> Group:
    return [part for axis in group for part in (rest if axis == "..." else [axis])]


def _sizes(left: list[Group], shape: tuple[int, ...], lengths: dict[str, int], pattern: str) -> dict[str, int]:
    """Work out the size of every axis."""
    sizes = dict(lengths) | {"1": 1}
    for group, size in zip(left, shape, strict=True):
        unknown = [axis for axis in group if axis not in sizes]
        known = math.prod(sizes[axis] for axis in group if axis in sizes)
        if len(unknown) > 1:
            raise ValueError(f"rearrange: cannot tell the sizes of {unknown} in {pattern!r} from {size}; give all but one")
        if unknown and (known == 0 or size % known):
            raise ValueError(f"rearrange: a dim of {size} does not divide into {known} for {group} in {pattern!r}")
        if not unknown and known != size:
            raise ValueError(f"rearrange: {group} in {pattern!r} is {known}, but the dim has {size}")
        for axis in unknown:
            sizes[axis] = size // known
    return sizes
