"""`torch.fft`: Fourier transforms. A page of names."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "ops.fft": "fft fft2 fftn hfft hfft2 hfftn ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2 rfftn",
    "ops.frequencies": "fftfreq fftshift ifftshift rfftfreq",
    "tensor": "Tensor",
}, public=public)
