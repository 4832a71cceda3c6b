"""What kind of tensor one is: mostly the kinds that PyTorch has and flambeau has not, which programs ask for all the same."""
from __future__ import annotations

import importlib
import warnings
from typing import Any

from flambeau.core.layout import memory_format
from flambeau.core.tensor import TensorBase


def _never(kind: str) -> Any:
    return property(lambda self: False, doc=f"False: no tensor here is {kind}.")


def _of_others(name: str, kind: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"Could not run {name}(): this tensor is not {kind}, and no tensor here is")

    method.__name__ = name
    method.__doc__ = f"Raise NotImplementedError: this tensor is not {kind}."
    return method


def _to_others(name: str) -> Any:
    def method(self: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
        raise AssertionError(f"Torch not compiled with {name.upper()} enabled: tensors are on the CPU or, by CuPy, on CUDA")

    method.__name__ = name
    method.__doc__ = f"Raise AssertionError: tensors cannot be on {name.upper()}."
    return method


class KindMethods(TensorBase):
    __slots__ = ()

    is_meta = _never("without memory")
    is_mkldnn = _never("in oneDNN's layout")
    is_nested = _never("nested")
    is_quantized = _never("quantized")
    is_ipu, is_maia, is_mps, is_mtia, is_vulkan, is_xla, is_xpu = map(_never, (
        "on an IPU", "on a MAIA", "on Apple's GPU", "on an MTIA", "on Vulkan", "on XLA", "on Intel's GPU"))

    @property
    def is_cpu(self) -> bool:
        return bool(self.device.type == "cpu")

    def is_distributed(self) -> bool:
        return False

    def is_nonzero(self) -> bool:
        """Say whether the one element is not zero. Raises RuntimeError for more elements or none."""
        return bool(self)

    def is_same_size(self, other: Any) -> bool:
        return bool(self.shape == other.shape)

    def is_set_to(self, tensor: Any) -> bool:
        """Say whether both look at the same memory in the same way."""
        return bool(self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape and self.stride() == tensor.stride())

    def get_device(self) -> int:
        """Return the number of the GPU that this tensor is on, -1 for the CPU."""
        return self.device.index if self.device.type == "cuda" else -1

    name = property(lambda self: None, doc="None: no tensor here has a name.")
    volatile = property(lambda self: False, doc="False; use torch.no_grad().")

    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[int, ...]:
        """Return the dims in the order in which they lie in memory, the slowest first.

        `ambiguity_check`: True, or a list of memory formats, raises RuntimeError where dims of size 1 or of equal steps
        leave several orders, unless exactly one of the formats fits. Raises TypeError for anything else.
        """
        steps = self.stride()
        formats = ambiguity_check if isinstance(ambiguity_check, list) else []
        if not isinstance(ambiguity_check, bool | list) or not all(isinstance(wanted, memory_format) for wanted in formats):
            raise TypeError(f"The ambiguity_check argument must be a bool or a list of memory formats, not {ambiguity_check!r}")
        is_told = len(set(steps)) == len(steps) and 1 not in self.shape
        if ambiguity_check is not False and not is_told and sum(map(self.is_contiguous, formats)) != 1:
            raise RuntimeError("The tensor does not have unique dim order, or cannot map to exact one of the given memory "
                               f"formats: shape {tuple(self.shape)}, strides {steps}")
        return tuple(sorted(range(len(steps)), key=lambda dim: -steps[dim]))

    # ------------------------------------------------------------------------------ memory

    def untyped_storage(self) -> Any:
        """Return the bytes that this tensor looks at, and all that lies around them."""
        return importlib.import_module("flambeau.storage").of(self)

    def storage(self) -> Any:
        """Return the memory that this tensor looks at, by elements. Deprecated in PyTorch for `untyped_storage`."""
        return importlib.import_module("flambeau.storage").typed(self)

    def storage_type(self) -> Any:
        return type(self.storage())

    const_data_ptr = property(lambda self: self.data_ptr)

    def record_stream(self, s: Any) -> None:
        """Have whoever takes this memory over, when the tensor is gone, wait for what stream `s` was given until then.

        Raises RuntimeError for what is no stream of a GPU; does nothing for a tensor on the CPU.
        """
        importlib.import_module("flambeau.cuda.keeping").record_stream(self._array, s)  # above this layer

    # ------------------------------------------------------------------------------ what only other tensors have

    int_repr, q_per_channel_axis, q_per_channel_scales, q_per_channel_zero_points, q_scale, q_zero_point, qscheme = (
        _of_others(name, "quantized") for name in ("int_repr", "q_per_channel_axis", "q_per_channel_scales",
                                                   "q_per_channel_zero_points", "q_scale", "q_zero_point", "qscheme"))
    to_padded_tensor = _of_others("to_padded_tensor", "nested")
    ipu, mtia, xpu = map(_to_others, ("ipu", "mtia", "xpu"))

    def dequantize(self) -> Any:
        """Return the numbers in float32, which is what this tensor's stand for: it is not quantized."""
        return self.float()

    # ------------------------------------------------------------------------------ of old

    def new(self, *args: Any, **kwargs: Any) -> Any:
        """Make a tensor of this dtype and device of a list, array or sizes, as its class of old does."""
        return getattr(importlib.import_module("flambeau.legacy"), self.type().rpartition(".")[2])(*args, **kwargs)

    def resize(self, *sizes: Any) -> Any:
        """Return the same elements in another shape. Deprecated in PyTorch: use `resize_` or `reshape`."""
        warnings.warn("non-inplace resize is deprecated", stacklevel=2)
        return self.reshape(*sizes)

    def resize_as(self, tensor: Any) -> Any:
        """Return the same elements in the shape of another tensor. Deprecated in PyTorch: use `reshape_as`."""
        warnings.warn("non-inplace resize_as is deprecated", stacklevel=2)
        return self.reshape(tensor.shape)

    def reinforce(self, reward: Any) -> Any:
        """Raise RuntimeError: losses of sampled actions are written with `distributions`."""
        raise RuntimeError("reinforce() was removed. Use torch.distributions instead: see its log_prob()")

    def module_load(self, other: Any, assign: bool = False) -> Any:
        """Return what takes this tensor's place when a state dict has `other` for it: `other`, or this with its values."""
        return other.detach() if assign else self.detach().copy_(other)
