"""Layers that learn the size of their input from the first one they see."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn.convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from flambeau.nn.linear import Linear
from flambeau.nn.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from flambeau.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy
from flambeau.ops.creation import tensor


class LazyModuleMixin:
    """Makes a layer wait for its first input: `initialize_parameters(*inputs)` then gives its parameters their shapes.

    Afterwards the module is of the class `cls_to_become`. A subclass leaves what it does not know yet as
    `UninitializedParameter` and `UninitializedBuffer`. Loading a state gives the shapes too.
    """

    cls_to_become: type | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook: Any = self._register_load_state_dict_pre_hook(self._lazy_load_hook)  # type: ignore[attr-defined]
        self._initialize_hook: Any = self.register_forward_pre_hook(  # type: ignore[attr-defined]
            _infer_parameters, with_kwargs=True)

    def _lazy_tensors(self) -> dict[str, Any]:
        owned = {**self._parameters, **self._buffers}  # type: ignore[attr-defined]
        return {name: value for name, value in owned.items() if is_lazy(value)}

    def has_uninitialized_params(self) -> bool:
        """Say whether some shape is still unknown."""
        return bool(self._lazy_tensors())

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, from the first input."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def _lazy_load_hook(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """Take the shapes from a state that is about to be loaded."""
        for name, value in self._lazy_tensors().items():
            given = state_dict.get(prefix + name)
            if given is not None and not is_lazy(given):
                with no_grad():
                    value.materialize(given.shape)


def _infer_parameters(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before the first forward: learn the shapes and become an ordinary module."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


# ------------------------------------------------------------------------------------- linear


class LazyLinear(LazyModuleMixin, Linear):
    """A `Linear` that learns `in_features` from its first input."""

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Any) -> None:
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        elif not self.in_features:
            self.in_features = self.weight.shape[-1]  # of a state that was loaded


# ------------------------------------------------------------------------------------- convolution


class _LazyConv(LazyModuleMixin):
    """What lazy convolutions share."""

    groups: int

    def __init__(self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._wait(out_channels, bias, device, dtype)

    def _wait(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.weight: Any = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias: Any = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any) -> None:
        if self.has_uninitialized_params():
            self.in_channels = self._channels_of(input)
            if self.in_channels % self.groups:
                raise ValueError("in_channels must be divisible by groups")
            self.weight.materialize(self._weight_shape())
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()
        elif not self.in_channels:
            self.in_channels = self.weight.shape[0 if self.transposed else 1] * (  # type: ignore[attr-defined]
                1 if self.transposed else self.groups)  # type: ignore[attr-defined]

    def _weight_shape(self) -> tuple[int, ...]:
        outs, ins = self.out_channels, self.in_channels
        pair = (ins, outs // self.groups) if self.transposed else (outs, ins // self.groups)  # type: ignore[attr-defined]
        return (*pair, *self.kernel_size)  # type: ignore[attr-defined]

    def _channels_of(self, input: Any) -> int:
        dims = self.spatial_dims  # type: ignore[attr-defined]
        if input.dim() not in (dims + 1, dims + 2):
            raise RuntimeError(f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {type(self).__name__}, but "
                               f"got input of size: {input.shape}")
        return int(input.shape[-dims - 1])


class _LazyConvTranspose(_LazyConv):
    """The same with the order of options that transposed convolutions have."""

    def __init__(self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                 groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        LazyModuleMixin.__init__(self, 0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation,
                                 padding_mode)
        self._wait(out_channels, bias, device, dtype)


def _lazy(base: type, kind: type) -> Any:
    """Make the lazy form of a layer."""
    text = f"A `{kind.__name__}` that learns the number of channels from its first input."
    return type(f"Lazy{kind.__name__}", (base, kind), {"cls_to_become": kind, "__doc__": text, "__module__": __name__})


LazyConv1d, LazyConv2d, LazyConv3d = (_lazy(_LazyConv, kind) for kind in (Conv1d, Conv2d, Conv3d))
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = (
    _lazy(_LazyConvTranspose, kind) for kind in (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d))


# ------------------------------------------------------------------------------------- norms


class _LazyNorm(LazyModuleMixin):
    """What lazy batch and instance norms share: both have parameters and statistics unless told otherwise."""

    def __init__(self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, device: Any = None, dtype: Any = None, *, bias: bool = True) -> None:
        super().__init__(0, eps, momentum, False, False)
        self.affine, self.track_running_stats = affine, track_running_stats
        made = {"device": device, "dtype": dtype}
        if self.affine:
            self.weight: Any = UninitializedParameter(**made)
            self.bias: Any = UninitializedParameter(**made) if bias else None
        if self.track_running_stats:
            self.running_mean: Any = UninitializedBuffer(**made)
            self.running_var: Any = UninitializedBuffer(**made)
            self.num_batches_tracked = tensor(0, device=device)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any) -> None:
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            for value in self._lazy_tensors().values():
                value.materialize((self.num_features,))
            self.reset_parameters()
        elif not self.num_features:
            known = next((value for value in (self.weight, self.running_mean) if value is not None), None)
            self.num_features = input.shape[1] if known is None else known.shape[0]


LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d = (
    _lazy(_LazyNorm, kind) for kind in (BatchNorm1d, BatchNorm2d, BatchNorm3d))
LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d = (
    _lazy(_LazyNorm, kind) for kind in (InstanceNorm1d, InstanceNorm2d, InstanceNorm3d))
