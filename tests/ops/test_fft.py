"""What the samples of Fourier transforms cannot say: complex inputs, dtypes, what is refused, and signals cut in stretches.

The numbers are PyTorch 2.13's.
"""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck

SPECTRUM = [1 + 2j, 3 - 1j, 0.5j]
RAMP = torch.arange(5.0, dtype=torch.float64)


def complex_leaf(numbers=SPECTRUM):
    return torch.tensor(numbers, dtype=torch.complex128, requires_grad=True)


def numbers_of(tensor):
    return [part for pair in torch.view_as_real(tensor.detach()).tolist() for part in pair]


@pytest.mark.parametrize("name, values, gradient", [
    ("irfft", [1.4, 0.8336859493095037, -0.34549498907391685, -1.1961457974259568, 0.3079548371903702],
     [2, 0, -1, 1.3763819204711736, -1, 0.32491969623290656]),
    ("hfft", [7.0, 1.5397741859518508, -5.980728987129783, -1.727474945369584, 4.168429746547519],
     [10, 0, -5, -6.881909602355868, -5, -1.6245984811645322]),
])
def test_a_real_signal_from_half_a_spectrum_and_its_gradient(name, values, gradient):
    half = complex_leaf()
    signal = getattr(torch.fft, name)(half, n=5)
    assert signal.tolist() == pytest.approx(values)
    (signal * RAMP).sum().backward()
    assert numbers_of(half.grad) == pytest.approx(gradient)


def test_the_gradient_of_a_complex_signal_is_conjugated_as_pytorchs():
    signal = complex_leaf()
    (torch.fft.fft(signal, n=5) * RAMP * (1 + 2j)).sum().real.backward()
    assert numbers_of(signal.grad) == pytest.approx([10, -20, -9.381909602355867, 1.5590451988220644, -4.124598481164531,
                                                     4.187700759417732])


@pytest.mark.parametrize("name", ["fft", "ifftn", "irfft", "irfft2", "hfft", "hfftn", "fftshift"])
def test_gradients_of_complex_inputs_agree_with_finite_differences(name):
    transform = getattr(torch.fft, name)
    signal = complex_leaf([[1 + 2j, 3 - 1j, 0.5j], [2, -1j, 1 - 1j]])
    assert gradcheck(transform, [signal])
    assert gradgradcheck(transform, [signal])


@pytest.mark.parametrize("dtype, result", [("float32", "complex64"), ("float64", "complex128"), ("int32", "complex64"),
                                           ("bool", "complex64"), ("complex64", "complex64")])
def test_precision_is_kept_and_whole_numbers_become_floats(dtype, result):
    assert torch.fft.fft(torch.ones(4, dtype=getattr(torch, dtype))).dtype is getattr(torch, result)


@pytest.mark.parametrize("call, error, words", [
    (lambda fft, x: fft.fft(x.half()), RuntimeError, "Unsupported dtype Half"),
    (lambda fft, x: fft.rfft(x + 0j), RuntimeError, "rfft expects a real-valued input tensor, but got ComplexFloat"),
    (lambda fft, x: fft.fft(x, n=0), RuntimeError, r"Invalid number of data points \(0\) specified"),
    (lambda fft, x: fft.irfft(x[:, :1]), RuntimeError, r"Invalid number of data points \(0\) specified"),
    (lambda fft, x: fft.fft(x, norm="mean"), RuntimeError, 'Invalid normalization mode: "mean"'),
    (lambda fft, x: fft.fft(x, dim=2), IndexError, "Dimension out of range"),
    (lambda fft, x: fft.fftn(x, dim=(0, -2)), RuntimeError, "FFT dims must be unique"),
    (lambda fft, x: fft.fftn(x, (2,), (0, 1)), RuntimeError, "dim and shape arguments must have the same length"),
    (lambda fft, x: fft.fftn(x, (2, 2, 2)), RuntimeError, "Got shape with 3 values but input tensor only has 2"),
    (lambda fft, x: fft.rfftn(x.sum()), RuntimeError, "rfftn must transform at least one axis"),
    (lambda fft, x: fft.fft(x.sum()), IndexError, "Dimension specified as -1 but tensor has no dimensions"),
    (lambda fft, x: fft.fft([1.0]), TypeError, "argument 'input' .* must be Tensor, not list"),
    (lambda fft, x: fft.fftfreq(4, dtype=torch.int64), RuntimeError, "requires a floating point or complex dtype"),
])
def test_what_cannot_be_transformed_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call(torch.fft, torch.ones(2, 3))


def test_all_dims_or_the_last_ones_are_transformed():
    block = torch.arange(24.0).reshape(2, 3, 4)
    assert torch.fft.fftn(block, (3, 2)).tolist() == torch.fft.fft2(block, (3, 2)).tolist()
    assert torch.fft.fftn(block, dim=()).dtype is torch.complex64


