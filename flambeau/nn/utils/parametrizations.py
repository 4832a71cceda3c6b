"""Ready-made parametrizations: weights with a length of their own, of spectral norm 1, orthogonal ones."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn.convolution import ConvTransposeNd
from flambeau.nn.module import Module
from flambeau.nn.parameter import is_tensor
from flambeau.nn.utils.orthogonal import orthogonal as orthogonal
from flambeau.nn.utils.parametrize import register_parametrization
from flambeau.ops.contraction import vdot
from flambeau.ops.linalg import mv
from flambeau.ops.similarity import normalize
from flambeau.ops.weight_norm import _weight_norm, norm_except_dim

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    """Computes a weight from the length and the direction of each of its slices along `dim`."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        return _weight_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Any) -> tuple[Any, Any]:
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int = 0) -> Module:
    """Have the length and the direction of a weight learned apart: `original0` and `original1`.

    There is one length for each slice along `dim`, for all together with None. State of the old `weight_norm` is taken too.
    [Salimans & Kingma 2016](https://arxiv.org/abs/1602.07868)
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: Any, prefix: str, *_: Any) -> None:
        old = f"{prefix}{name}_g", f"{prefix}{name}_v"
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    """Divides a weight by its largest singular value, which the power method estimates a little better in each forward."""

    _u: Any
    _v: Any

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim, self.eps = dim % ndim, eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            for name, size in zip(("_u", "_v"), matrix.shape, strict=True):
                self.register_buffer(name, random_direction(matrix, size, eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Any, iterations: int) -> None:
        u, v = self._u, self._v
        for _ in range(iterations):
            u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
            v.copy_(normalize(mv(matrix.mH, u), dim=0, eps=self.eps))

    def forward(self, weight: Any) -> Any:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next forward writes into them, and backward needs these
        return weight / vdot(u, mv(matrix, v))

    def right_inverse(self, value: Any) -> Any:
        return value


def as_matrix(weight: Any, dim: int) -> Any:
    """Lay a weight out with one row for each slice along `dim`."""
    return weight.movedim(dim, 0).flatten(1)


@no_grad()
def random_direction(like: Any, size: int, eps: float) -> Any:
    return normalize(like.new_empty(size).normal_(0, 1), dim=0, eps=eps)


def dim_of_outputs(module: Module) -> int:
    """Return which dim of a weight counts the outputs."""
    return 1 if isinstance(module, ConvTransposeNd) else 0


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:
    """Keep the spectral norm of a weight at 1; `dim` counts its outputs.

    Each forward in training takes `n_power_iterations` steps of the power method. Raises ValueError for what is no tensor.
    [Miyato et al. 2018](https://arxiv.org/abs/1802.05957)
    """
    weight: Any = getattr(module, name, None)
    if not is_tensor(weight):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    made = _SpectralNorm(weight, n_power_iterations, dim_of_outputs(module) if dim is None else dim, eps)
    return register_parametrization(module, name, made)
