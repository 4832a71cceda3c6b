"""Convolutions: N-d once, 1, 2 and 3-d thin."""
from __future__ import annotations

import math
from typing import Any

from flambeau.nn import functional as F
from flambeau.nn import init
from flambeau.nn.making import empty
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def per_dim(value: Any, dims: int) -> tuple[int, ...]:
    """Return one number for each dim."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * dims


class ConvNd(Module):
    """Parameters and options of convolutions. The weight is (out, in / groups, *kernel), transposed (in, out / groups, …)."""

    spatial_dims = 0
    transposed = False
    output_padding: tuple[int, ...]

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 dilation: Any = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__()
        _check_channels(in_channels, out_channels, groups)
        dims = self.spatial_dims
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = per_dim(kernel_size, dims), per_dim(stride, dims)
        self.padding: Any = padding if isinstance(padding, str) else per_dim(padding, dims)
        self.dilation, self.output_padding = per_dim(dilation, dims), (0,) * dims
        self.padding_mode = padding_mode
        self._check_padding()
        self._reversed_padding_repeated_twice = self._widths()
        shape = (in_channels, out_channels // groups) if self.transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(empty(*shape, *self.kernel_size, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def _check_padding(self) -> None:
        if isinstance(self.padding, str):
            if self.padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {self.padding!r}, should be one of ('same', 'valid')")
            if self.padding == "same" and any(step != 1 for step in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if self.padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {PADDING_MODES}, but got padding_mode='{self.padding_mode}'")

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly from ±1/√(inputs under a window)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.shape[1] * math.prod(self.kernel_size)
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, input: Any) -> Any:
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        """Convolve with another weight: for subclasses that compute theirs."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode), 0
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self.spatial_dims - 1]
        return convolve(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def _widths(self) -> tuple[int, ...]:
        """How much to pad in front of and behind each dim, the last dim first."""
        widths: list[int] = []
        for dim in reversed(range(self.spatial_dims)):
            if self.padding == "same":
                total = self.dilation[dim] * (self.kernel_size[dim] - 1)
                widths += [total // 2, total - total // 2]
            else:
                width = 0 if self.padding == "valid" else self.padding[dim]
                widths += [width, width]
        return tuple(widths)

    def extra_repr(self) -> str:
        dims = self.spatial_dims
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        options = (("padding", self.padding, (0,) * dims), ("dilation", self.dilation, (1,) * dims),
                   ("output_padding", self.output_padding, (0,) * dims), ("groups", self.groups, 1))
        text += "".join(f", {name}={value}" for name, value, default in options if value != default)
        text += "" if self.bias is not None else ", bias=False"
        return text + ("" if self.padding_mode == "zeros" else f", padding_mode={self.padding_mode}")


def _check_channels(in_channels: int, out_channels: int, groups: int) -> None:
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    if in_channels % groups:
        raise ValueError(f"in_channels must be divisible by groups: {in_channels} by {groups}")
    if out_channels % groups:
        raise ValueError(f"out_channels must be divisible by groups: {out_channels} by {groups}")


class Conv1d(ConvNd):
    """Slides learned windows over sequences of shape (N, C, L)."""

    spatial_dims = 1


class Conv2d(ConvNd):
    """Slides learned windows over images of shape (N, C, H, W)."""

    spatial_dims = 2


class Conv3d(ConvNd):
    """Slides learned windows over volumes of shape (N, C, D, H, W)."""

    spatial_dims = 3


class ConvTransposeNd(ConvNd):
    """Spreads each cell under a learned window: the gradient of a convolution as a layer."""

    transposed = True

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
                 output_padding: Any = 0, groups: int = 1, bias: bool = True, dilation: Any = 1,
                 padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
                         device, dtype)
        self.output_padding = per_dim(output_padding, self.spatial_dims)

    def forward(self, input: Any, output_size: Any = None) -> Any:
        extra = self.output_padding if output_size is None else self._to_reach(input, output_size)
        spread = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.spatial_dims - 1]
        return spread(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _to_reach(self, input: Any, output_size: Any) -> tuple[int, ...]:
        """Return the output padding that gives `output_size`.

        Raises ValueError where no padding below the stride does.
        """
        dims = self.spatial_dims
        wanted = tuple(output_size)[-dims:]
        if len(output_size) not in (dims, dims + 1, dims + 2):
            raise ValueError(f"{type(self).__name__}: for {input.dim()}D input, output_size must have {dims} or "
                             f"{input.dim()} elements (got {len(output_size)})")
        least = [(size - 1) * self.stride[d] - 2 * self.padding[d] + self.dilation[d] * (self.kernel_size[d] - 1) + 1
                 for d, size in enumerate(input.shape[-dims:])]
        for d in range(dims):
            if not least[d] <= wanted[d] <= least[d] + self.stride[d] - 1:
                most = [low + step - 1 for low, step in zip(least, self.stride, strict=True)]
                raise ValueError(f"requested an output size of {list(output_size)}, but valid sizes range from {least} to "
                                 f"{most} (for an input of {list(input.shape[2:])})")
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class ConvTranspose1d(ConvTransposeNd):
    """Spreads sequences of shape (N, C, L)."""

    spatial_dims = 1


class ConvTranspose2d(ConvTransposeNd):
    """Spreads images of shape (N, C, H, W)."""

    spatial_dims = 2


class ConvTranspose3d(ConvTransposeNd):
    """Spreads volumes of shape (N, C, D, H, W)."""

    spatial_dims = 3
