"""Convolutions: forward, and back to the input and the weight."""
from __future__ import annotations

from typing import Any

from numpy import ascontiguousarray

from flambeau.dispatch.kernel import kernel
from flambeau.kernels.cpu.native import native
from flambeau.ops.convolution import convolve, convolve_transposed, convolve_weight


@kernel(convolve, "cpu")
def packed_convolve(input: Any, weight: Any, *options: Any) -> Any:
    return native.convolve(input, ascontiguousarray(weight), *options)


@kernel(convolve_transposed, "cpu")
def packed_convolve_transposed(input: Any, weight: Any, *options: Any) -> Any:
    return native.convolve_transposed(ascontiguousarray(input), ascontiguousarray(weight), *options)


@kernel(convolve_weight, "cpu")
def packed_convolve_weight(large: Any, small: Any, *options: Any) -> Any:
    return native.convolve_weight(large, ascontiguousarray(small), *options)
