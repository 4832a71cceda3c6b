"""`torch.fft`: Fourier transforms along one dim, two, or any number of them."""
from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple

from flambeau.core.dtype import HALVES, default_float
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.ops.addressing import from_start
from flambeau.ops.complex_numbers import conj
from flambeau.ops.conversion import cast
from flambeau.ops.dims import Sizes, is_complex
from flambeau.ops.fourier import OPPOSITE, from_half, to_half, transform
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.parts import along, sliced

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Dims = int | Sequence[int] | None


@composite
def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the spectrum of a signal along `dim`, cut or filled up with zeros to `n` samples.

    `norm` says which way divides by n: "backward" (the inverse, the default), "forward", or both by its root, "ortho".

    >>> fft(randn(2, 5))
    >>> fft(randn(3, 4), n=5, dim=0, norm="ortho")
    """
    return _along(input, "fft", (dim,), n, norm, inverse=False)


@composite
def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the signal whose spectrum lies along `dim`: the inverse of `fft`.

    >>> ifft(randn(2, 5))
    >>> ifft(randn(3, 4), n=2, dim=0, norm="forward")
    """
    return _along(input, "ifft", (dim,), n, norm, inverse=True)


@composite
def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the first half of a real signal's spectrum; the second mirrors it.

    >>> rfft(randn(2, 5))
    >>> rfft(randn(3, 4), n=6, dim=0, norm="ortho")
    """
    return _real_to_half(input, "rfft", (dim,), n, norm)


@composite
def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the real signal of `n` samples (by default an even number) whose spectrum starts with `input`.

    >>> irfft(randn(2, 5))
    >>> irfft(randn(3, 4), n=5, dim=0, norm="ortho")
    """
    return _half_to_real(input, "irfft", (dim,), n, norm)


@composite
def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the real spectrum, at `n` frequencies, of a signal whose second half mirrors the first, `input`.

    >>> hfft(randn(2, 5))
    >>> hfft(randn(3, 4), n=5, dim=0, norm="forward")
    """
    return _mirrored_to_real(input, "hfft", (dim,), n, norm)


@composite
def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the first half of the mirrored signal whose spectrum is real: the inverse of `hfft`.

    >>> ihfft(randn(2, 5))
    >>> ihfft(randn(3, 4), n=6, dim=0, norm="forward")
    """
    return _real_to_mirrored(input, "ihfft", (dim,), n, norm)


@composite
def fftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the spectrum along several dims (all, or the last ones that `s` has sizes for).

    >>> fftn(randn(2, 3))
    >>> fftn(randn(2, 3, 4), s=(4, -1), norm="ortho")
    >>> fftn(randn(2, 3, 4), (3, 2), (0, -1))
    """
    return _along(input, "fftn", dim, s, norm, inverse=False)


@composite
def ifftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the inverse of `fftn`.

    >>> ifftn(randn(2, 3))
    >>> ifftn(randn(2, 3, 4), (3, 2), (0, -1), "forward")
    """
    return _along(input, "ifftn", dim, s, norm, inverse=True)


@composite
def rfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the spectrum of a real signal along several dims, of the last of them the first half.

    >>> rfftn(randn(2, 3))
    >>> rfftn(randn(2, 3, 4), (3, 2), (0, 1), "ortho")
    """
    return _real_to_half(input, "rfftn", dim, s, norm)


@composite
def irfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the inverse of `rfftn`.

    >>> irfftn(randn(2, 3))
    >>> irfftn(randn(2, 3, 4), (3, 5), (0, 1), "ortho")
    """
    return _half_to_real(input, "irfftn", dim, s, norm)


@composite
def hfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the real spectrum along several dims of a signal that is mirrored along the last of them.

    >>> hfftn(randn(2, 3))
    >>> hfftn(randn(2, 3, 4), (3, 5), (0, 1), "ortho")
    """
    return _mirrored_to_real(input, "hfftn", dim, s, norm)


@composite
def ihfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """Return the inverse of `hfftn`.

    >>> ihfftn(randn(2, 3))
    >>> ihfftn(randn(2, 3, 4), (3, 5), (0, 1), "forward")
    """
    return _real_to_mirrored(input, "ihfftn", dim, s, norm)


@composite
def fft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the spectrum along two dims.

    >>> fft2(randn(2, 3))
    """
    return _along(input, "fft2", dim, s, norm, inverse=False)


@composite
def ifft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the inverse of `fft2`.

    >>> ifft2(randn(2, 3), (3, 2))
    """
    return _along(input, "ifft2", dim, s, norm, inverse=True)


@composite
def rfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the spectrum of a real signal along two dims, of the last the first half.

    >>> rfft2(randn(2, 3))
    """
    return _real_to_half(input, "rfftn", dim, s, norm)


@composite
def irfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the inverse of `rfft2`.

    >>> irfft2(randn(2, 3), norm="forward")
    """
    return _half_to_real(input, "irfftn", dim, s, norm)


@composite
def hfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the real spectrum along two dims of a signal that is mirrored along the last.

    >>> hfft2(randn(2, 3))
    """
    return _mirrored_to_real(input, "hfftn", dim, s, norm)


@composite
def ihfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """Return the inverse of `hfft2`.

    >>> ihfft2(randn(2, 3), norm="ortho")
    """
    return _real_to_mirrored(input, "ihfftn", dim, s, norm)


# ------------------------------------------------------------------------------------- the four kinds


class _Plan(NamedTuple):
    """What to transform: dims from the start, a size for each (-1: as it is), and who divides by n."""

    dims: Sizes
    sizes: Sizes
    norm: str


