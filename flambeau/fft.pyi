# From the page's table, by tools/make_stubs.py.
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format
from flambeau.core.random import Generator
from flambeau.core.size import Size

from flambeau.ops.frequencies import fftfreq as fftfreq
from flambeau.ops.frequencies import fftshift as fftshift
from flambeau.ops.frequencies import ifftshift as ifftshift
from flambeau.ops.frequencies import rfftfreq as rfftfreq
from flambeau.tensor import Tensor as Tensor

def fft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the spectrum of a signal along `dim`, cut or filled up with zeros to `n` samples."""

def fft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the spectrum along two dims."""

def fftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the spectrum along several dims (all, or the last ones that `s` has sizes for)."""

def hfft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the real spectrum, at `n` frequencies, of a signal whose second half mirrors the first, `input`."""

def hfft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the real spectrum along two dims of a signal that is mirrored along the last."""

def hfftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the real spectrum along several dims of a signal that is mirrored along the last of them."""

def ifft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the signal whose spectrum lies along `dim`: the inverse of `fft`."""

def ifft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `fft2`."""

def ifftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `fftn`."""

def ihfft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the first half of the mirrored signal whose spectrum is real: the inverse of `hfft`."""

def ihfft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `hfft2`."""

def ihfftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `hfftn`."""

def irfft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the real signal of `n` samples (by default an even number) whose spectrum starts with `input`."""

def irfft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `rfft2`."""

def irfftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of `rfftn`."""

def rfft(input: Tensor, n: builtins.int | None = ..., dim: builtins.int = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the first half of a real signal's spectrum; the second mirrors it."""

def rfft2(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the spectrum of a real signal along two dims, of the last the first half."""

def rfftn(input: Tensor, s: builtins.int | Sequence[builtins.int] | None = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., norm: builtins.str | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the spectrum of a real signal along several dims, of the last of them the first half."""
