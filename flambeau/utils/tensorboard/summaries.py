"""Values of a `Summary` message: scalars, histograms, images, text, hyperparameters."""
from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any

import numpy

from flambeau.utils.tensorboard import protobuf

_DT_STRING = 7


def summary(*values: bytes) -> bytes:
    """The field of an event that holds a summary of values."""
    return protobuf.content(5, *(protobuf.content(1, value) for value in values))


def scalar(tag: str, value: float) -> bytes:
    return protobuf.text(1, tag) + protobuf.single(2, value)


def _plugin(name: str, content: bytes = b"") -> bytes:
    return protobuf.content(9, protobuf.content(1, protobuf.text(1, name), protobuf.content(2, content)))


def written(tag: str, value: str) -> bytes:
    """Text, shown as Markdown."""
    shape = protobuf.content(2, protobuf.content(2, protobuf.integer(1, 1)))
    tensor = protobuf.content(8, protobuf.integer(1, _DT_STRING), shape, protobuf.text(8, value))
    return protobuf.text(1, f"{tag}/text_summary") + _plugin("text") + tensor


# ------------------------------------------------------------------------------------- histograms


@cache
def _default_bins() -> Any:
    """Borders a tenth apart, from 1e-12 to 1e20 on both sides of 0."""
    borders, value = [], 1e-12
    while value < 1e20:
        borders.append(value)
        value *= 1.1
    return numpy.array([-border for border in reversed(borders)] + [0.0] + borders)


def histogram(tag: str, values: Any, bins: Any = "tensorflow", max_bins: int | None = None) -> bytes:
    """How many values lie between borders. Raises ValueError without values."""
    flat = numpy.asarray(values, "f8").reshape(-1)
    if not flat.size:
        raise ValueError("The input has no element.")
    counts, borders = numpy.histogram(flat, bins=_default_bins() if bins == "tensorflow" else bins)
    if max_bins is not None and len(counts) > max_bins:
        step = -(-len(counts) // max_bins)
        counts = numpy.add.reduceat(counts, range(0, len(counts), step))
        borders = numpy.append(borders[:-1:step], borders[-1])
    filled = numpy.flatnonzero(counts)
    if not len(filled):
        raise ValueError("The histogram is empty, please file a bug report: all values lie outside of the bins.")
    first, last = max(filled[0] - 1, 0), filled[-1] + 1
    limits, kept = list(borders[first + 1:last + 1]), list(counts[first:last])
    if filled[0] == 0:  # a border to the left of the first values
        limits, kept = [borders[0], *limits], [0, *kept]
    fields = (protobuf.double(1, flat.min()), protobuf.double(2, flat.max()), protobuf.double(3, flat.size),
              protobuf.double(4, flat.sum()), protobuf.double(5, flat.dot(flat)), protobuf.doubles(6, limits),
              protobuf.doubles(7, kept))
    return protobuf.text(1, tag) + protobuf.content(5, *fields)


# ------------------------------------------------------------------------------------- images


def image(tag: str, pixels: Any) -> bytes:
    """An image (H, W, C) of bytes, or of floats from 0 to 1; grey, with colours, or with transparency too."""
    array = numpy.asarray(pixels)
    if array.dtype != numpy.uint8:
        array = numpy.clip(array.astype("f4") * 255, 0, 255).astype("u1")
    height, width, channels = array.shape
    fields = (protobuf.integer(1, height), protobuf.integer(2, width), protobuf.integer(3, channels),
              protobuf.content(4, png(array)))
    return protobuf.text(1, tag) + protobuf.content(4, *fields)


def png(array: Any) -> bytes:
    """A PNG file of bytes (H, W, C), C = 1, 3 or 4. https://www.w3.org/TR/png"""
    height, width, channels = array.shape
    colour = {1: 0, 3: 2, 4: 6}[channels]
    lines = numpy.zeros((height, 1 + width * channels), "u1")  # each line begins with its filter: none
    lines[:, 1:] = array.reshape(height, -1)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)), (b"IDAT", zlib.compress(lines.tobytes())),
             (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)


def as_rows(array: Any, layout: str) -> Any:
    """Bring an image, or a grid of several (a letter N), to (H, W, C) with 1, 3 or 4 channels."""
    if set(layout) not in ({"H", "W"}, {"C", "H", "W"}, {"N", "C", "H", "W"}, {"N", "H", "W"}) or len(layout) != array.ndim:
        raise AssertionError(f"size of input tensor and input format are different. tensor shape: {array.shape}, input_format: "
                             f"{layout}")
    order = [letter for letter in "NHWC" if letter in layout]
    array = array.transpose([layout.index(letter) for letter in order])
    if "C" not in layout:
        array = array[..., None]
    if "N" in layout:
        array = _grid(array)
    return numpy.repeat(array, 3, -1) if array.shape[-1] == 1 else array


def _grid(images: Any) -> Any:
    """Lay images (N, H, W, C) out in at most 8 columns."""
    count, height, width, channels = images.shape
    columns = min(count, 8)
    rows = -(-count // columns)
    canvas = numpy.zeros((rows * columns, height, width, channels), images.dtype)
    canvas[:count] = images
    return canvas.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4).reshape(
        rows * height, columns * width, channels)


# ------------------------------------------------------------------------------------- hyperparameters


_STRING, _BOOL, _NUMBER = 1, 2, 3
_SUCCESS = 1


def hyperparameters(values: dict[str, Any], metrics: dict[str, float]) -> list[bytes]:
    """The three values that make a run appear in the HPARAMS tab: what there is, what it was, and that it ended.

    Raises ValueError for what is no number, text or bool.
    """
    kinds = {name: _kind(name, value) for name, value in values.items()}
    experiment = protobuf.content(
        2, *(protobuf.content(4, protobuf.text(1, name), protobuf.integer(4, kind)) for name, kind in kinds.items()),
        *(protobuf.content(5, protobuf.content(1, protobuf.text(2, name))) for name in metrics))
    start = protobuf.content(3, *(protobuf.content(1, protobuf.text(1, name), protobuf.content(2, _field(value, kinds[name])))
                                  for name, value in values.items()))
    end = protobuf.content(4, protobuf.integer(1, _SUCCESS))
    tags = ("_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info")
    return [protobuf.text(1, tag) + _plugin("hparams", content)
            for tag, content in zip(tags, (experiment, start, end), strict=True)]


def _kind(name: str, value: Any) -> int:
    if isinstance(value, bool | numpy.bool_):
        return _BOOL
    if isinstance(value, int | float | numpy.number):
        return _NUMBER
    if isinstance(value, str):
        return _STRING
    raise ValueError(f"hparam {name!r}: value should be one of int, float, str, bool, or torch.Tensor, not {type(value)}")


def _field(value: Any, kind: int) -> bytes:
    if kind == _BOOL:
        return protobuf.integer(4, bool(value))
    return protobuf.double(2, float(value)) if kind == _NUMBER else protobuf.text(3, value)