def _along(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None, inverse: bool) -> Tensor:
    input = _numbers(input, name)
    plan = _plan(input.shape, name, dim, sizes, norm)
    return transform(resized(input, plan.dims, plan.sizes), plan.dims, plan.norm, inverse)


def _real_to_half(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None) -> Tensor:
    input = _real_numbers(input, name)
    plan = _plan(input.shape, name, dim, sizes, norm, least=1)
    half = to_half(resized(input, plan.dims, plan.sizes), plan.dims[-1], plan.norm)
    return _others(half, plan, inverse=False)


def _half_to_real(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None) -> Tensor:
    half, plan = _half_spectrum(input, name, dim, sizes, norm)
    return from_half(_others(half, plan, inverse=True), plan.dims[-1], plan.sizes[-1], plan.norm)


def _mirrored_to_real(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None) -> Tensor:
    half, plan = _half_spectrum(input, name, dim, sizes, norm)
    half = conj(_others(half, plan, inverse=False))
    return from_half(half, plan.dims[-1], plan.sizes[-1], OPPOSITE[plan.norm])


def _real_to_mirrored(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None) -> Tensor:
    input = _real_numbers(input, name)
    plan = _plan(input.shape, name, dim, sizes, norm, least=1)
    half = conj(to_half(resized(input, plan.dims, plan.sizes), plan.dims[-1], OPPOSITE[plan.norm]))
    return _others(half, plan, inverse=True)


def _others(half: Tensor, plan: _Plan, inverse: bool) -> Tensor:
    """Transform along all dims but the last, of which there is but half."""
    return transform(half, plan.dims[:-1], plan.norm, inverse) if len(plan.dims) > 1 else half


def _half_spectrum(input: Any, name: str, dim: Dims, sizes: Dims, norm: str | None) -> tuple[Any, _Plan]:
    """Return `input` with the frequencies that a signal of the wanted size has, and the plan with this size in it."""
    input = _numbers(input, name)
    plan = _plan(input.shape, name, dim, sizes, norm, least=1)
    last = plan.sizes[-1] if plan.sizes[-1] != -1 else 2 * (input.shape[plan.dims[-1]] - 1)
    if last < 1:
        raise RuntimeError(f"Invalid number of data points ({last}) specified")
    input = resized(input, plan.dims, (*plan.sizes[:-1], last // 2 + 1))
    return input, plan._replace(sizes=(*plan.sizes[:-1], last))


# ------------------------------------------------------------------------------------- arguments


def _numbers(input: Any, name: str) -> Any:
    """Return the input as floats or complex numbers. Raises RuntimeError for half types, as PyTorch does on a CPU."""
    if not isinstance(input, TensorBase):
        raise TypeError(f"fft_{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    dtype = input._array.dtype
    if dtype in HALVES:
        raise RuntimeError(f"Unsupported dtype {pytorch_name(dtype)}; convert the input to float32 first")
    return input if dtype.kind in "fc" else cast(input, default_float())


def _real_numbers(input: Any, name: str) -> Any:
    input = _numbers(input, name)
    if is_complex(input):
        raise RuntimeError(f"{name} expects a real-valued input tensor, but got {pytorch_name(input._array.dtype)}; take "
                           f"`.real`, or the transform of complex numbers")
    return input


def _plan(shape: Sizes, name: str, dim: Dims, sizes: Dims, norm: str | None, least: int = 0) -> _Plan:
    """Check what to transform. Raises RuntimeError or IndexError where PyTorch does."""
    norm = "backward" if norm is None else norm
    if norm not in OPPOSITE:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"; choose from {", ".join(OPPOSITE)}')
    dims = _dims(shape, dim, sizes)
    if len(dims) < least:
        raise RuntimeError(f"{name} must transform at least one axis")
    wanted = (-1,) * len(dims) if sizes is None else _ints(sizes)
    if len(wanted) != len(dims):
        raise RuntimeError(f"When given, dim and shape arguments must have the same length, not {len(dims)} and "
                           f"{len(wanted)}")
    only_one = isinstance(sizes, int)
    for d, n in zip(dims, wanted, strict=True):
        count = shape[d] if n == -1 and not only_one else n
        if count < 1:
            raise RuntimeError(f"Invalid number of data points ({count}) specified")
    return _Plan(dims, wanted, norm)


def _ints(value: Any) -> Sizes:
    return tuple(map(index, value)) if isinstance(value, tuple | list) else (index(value),)


def _dims(shape: Sizes, dim: Dims, sizes: Dims) -> Sizes:
    count = len(shape)
    if dim is None:
        chosen = count if sizes is None else len(_ints(sizes))
        if chosen > count:
            raise RuntimeError(f"Got shape with {chosen} values but input tensor only has {count} dimensions.")
        return tuple(range(count - chosen, count))
    dims = _ints(dim)
    if dims and not count:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    found = tuple(from_start(d, count) for d in dims)
    if len(set(found)) < len(found):
        raise RuntimeError(f"FFT dims must be unique, but got {dims}")
    return found


def resized(input: Tensor, dims: Sizes, sizes: Sizes) -> Tensor:
    """Cut dims to their sizes, or fill them up with zeros behind; -1 leaves a dim as it is."""
    for dim, size in zip(dims, sizes, strict=True):
        have = input.shape[dim]
        if size > have:
            input = constant_pad_nd(input, (*(0, 0) * (input.ndim - dim - 1), 0, size - have))
        elif 0 <= size < have:
            input = sliced(input, along(dim, slice(0, size)))
    return input