def test_an_empty_batch_has_empty_spectra():
    assert torch.fft.rfft(torch.ones(0, 4)).shape == (0, 3)


def test_frequencies_may_be_written_into_a_tensor():
    place = torch.empty(5, dtype=torch.float64)
    assert torch.fft.fftfreq(5, 0.5, out=place) is place
    assert place.tolist() == pytest.approx([0, 0.4, 0.8, -0.8, -0.4])


# ------------------------------------------------------------------------------------- stretches of a signal

WINDOW = torch.tensor([0.25, 1.0, 1.0, 0.25])
SPECTRA = [[1 + 2j, 3 - 1j, 0.5j], [2 - 1j, 1j, 1], [0.5, 2, -1j]]


def test_a_signal_comes_back_from_its_spectra():
    signal = torch.arange(8.0) / 8
    spectra = signal.stft(4, 2, window=WINDOW, return_complex=True)
    assert spectra.shape == (3, 5)
    assert spectra.istft(4, 2, window=WINDOW).tolist() == pytest.approx(signal.tolist(), abs=1e-6)
    assert spectra.istft(4, 2, window=WINDOW, length=5).tolist() == pytest.approx(signal.tolist()[:5], abs=1e-6)


def test_any_spectra_give_the_signal_that_comes_closest_and_its_gradient():
    spectra = complex_leaf(SPECTRA)
    signal = torch.istft(spectra, 4, 2, window=WINDOW.double())
    assert signal.tolist() == pytest.approx([-0.29411764705882354, -0.3235294117647059, 1.2941176470588236,
                                             0.17647058823529413])
    (signal * RAMP[:4]).sum().backward()
    assert numbers_of(spectra.grad[1]) == pytest.approx([0, 0.11764705882352941, -0.9411764705882353, -0.11764705882352938,
                                                         0.23529411764705882, -1.411764705882353])


def test_pairs_of_real_numbers_are_returned_where_complex_ones_are_not_wanted():
    assert torch.stft(torch.ones(8), 4, window=WINDOW, return_complex=False).shape == (3, 9, 2)


def test_a_signal_longer_than_its_spectra_ends_in_zeros_with_a_warning():
    spectra = torch.stft(torch.ones(8), 4, 2, window=WINDOW, return_complex=True)
    with pytest.warns(UserWarning, match="shorter than the length parameter"):
        signal = torch.istft(spectra, 4, 2, window=WINDOW, length=12)
    assert signal.shape == (12,)
    assert not signal[10:].any()


def test_a_missing_window_is_warned_about():
    with pytest.warns(UserWarning, match="A window was not provided"):
        torch.stft(torch.ones(8), 4, return_complex=True)


@pytest.mark.parametrize("options, words", [
    ({}, "requires the return_complex parameter"),
    ({"return_complex": True, "win_length": 3}, "expected a 1D window tensor of size equal to win_length=3"),
    ({"return_complex": True, "hop_length": 0}, "expected hop_length > 0"),
    ({"return_complex": True, "align_to_window": True}, "align_to_window should only be set when center = false"),
    ({"return_complex": True, "n_fft": 9, "center": False}, "expected 0 < n_fft <= 8, but got n_fft=9"),
])
def test_what_cannot_be_cut_into_stretches_is_refused(options, words):
    with pytest.raises(RuntimeError, match=words):
        torch.stft(torch.ones(8), **{"n_fft": 4, "window": WINDOW, **options})


@pytest.mark.parametrize("options, words", [
    ({"window": torch.zeros(4)}, "window overlap add min"),
    ({"center": False, "window": torch.tensor([0.0, 1, 1, 0])}, "window overlap add min"),
    ({"onesided": False}, "to match n_fft when onesided=False, but got 3"),
    ({"return_complex": True}, "Cannot have onesided output if window or input is complex"),
    ({"hop_length": 5}, "expected 0 < hop_length <= win_length"),
    ({"length": 0}, "no samples are left"),
])
def test_what_no_signal_can_be_made_of_is_refused(options, words):
    with pytest.raises(RuntimeError, match=words):
        torch.istft(complex_leaf(SPECTRA), **{"n_fft": 4, "hop_length": 2, "window": WINDOW, **options})


# ------------------------------------------------------------------------------------- windows


@pytest.mark.parametrize("name", ["hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"])
def test_windows_come_in_every_floating_point_dtype_and_no_other(name):
    window = getattr(torch, name)
    assert window(7, dtype=torch.bfloat16).dtype is torch.bfloat16
    with pytest.raises(RuntimeError, match="expects floating point dtypes"):
        window(7, dtype=torch.int64)
    with pytest.raises(RuntimeError, match="requires non-negative window_length"):
        window(-1)
    with pytest.raises(TypeError):
        window(2.5)
