"""What the parts of a sparse tensor must be for it to be one, and whether that is looked at in full."""
from __future__ import annotations

import functools
from types import TracebackType
from typing import Any

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.inplace import pytorch_name
from flambeau.sparse.compressed import Format


class _Checks:
    everything = False


class check_sparse_tensor_invariants:  # noqa: N801  PyTorch's name
    """Have constructors look whether indices are sorted and distinct, too: as a `with` block, a decorator, or for good."""

    def __init__(self, enable: bool = True) -> None:
        self.state = enable
        self.saved_state: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        return _Checks.everything

    @staticmethod
    def enable() -> None:
        _Checks.everything = True

    @staticmethod
    def disable() -> None:
        _Checks.everything = False

    def __enter__(self) -> None:
        if self.saved_state is not None:
            raise RuntimeError("This context manager instance is already activated. Use a different context manager instance "
                               "for context nesting.")
        self.saved_state = self.is_enabled()
        _Checks.everything = self.state

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.saved_state is not None
        _Checks.everything, self.saved_state = self.saved_state, None

    def __call__(self, function: Any) -> Any:
        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.state):
                return function(*args, **kwargs)

        return checked


def check(form: Format, ends: Any, cells: Any, values: Any, size: tuple[int, ...], wanted: bool | None) -> None:
    """Raise RuntimeError for parts that make no tensor of this format.

    `wanted`: False looks at nothing. What would make a place outside of the tensor is refused otherwise, and what is
    out of order where it is True or, with None, where `check_sparse_tensor_invariants` is on.
    """
    if wanted is False:
        return
    _check_dims(form, ends, cells, values, size)
    _check_counts(form, ends, cells, values, size)
    _check_dtypes(form, ends, cells)
    _check_places(form, ends, cells, size, _block(form, ends, values))
    if wanted or wanted is None and _Checks.everything:
        _check_order(form, ends, cells)


def _block(form: Format, ends: Any, values: Any) -> tuple[int, ...]:
    return tuple(values.shape[ends.ndim:ends.ndim + 2]) if form.blocks else (1, 1)


def _check_dims(form: Format, ends: Any, cells: Any, values: Any, size: tuple[int, ...]) -> None:
    compressed, plain = form.names
    for name, indices in ((compressed, ends), (plain, cells)):
        if indices.ndim < 1:
            raise RuntimeError(f"{name} must have dimensionality >= 1 but got {indices.ndim}")
    batch, block = ends.ndim - 1, 2 * form.blocks
    if cells.ndim != ends.ndim:
        raise RuntimeError(f"{compressed} and {plain} dimensionalities must be equal but got {ends.ndim} and {cells.ndim}, "
                           "respectively")
    if values.ndim <= batch + block:
        raise RuntimeError(f"values must have dimensionality > sum of batch and block dimensionalities (={batch} + {block}) "
                           f"but got {values.ndim}")
    dense = values.ndim - batch - block - 1
    if len(size) != batch + 2 + dense:
        raise RuntimeError(f"tensor dimensionality must be sum of batch, base, and dense dimensionalities (={batch} + 2 + "
                           f"{dense}) but got {len(size)}")


def _check_counts(form: Format, ends: Any, cells: Any, values: Any, size: tuple[int, ...]) -> None:
    compressed, plain = form.names
    batch, block = ends.ndim - 1, _block(form, ends, values)
    if not (tuple(size[:batch]) == tuple(ends.shape[:-1]) == tuple(cells.shape[:-1]) == tuple(values.shape[:batch])):
        raise RuntimeError(f"all batch dimensions of {compressed} (={list(ends.shape[:-1])}), {plain} "
                           f"(={list(cells.shape[:-1])}), values (={list(values.shape[:batch])}) and tensor dimensions "
                           f"(={list(size[:batch])}) must be equal to tensor batch dimensions")
    for dim in (0, 1):
        if block[dim] < 1 or size[batch + dim] % block[dim]:
            raise RuntimeError(f"tensor shape[{batch + dim}] (={size[batch + dim]}) must be divisible with blocksize[{dim}] "
                               f"(={block[dim]}) as defined by values shape")
    if tuple(size[batch + 2:]) != tuple(values.shape[batch + 1 + 2 * form.blocks:]):
        raise RuntimeError(f"the dense dims of values {list(values.shape)} must be those of the tensor {list(size)}")
    lines = size[batch + (not form.by_rows)] // block[not form.by_rows]
    if ends.shape[-1] != lines + 1:
        what = ("row" if form.by_rows else "column") + (" block" if form.blocks else "") + "s"
        raise RuntimeError(f"{compressed}.shape[-1] must be equal to the number of {what} + 1 (={lines + 1}), but got "
                           f"{ends.shape[-1]}")
    if cells.shape[-1] != values.shape[batch]:
        raise RuntimeError(f"{plain}.shape[-1] must be equal to nnz (={values.shape[batch]}) as defined by "
                           f"values.shape[{batch}], but got {cells.shape[-1]}")


def _check_dtypes(form: Format, ends: Any, cells: Any) -> None:
    (compressed, plain), (first, second) = form.names, (pytorch_name(part._array.dtype) for part in (ends, cells))
    if first != second:
        raise RuntimeError(f"{compressed} and {plain} must have the same dtype, but got {first} and {second}, respectively")
    if first not in ("Int", "Long"):
        raise RuntimeError(f"{compressed} and {plain} dtype must be Int or Long, but got {first}")


def _check_places(form: Format, ends: Any, cells: Any, size: tuple[int, ...], block: tuple[int, ...]) -> None:
    compressed, plain = form.names
    width = size[ends.ndim - 1 + form.by_rows] // block[form.by_rows]
    count, first = "ncols" if form.by_rows else "nrows", ends._array
    if first.size and (first[..., 0] != 0).any():
        raise RuntimeError(f"`{compressed}[..., 0] == 0` is not satisfied.")
    if first.size and (first[..., -1] != cells.shape[-1]).any():
        raise RuntimeError(f"`{compressed}[..., -1] == nnz` is not satisfied.")
    lengths = first[..., 1:] - first[..., :-1]
    if ((lengths < 0) | (lengths > width)).any():
        raise RuntimeError(f"`0 <= {compressed}[..., 1:] - {compressed}[..., :-1] <= {count}` is not satisfied.")
    if ((cells._array < 0) | (cells._array >= width)).any():
        raise RuntimeError(f"`0 <= {plain} < {count}` is not satisfied.")


def _check_order(form: Format, ends: Any, cells: Any) -> None:
    """Each cell must come after the one before, but for the first of a line."""
    compressed, plain = form.names
    array, members = cells._array, cells.shape[-1]
    if members < 2:
        return
    xp = namespace_of(array)
    for line_ends, line in zip(ends._array.reshape(-1, ends.shape[-1]), array.reshape(-1, members), strict=True):
        rises = line[1:] > line[:-1]
        starts = xp.zeros(members + 1, bool)
        starts[line_ends] = True
        if not (rises | starts[1:members]).all():
            raise RuntimeError(f"`{plain}[..., {compressed}[..., i - 1]:{compressed}[..., i]] for all i = 1, ..., n are sorted "
                               "and distinct along the last dimension values` is not satisfied.")
