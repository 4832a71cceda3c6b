"""Activations as layers."""
from __future__ import annotations

import warnings
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn import functional as F
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.ops.creation import full


class _Plain(Module):
    """An activation without options."""

    function: Any

    def forward(self, input: Any) -> Any:
        return type(self).function(input)


class _WithOptions(Module):
    """An activation with options, kept under their names in the order in which the function takes them."""

    function: Any
    options: tuple[str, ...] = ()

    def __init__(self, *values: Any) -> None:
        super().__init__()
        for name, value in zip(self.options, values, strict=True):
            setattr(self, name, value)

    def forward(self, input: Any) -> Any:
        return type(self).function(input, *(getattr(self, name) for name in self.options))

    def extra_repr(self) -> str:
        parts = [f"{name}={getattr(self, name)}" for name in self.options if name != "inplace"]
        if getattr(self, "inplace", False):
            parts.append("inplace=True")
        return ", ".join(parts)


class _InPlace(_WithOptions):
    """An activation that can write over its input."""

    options = ("inplace",)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace)


class Sigmoid(_Plain):
    """1 / (1 + exp(-x))"""

    function = staticmethod(F.sigmoid)


class Tanh(_Plain):
    """The hyperbolic tangent."""

    function = staticmethod(F.tanh)


class LogSigmoid(_Plain):
    """The logarithm of the sigmoid."""

    function = staticmethod(F.logsigmoid)


class Softsign(_Plain):
    """x / (1 + |x|)"""

    function = staticmethod(F.softsign)


class Tanhshrink(_Plain):
    """x - tanh(x)"""

    function = staticmethod(F.tanhshrink)


class ReLU(_InPlace):
    """max(x, 0)"""

    function = staticmethod(F.relu)


class ReLU6(_InPlace):
    """min(max(x, 0), 6)"""

    function = staticmethod(F.relu6)


class SiLU(_InPlace):
    """x · sigmoid(x), also called swish."""

    function = staticmethod(F.silu)


class Mish(_InPlace):
    """x · tanh(softplus(x)). [Misra 2019](https://arxiv.org/abs/1908.08681)"""

    function = staticmethod(F.mish)


class SELU(_InPlace):
    """Scaled ELU. [Klambauer et al. 2017](https://arxiv.org/abs/1706.02515)"""

    function = staticmethod(F.selu)


class Hardsigmoid(_InPlace):
    """A sigmoid of three straight lines."""

    function = staticmethod(F.hardsigmoid)

    def extra_repr(self) -> str:
        return ""  # PyTorch keeps quiet about these two


class Hardswish(_InPlace):
    """x · hardsigmoid(x). [Howard et al. 2019](https://arxiv.org/abs/1905.02244)"""

    function = staticmethod(F.hardswish)

    def extra_repr(self) -> str:
        return ""  # PyTorch keeps quiet about these two


class ELU(_WithOptions):
    """x where positive, alpha · (exp(x) - 1) elsewhere. [Clevert et al. 2015](https://arxiv.org/abs/1511.07289)"""

    function, options = staticmethod(F.elu), ("alpha", "inplace")

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha, inplace)


class CELU(_WithOptions):
    """ELU with a continuous slope. [Barron 2017](https://arxiv.org/abs/1704.07483)"""

    function, options = staticmethod(F.celu), ("alpha", "inplace")

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha, inplace)


class LeakyReLU(_WithOptions):
    """x where positive, a little of it elsewhere."""

    function, options = staticmethod(F.leaky_relu), ("negative_slope", "inplace")

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(negative_slope, inplace)


class Threshold(_WithOptions):
    """x where above a threshold, a value elsewhere."""

    function, options = staticmethod(F.threshold), ("threshold", "value", "inplace")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(threshold, value, inplace)


class Hardtanh(_WithOptions):
    """x within two bounds."""

    function, options = staticmethod(F.hardtanh), ("min_val", "max_val", "inplace")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False,
                 min_value: float | None = None, max_value: float | None = None) -> None:
        min_val, max_val = _renamed("min", min_value, min_val), _renamed("max", max_value, max_val)
        if max_val <= min_val:
            raise AssertionError(f"max_val ({max_val}) must be greater than min_val ({min_val})")
        super().__init__(min_val, max_val, inplace)


def _renamed(bound: str, old: float | None, new: float) -> float:
    """Return an option that is also known by an older name."""
    if old is None:
        return new
    warnings.warn(f"keyword argument `{bound}_value` is deprecated and renamed to `{bound}_val`", FutureWarning, stacklevel=3)
    return old


class Softplus(_WithOptions):
    """log(1 + exp(beta · x)) / beta"""

    function, options = staticmethod(F.softplus), ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta, threshold)


class Softshrink(_WithOptions):
    """x moved towards zero by lambd."""

    function, options = staticmethod(F.softshrink), ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_WithOptions):
    """x where further from zero than lambd."""

    function, options = staticmethod(F.hardshrink), ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class GLU(_WithOptions):
    """One half of a dim times the sigmoid of the other. [Dauphin et al. 2016](https://arxiv.org/abs/1612.08083)"""

    function, options = staticmethod(F.glu), ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim)


class GELU(Module):
    """x times the normal distribution function of x. [Hendrycks & Gimpel 2016](https://arxiv.org/abs/1606.08415)"""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class PReLU(Module):
    """x where positive, a learned fraction of it elsewhere. [He et al. 2015](https://arxiv.org/abs/1502.01852)"""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Start again from `init`."""
        with no_grad():
            self.weight.fill_(self.init)

    def forward(self, input: Any) -> Any:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """Leaky ReLU with a random slope in training. [Xu et al. 2015](https://arxiv.org/abs/1505.00853)"""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Any) -> Any:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class _AlongDim(Module):
    """A softmax along one dim."""

    function: Any

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return type(self).function(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Exponentials scaled to sum to one."""

    function = staticmethod(F.softmax)


class LogSoftmax(_AlongDim):
    """The logarithm of the softmax."""

    function = staticmethod(F.log_softmax)


class Softmin(_AlongDim):
    """The softmax of -x."""

    function = staticmethod(F.softmin)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W)."""

    def forward(self, input: Any) -> Any:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
