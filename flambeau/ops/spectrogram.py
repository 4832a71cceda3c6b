"""Spectra of short stretches of a signal, one after the other, and the signal that has them."""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.op import composite
from flambeau.ops.complex_numbers import is_complex, view_as_real
from flambeau.ops.dims import array_of
from flambeau.ops.fourier import from_half, to_half, transform
from flambeau.ops.padding import constant_pad_nd, pad
from flambeau.ops.parts import sliced
from flambeau.ops.permutation import transpose
from flambeau.ops.shape import reshape
from flambeau.ops.strides import unfold, unfold_backward

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

NO_WINDOW = ("A window was not provided. A rectangular window will be applied, {}. Pass window=torch.ones(n_fft) to have it "
             "without this warning.")
LEAST = 1e-11  # of windows added up, below which there is nothing to recover a signal from


@composite
def stft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
         window: Tensor | None = None, center: bool = True, pad_mode: str = "reflect", normalized: bool = False,
         onesided: bool | None = None, return_complex: bool | None = None, align_to_window: bool | None = None) -> Tensor:
    """Return the spectra (…, frequencies, frames) of stretches of `n_fft` samples, `hop_length` apart, under a window.

    `center`: stretches are centered on samples 0, hop_length, …; the signal is continued by `pad_mode` at both ends.

    >>> stft(randn(2, 12), 4, window=rand(4), return_complex=True)
    >>> stft(randn(12), 5, 2, 3, rand(3), center=False, normalized=True, return_complex=True)
    >>> stft(randn(12), 6, 2, 4, rand(4), center=False, align_to_window=True, return_complex=True)
    >>> stft(randn(12), 4, window=rand(4), onesided=False, pad_mode="constant", return_complex=True)
    """
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    if center:
        input = _continued(input, n_fft // 2, pad_mode)
    hop = n_fft // 4 if hop_length is None else hop_length
    length = n_fft if win_length is None else win_length
    if window is None:
        warnings.warn(NO_WINDOW.format("which is known to cause spectral leakage"), stacklevel=3)
    has_complex = is_complex(input) or (window is not None and is_complex(window))
    if return_complex is None and not has_complex:
        raise RuntimeError("stft requires the return_complex parameter be given for real inputs, and will further require "
                           "that return_complex=True in a future PyTorch release.")
    _check(input, n_fft, hop, length, window)
    if onesided and has_complex:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if align_to_window:
        beside = (n_fft - length) // 2
        input = constant_pad_nd(input, (beside, beside))
    frames = unfold(input, -1, n_fft, hop)
    shape = _window(input, window, n_fft, length)
    frames = frames * shape if shape is not None else frames
    halve = not has_complex if onesided is None else onesided
    norm, last = "ortho" if normalized else "backward", frames.ndim - 1
    spectra = to_half(frames, last, norm) if halve else transform(frames, (last,), norm, False)
    spectra = transpose(spectra, -2, -1)
    return spectra if return_complex or return_complex is None else view_as_real(spectra)


def _continued(input: Tensor, width: int, mode: str) -> Tensor:
    """Continue a signal at both ends; `pad` wants a batch of channels for all modes but one."""
    if input.ndim > 2:
        return pad(input, (width, width), mode)
    missing = 3 - input.ndim
    longer = pad(reshape(input, (*(1,) * missing, *input.shape)), (width, width), mode)
    return reshape(longer, longer.shape[3 - max(input.ndim, 1):])


def _check(input: Any, n_fft: int, hop: int, length: int, window: Any) -> None:
    """Raise RuntimeError for what cannot be cut into stretches."""
    if array_of(input).dtype.kind not in "fcV":
        raise RuntimeError(f"stft(input={input.dtype}): expected a tensor of floating point or complex values")
    if input.ndim not in (1, 2):
        raise RuntimeError(f"stft: expected a 1D or 2D tensor, got one of shape {list(input.shape)}")
    if not 0 < n_fft <= input.shape[-1]:
        raise RuntimeError(f"stft: expected 0 < n_fft <= {input.shape[-1]}, but got n_fft={n_fft}")
    if hop <= 0:
        raise RuntimeError(f"stft: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"stft: expected 0 < win_length <= n_fft, but got win_length={length}")
    _check_window("stft", window, length)


def _check_window(name: str, window: Any, length: int) -> None:
    if window is not None and tuple(window.shape) != (length,):
        raise RuntimeError(f"{name}: expected a 1D window tensor of size equal to win_length={length}, but got window with "
                           f"size {list(window.shape)}")


def _window(input: Any, window: Any, n_fft: int, length: int) -> Any:
    """Return the window with zeros on both sides up to `n_fft`; None where it would be all ones."""
    if length == n_fft:
        return window
    if window is None:
        array = array_of(input)
        window = wrap(namespace_of(array).ones(length, array.real.dtype))
    before = (n_fft - length) // 2
    return constant_pad_nd(window, (before, n_fft - length - before))


@composite
def istft(input: Tensor, n_fft: int, hop_length: int | None = None, win_length: int | None = None,
          window: Tensor | None = None, center: bool = True, normalized: bool = False, onesided: bool | None = None,
          length: int | None = None, return_complex: bool = False) -> Tensor:
    """Return the signal whose spectra, as `stft` makes them, come closest to `input`: windowed stretches, added up.

    `length`: how many samples to return; by default as many as the stretches hold.
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if window is None:
        warnings.warn(NO_WINDOW.format("please provide the window that stft was given"), stacklevel=3)
    _check_spectra(input, n_fft, hop, width, window, return_complex)
    halved = input.shape[-2] != n_fft if onesided is None else onesided
    _check_frequencies(input.shape[-2], n_fft, halved, return_complex)
    frames = _frames(transpose(input, -2, -1), n_fft, "ortho" if normalized else "backward", return_complex)
    shape = _window(frames, window, n_fft, width)
    if shape is not None:
        frames = frames * shape
    lead, count = frames.shape[:-2], frames.shape[-2]
    total = n_fft + hop * (count - 1)
    signal = unfold_backward(frames, (*lead, total), -1, n_fft, hop)
    weight = unfold_backward(_squared(frames, shape, count, n_fft), (total,), -1, n_fft, hop)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - start
    signal, weight = (sliced(part, (..., slice(start, min(end, total)))) for part in (signal, weight))
    _check_weight(weight)
    signal = signal / weight
    return signal if end <= total else _lengthened(signal, end - total)


def _frames(spectra: Tensor, n_fft: int, norm: str, return_complex: bool) -> Tensor:
    """Return the stretches of the signal; a real one needs but half of a spectrum."""
    last = spectra.ndim - 1
    if return_complex:
        return transform(spectra, (last,), norm, True)
    return from_half(sliced(spectra, (..., slice(0, n_fft // 2 + 1))), last, n_fft, norm)


def _squared(frames: Tensor, window: Any, count: int, n_fft: int) -> Tensor:
    """Return the squared window once for each stretch: what its samples have been multiplied with, there and back."""
    array = array_of(frames)
    ones = wrap(namespace_of(array).ones((count, n_fft), array.real.dtype))
    return ones if window is None else ones * (window * window)


def _check_spectra(input: Any, n_fft: int, hop: int, width: int, window: Any, return_complex: bool) -> None:
    """Raise RuntimeError for what cannot be spectra, or windows that do not fit."""
    if not is_complex(input):
        raise RuntimeError("istft requires a complex-valued input tensor matching the output from stft with "
                           "return_complex=True.")
    if input.ndim not in (2, 3):
        kind = IndexError if input.ndim < 2 else RuntimeError
        raise kind(f"istft: expected a tensor with 2 or 3 dimensions, but got {input.ndim}")
    if not array_of(input).size:
        raise RuntimeError("istft: input tensor cannot be empty.")
    if not 0 < hop <= width:
        raise RuntimeError(f"istft: expected 0 < hop_length <= win_length, not hop_length={hop} and win_length={width}")
    if not 0 < width <= n_fft:
        raise RuntimeError(f"istft: expected 0 < win_length <= n_fft, but got win_length={width}")
    _check_window("istft", window, width)
    if window is not None and is_complex(window) and not return_complex:
        raise RuntimeError("Complex windows are incompatible with return_complex=False")


def _check_frequencies(have: int, n_fft: int, halved: bool, return_complex: bool) -> None:
    if return_complex and halved:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    wanted = n_fft // 2 + 1 if halved else n_fft
    if have != wanted:
        raise RuntimeError(f"istft: expected the frequency dimension (3rd to the last) of the input tensor to match "
                           f"{'n_fft / 2 + 1' if halved else 'n_fft'} when onesided={halved}, but got {have}")


def _check_weight(weight: Any) -> None:
    array = array_of(weight)
    if not array.size:
        raise RuntimeError("istft: min(): no samples are left between start and end; check length and center")
    if not abs(array).min() > LEAST:
        raise RuntimeError("istft: window overlap add min: 1; the windows leave samples out, which cannot be recovered")


def _lengthened(signal: Tensor, missing: int) -> Tensor:
    warnings.warn("The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
                  "Please check your center and hop_length settings.", stacklevel=4)
    return constant_pad_nd(signal, (0, missing))
