"""Which frequency each element of a spectrum stands for, and spectra with frequency 0 in the middle."""
from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.dtype import as_numpy, default_float
from flambeau.core.promotion import kind_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.dispatch.outs import put
from flambeau.ops.addressing import from_start
from flambeau.ops.conversion import cast
from flambeau.ops.flipping import roll

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def fftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: Any = None, layout: Any = None,
            device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return the frequencies of `fft` for `n` samples that lie `d` apart: from 0 up, then the negative ones.

    >>> fftfreq(5)
    >>> fftfreq(4, 0.5)
    """
    n = index(n)
    return _frequencies("fftfreq", lambda xp: (xp.arange(n) + n // 2) % n - n // 2, n, n * d, out, dtype, device,
                        requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: Any = None, layout: Any = None,
             device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return the frequencies of `rfft` for `n` samples that lie `d` apart.

    >>> rfftfreq(5)
    >>> rfftfreq(4, 0.5)
    """
    n = index(n)
    return _frequencies("rfftfreq", lambda xp: xp.arange(n // 2 + 1), n, n * d, out, dtype, device, requires_grad)


def _frequencies(name: str, counts: Any, n: int, duration: float, out: Any, dtype: Any, device: Any,
                 requires_grad: bool) -> Any:
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    kind = as_numpy(dtype) if dtype is not None else default_float() if out is None else out._array.dtype
    if kind_of(kind) < 2:
        raise RuntimeError(f"{name} requires a floating point or complex dtype, not {pytorch_name(kind)}")
    with devices.on(devices.resolve(device)) as xp:
        result = cast(wrap(counts(xp).astype("f8")) / duration, kind)
    if out is not None:
        return put(out, result, name)
    result.requires_grad = requires_grad
    return result


@composite
def fftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Move frequency 0 from the start of `dim` (all dims by default) to the middle.

    >>> fftshift(randn(2, 5))
    >>> fftshift(randn(2, 5), -1)
    """
    return _shifted(input, dim, forth=True)


@composite
def ifftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Undo `fftshift`.

    >>> ifftshift(randn(2, 5))
    >>> ifftshift(randn(3, 5), (0, 1))
    """
    return _shifted(input, dim, forth=False)


def _shifted(input: Tensor, dim: int | Sequence[int] | None, forth: bool) -> Tensor:
    wanted = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    dims = tuple(from_start(index(d), input.ndim) for d in wanted)
    if not dims:
        raise RuntimeError("`shifts` required: there is no dim to shift along")
    sizes = [input.shape[d] for d in dims]
    return roll(input, tuple(n // 2 if forth else -(n // 2) for n in sizes), dims)
