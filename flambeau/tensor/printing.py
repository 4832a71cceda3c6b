"""What a tensor looks like in text, to the letter as PyTorch prints it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import CPU, device_of, moved
from flambeau.core.dtype import HALVES, default_complex, default_float, from_numpy, is_packed
from flambeau.core.promotion import BOOL, FLOAT32, INT64

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class Options(NamedTuple):
    """How numbers and brackets are laid out; see `set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=float("inf")),
}


class _Current:
    options = PROFILES["default"]


def set_printoptions(precision: int | None = None, threshold: float | None = None, edgeitems: int | None = None,
                     linewidth: int | None = None, profile: str | None = None, sci_mode: bool | None = None) -> None:
    """Choose how tensors are printed.

    `precision`: digits after the point. `threshold`: tensors of more elements show only `edgeitems` at either end of
    each dim. `linewidth`: where lines break. `profile`: "default", "short" or "full" for all of these at once.
    `sci_mode`: scientific notation always (True), never (False), or where the numbers need it (None).
    """
    chosen = PROFILES.get(profile or "", _Current.options)
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _Current.options = chosen._replace(sci_mode=sci_mode, **changes)


def get_printoptions() -> dict[str, Any]:
    """Return the current options by name, ready for `set_printoptions(**options)`."""
    return _Current.options._asdict()


@contextmanager
def printoptions(**changes: Any) -> Iterator[None]:
    """Print differently inside a `with` block."""
    before = _Current.options
    set_printoptions(**changes)
    try:
        yield
    finally:
        _Current.options = before


def tensor_str(tensor: Tensor) -> str:
    """Return what `repr(tensor)` shows."""
    options, array = _Current.options, tensor._array
    kind = type(tensor).__name__
    prefix = "tensor(" if kind in ("Tensor", "Parameter") else f"{kind}("
    text = prefix + format_array(array, options, len(prefix))
    return with_suffixes(text, [*array_suffixes(array, options), *_tape_suffixes(tensor)], len(prefix), options)


def array_suffixes(array: Array, options: Options) -> list[str]:
    """Say what the numbers alone do not: a device other than the CPU, the shape of nothing, an unusual dtype."""
    suffixes = []
    if (device := device_of(array)) != CPU:
        suffixes.append(f"device='{device}'")
    if (array.size == 0 and array.ndim != 1) or (array.size and options.edgeitems == 0):
        suffixes.append(f"size={array.shape}")
    plain = {default_float()} if array.size == 0 else {default_float(), default_complex(), INT64, BOOL}
    if array.dtype not in plain:
        suffixes.append(f"dtype={from_numpy(array.dtype)}")
    return suffixes


def _tape_suffixes(tensor: Tensor) -> list[str]:
    if tensor.grad_fn is not None:
        return [f"grad_fn=<{tensor.grad_fn.name().rpartition('::')[2]}>"]
    return ["requires_grad=True"] if tensor.requires_grad else []


def with_suffixes(text: str, suffixes: list[str], indent: int, options: Options) -> str:
    """Close the bracket after `suffixes`, each on a new line where the last one is full."""
    used = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if used + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * indent + suffix
            used = indent + len(suffix)
        else:
            text += ", " + suffix
            used += len(suffix) + 2
    return text + ")"


def format_array(array: Array, options: Options, indent: int = 0) -> str:
    """Write the elements in nested brackets, the lines after the first `indent` columns in."""
    if array.size == 0:
        return "[]"
    edge = options.edgeitems if array.size > options.threshold else None
    if edge == 0 and array.ndim:
        return "[...]"
    shown = moved(array if edge is None else outskirts(array, edge), CPU)
    if shown.dtype in HALVES:
        shown = shown.astype(FLOAT32)
    if is_packed(shown.dtype):
        shown = shown.view("u1")
    return Layout(formatter_for(shown, options), array.shape, edge, options.linewidth).nested(shown.tolist(), 0, indent)


def outskirts(array: Array, edge: int) -> Array:
    """Keep the first and the last `edge` of each dim that has more, so that the rest is never looked at."""
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            before = (slice(None),) * axis
            parts = array[(*before, slice(edge))], array[(*before, slice(size - edge, None))]
            array = namespace_of(array).concatenate(parts, axis)
    return array


class Layout:
    """Brackets, commas and line breaks around formatted elements."""

    def __init__(self, formatter: Formatter, shape: tuple[int, ...], edge: int | None, linewidth: int) -> None:
        self.formatter, self.shape, self.edge, self.linewidth = formatter, shape, edge, linewidth

    def nested(self, values: Any, dim: int, indent: int) -> str:
        """Write `values`, which lie along `dim`, behind `indent` columns."""
        below = len(self.shape) - dim - 1
        if below < 0:
            return self.formatter.write(values)
        if below == 0:
            return self.row(values, dim, indent)
        parts = self.abridged([self.nested(value, dim + 1, indent + 1) for value in values], dim, "...")
        return "[" + ("," + "\n" * below + " " * (indent + 1)).join(parts) + "]"

    def row(self, values: list[Any], dim: int, indent: int) -> str:
        """Write the innermost dim, broken into lines of as many elements as fit."""
        per_line = max(1, (self.linewidth - indent) // (self.formatter.width + 2))
        words = self.abridged([self.formatter.write(value) for value in values], dim, " ...")
        lines = [", ".join(words[start:start + per_line]) for start in range(0, len(words), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"

    def abridged(self, parts: list[str], dim: int, dots: str) -> list[str]:
        """Put dots where elements were left out."""
        if self.edge is None or self.shape[dim] <= 2 * self.edge:
            return parts
        return [*parts[:self.edge], dots, *parts[self.edge:]]


class Formatter(NamedTuple):
    """How one element is written, and how wide the widest is."""

    write: Callable[[Any], str]
    width: int


def formatter_for(array: Array, options: Options) -> Formatter:
    """Find one notation that suits all elements of a NumPy array."""
    if array.dtype.kind == "c":
        return _complex_formatter(array, options)
    if array.dtype.kind == "f":
        return _padded(_notation(array, options), _nonzero(array))
    return _padded(str, (array.min(), array.max()) if array.dtype.kind in "iu" else array.ravel())


def _padded(write: Callable[[Any], str], samples: Any) -> Formatter:
    width = max(chain((1,), (len(write(sample)) for sample in _python(samples))))
    return Formatter(lambda value: write(value).rjust(width), width)


def _python(samples: Any) -> list[Any]:
    return [sample.item() for sample in samples]


def _nonzero(array: Array) -> Array:
    """The elements that decide the notation: neither zero, nor infinite, nor NaN."""
    return array[namespace_of(array).isfinite(array) & (array != 0)]


def _notation(array: Array, options: Options) -> Callable[[float], str]:
    """Choose between `1.`, `1.0000` and `1.0000e+00`."""
    values = _nonzero(array)
    precision = options.precision
    whole = bool((values == namespace_of(array).ceil(values)).all())
    scientific = _is_wide(values, whole) if options.sci_mode is None else options.sci_mode
    if scientific and values.size:
        return lambda value: f"{value:.{precision}e}"
    return _whole if whole else lambda value: f"{value:.{precision}f}"


def _is_wide(values: Array, whole: bool) -> bool:
    """Say whether the largest and the smallest number would not fit one plain notation."""
    if values.size == 0:
        return False
    sizes = abs(values)
    largest, smallest = float(sizes.max()), float(sizes.min())
    return largest / smallest > 1000.0 or largest > 1e8 or (smallest < 1e-4 and not whole)


def _whole(value: float) -> str:
    text = f"{value:.0f}"
    return text if value in _INFINITE or value != value else text + "."  # the latter: NaN


_INFINITE = (float("inf"), float("-inf"))


def _complex_formatter(array: Array, options: Options) -> Formatter:
    real, imaginary = formatter_for(array.real, options), formatter_for(array.imag, options)

    def write(value: complex) -> str:
        second = imaginary.write(value.imag).lstrip() + "j"
        return real.write(value.real) + (second if second.startswith("-") else "+" + second)

    return Formatter(write, real.width + imaginary.width + 1)
