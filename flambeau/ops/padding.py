"""Borders added around a tensor, or cut off where a width is negative."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.fitting import number_for
from flambeau.dispatch.layout import as_suggested
from flambeau.dispatch.op import composite, op
from flambeau.ops.dims import sizes_of
from flambeau.ops.parts import sliced

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Widths = tuple[tuple[int, int], ...]  # (before, behind) for each dim
HOW = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def widths_of(pad: Sequence[int], ndim: int) -> Widths:
    """Return PyTorch's list, which starts with the last dim, as a pair for each dim."""
    pad = sizes_of((pad,))
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * ndim:
        raise RuntimeError(f"Length of pad should be no more than twice the number of dimensions of the input. Pad length "
                           f"is {len(pad)} while the input has {ndim} dimensions.")
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return ((0, 0),) * (ndim - len(pairs)) + tuple(reversed(pairs))


def _inner(shape: Sequence[int], widths: Widths) -> tuple[slice, ...]:
    """The part of a shape that is left where widths are negative."""
    return tuple(slice(max(-before, 0), n - max(-behind, 0))
                 for n, (before, behind) in zip(shape, widths, strict=True))


@op(layout=as_suggested, grad={"input": lambda g, widths: _constant(g, tuple((-a, -b) for a, b in widths), 0)},
    grad_name="ConstantPadNdBackward0")
def _constant(input: Tensor, widths: Widths, value: float) -> Tensor:
    shape = tuple(n + before + behind for n, (before, behind) in zip(input.shape, widths, strict=True))
    if min(shape, default=0) < 0:
        raise RuntimeError(f"The input size {list(input.shape)}, plus negative padding {widths}, resulted in a negative "
                           "output size, which is invalid.")
    result = namespace_of(input).full(shape, number_for(input.dtype, value), input.dtype)
    part = input[_inner(input.shape, widths)]
    result[tuple(slice(max(before, 0), max(before, 0) + n) for n, (before, _) in zip(part.shape, widths, strict=True))] = part
    return result


@composite
def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """Surround with a constant; `pad` lists widths (before, behind) from the last dim on.

    >>> constant_pad_nd(randn(2, 3), (1, 2))
    >>> constant_pad_nd(randn(2, 3), (-1, 1, 0, 1), 0.5)
    """
    return _constant(input, widths_of(pad, input.ndim), value)


@op(layout=as_suggested, grad={"input": lambda g, widths, mode: pad_backward(g, widths, mode)}, grad_name="PadBackward0")
def _mirrored(input: Tensor, widths: Widths, mode: str) -> Tensor:
    return namespace_of(input).pad(input, widths, HOW[mode])


@op(grad={"grad": lambda g, widths, mode: _mirrored(g, widths, mode)})
def pad_backward(grad: Tensor, widths: Widths, mode: str) -> Tensor:
    """Add what lies in the borders back to the cells it was copied from.

    >>> pad_backward(randn(5), ((1, 1),), "reflect")
    """
    for dim, (before, behind) in enumerate(widths):
        if before or behind:
            lines = namespace_of(grad).moveaxis(grad, dim, 0)
            grad = namespace_of(grad).moveaxis(_fold(lines, before, behind, mode), 0, dim)
    return grad


def _fold(lines: Array, before: int, behind: int, mode: str) -> Array:
    size = len(lines) - before - behind
    head, core, tail = lines[:before], lines[before:before + size].copy(), lines[before + size:]
    if mode == "circular":
        core[size - before:] += head
        core[:behind] += tail
    elif mode == "reflect":
        core[1:before + 1] += head[::-1]
        core[size - 1 - behind:size - 1] += tail[::-1]
    else:
        core[:1] += head.sum(0)
        core[-1:] += tail.sum(0)
    return core


def _check(shape: Sequence[int], widths: Widths, mode: str) -> None:
    """Raise RuntimeError where a border is wider than what it repeats."""
    for dim, (n, (before, behind)) in enumerate(zip(shape, widths, strict=True)):
        if mode == "reflect" and max(before, behind) >= n and max(before, behind) > 0:
            raise RuntimeError(f"Argument #4: Padding size should be less than the corresponding input dimension, but got: "
                               f"padding ({before}, {behind}) at dimension {dim} of input {list(shape)}")
        if mode == "circular" and max(before, behind) > n:
            raise RuntimeError(f"Padding value causes wrapping around more than once: padding ({before}, {behind}) at "
                               f"dimension {dim} of input {list(shape)}")
        if n + before + behind < 0 or (mode != "circular" and (before or behind) and n + before + behind < 1):
            raise RuntimeError(f"input (size {n} at dimension {dim}) is too small for padding ({before}, {behind}): the "
                               f"output would have size {n + before + behind}")


def _check_rank(ndim: int, pad: Sequence[int]) -> None:
    pairs = len(pad) // 2
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if pairs not in (1, 2, 3) or ndim not in (pairs + 1, pairs + 2):
        raise NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now: got "
                                  f"{ndim} dims and a pad of length {len(pad)}")


@composite
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Add borders: of `value`, or of what the input holds mirrored ("reflect"), at its edge ("replicate"), or at its
    other end ("circular"). `pad` lists widths (before, behind) from the last dim on; negative ones cut off.

    >>> pad(randn(2, 3), (1, 2), value=0.5)
    >>> pad(randn(1, 2, 4), (2, 1), mode="reflect")
    >>> pad(randn(1, 2, 3, 3), (1, 2, 0, 1), mode="replicate")
    >>> pad(randn(1, 2, 3), (2, -1), mode="circular")
    """
    if mode == "constant":
        return constant_pad_nd(input, pad, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f"Padding mode \"{mode}\" doesn't take in value argument")
    if mode not in HOW:
        raise NotImplementedError(f"Unrecognised padding mode {mode}; use constant, reflect, replicate or circular")
    _check_rank(input.ndim, pad)
    widths = widths_of(pad, input.ndim)
    _check(input.shape, widths, mode)
    return _bordered(input, widths, mode)


def _bordered(input: Any, widths: Widths, mode: str) -> Any:
    """Cut off and add borders. What is mirrored or repeated lies where it lay before the cut, what goes round does not."""
    added = tuple((max(before, 0), max(behind, 0)) for before, behind in widths)
    cut = tuple((min(before, 0), min(behind, 0)) for before, behind in widths)
    if mode == "circular":
        return _mirrored(_cut(input, cut), added, mode)
    return _cut(_mirrored(input, added, mode), cut)


def _cut(input: Any, widths: Widths) -> Any:
    return sliced(input, _inner(input.shape, widths)) if any(min(pair) < 0 for pair in widths) else input
