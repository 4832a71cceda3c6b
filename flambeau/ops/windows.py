"""How windows slide over an input: how many fit, and which cells of the input each of their taps meets."""
from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

Sizes = tuple[int, ...]
IntOrInts = int | Sequence[int]
Tap = tuple[Sizes, tuple[slice, ...], tuple[slice, ...]]


class Windows(NamedTuple):
    """Windows of one kernel over one input, dim by dim.

    `padding` is what lies before the input; what lies behind it follows from `counts`, how many windows there are.
    """

    sizes: Sizes
    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    counts: Sizes

    def starts(self, dim: int) -> range:
        """Where the windows begin along `dim`, in cells of the input."""
        return range(-self.padding[dim], self.counts[dim] * self.stride[dim] - self.padding[dim], self.stride[dim])

    def overhang(self) -> bool:
        """Say whether any window reaches outside the input."""
        return any(padding or (count - 1) * stride + dilation * (window - 1) >= size
                   for size, window, stride, padding, dilation, count in zip(*self, strict=True))

    def tile(self, dim: int | None = None) -> bool:
        """Say whether every cell of the input lies in exactly one window, along one dim or all of them."""
        return all(window == stride and size == count * stride and not padding and (dilation == 1 or window == 1)
                   for size, window, stride, padding, dilation, count
                   in (zip(*self, strict=True) if dim is None else [[part[dim] for part in self]]))

    def lifted(self) -> Windows:
        """Put a dim of size 1 in front."""
        return Windows(*((0 if name == "padding" else 1, *part) for name, part in zip(self._fields, self, strict=True)))


def meeting(size: int, count: int, stride: int, offset: int) -> tuple[slice, slice]:
    """Return the cells met by the tap at `offset` from each window's start, and the windows where it meets one."""
    first = max(0, -(offset // stride))
    last = min(count, (size - 1 - offset) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    start = first * stride + offset
    return slice(start, start + (last - first - 1) * stride + 1, stride), slice(first, last)


@lru_cache(maxsize=128)  # a model asks for the same few geometries at every step
def taps_along(windows: Windows, dim: int) -> list[tuple[slice, slice]]:
    """Return what each tap of the kernel along `dim` meets: cells of the input, and the windows where it does."""
    return [
        meeting(windows.sizes[dim], windows.counts[dim], windows.stride[dim],
                tap * windows.dilation[dim] - windows.padding[dim])
        for tap in range(windows.kernel[dim])
    ]


@lru_cache(maxsize=128)
def taps(windows: Windows, first_dim: int = 0) -> list[Tap]:
    """Return index, cells and windows (as above) of each tap of the kernel over the dims from `first_dim` on."""
    per_dim = [list(enumerate(taps_along(windows, dim))) for dim in range(first_dim, len(windows.sizes))]
    return [
        (tuple(index for index, _ in tap), tuple(cells for _, (cells, _) in tap), tuple(where for _, (_, where) in tap))
        for tap in itertools.product(*per_dim)
    ]


def output_size(size: int, window: int, stride: int, padding: int, dilation: int, ceil_mode: bool = False) -> int:
    """How many windows fit along one dim; with `ceil_mode` the last may hang over, if it starts inside."""
    room = size + 2 * padding - dilation * (window - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + padding else count


def expanded(value: Any, dims: int) -> Sizes | None:
    """Return one int for each dim from an int, one in a list, or a list of them; None where it is none of these."""
    try:
        ints = tuple(item.__index__() for item in value) if hasattr(value, "__len__") else (value.__index__(),)
    except (AttributeError, TypeError):
        return None
    return ints * dims if len(ints) == 1 else ints if len(ints) == dims else None


def by(sizes: Sequence[int]) -> str:
    """Write sizes as `3 x 4`."""
    return " x ".join(map(str, sizes))
