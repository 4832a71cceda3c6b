"""`spectral_norm` as a hook before each forward: the way from before parametrizations."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter, is_lazy
from flambeau.nn.utils.parametrizations import as_matrix, dim_of_outputs, random_direction
from flambeau.nn.utils.weight_norm_hook import hook_on
from flambeau.ops.linalg import dot, mv
from flambeau.ops.similarity import normalize


class SpectralNorm:
    """Sets a module's weight to `<name>_orig` divided by its largest singular value."""

    _version = 1  # at 1, `<name>_v` is saved too, and the weight itself no more

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def reshape_weight_to_matrix(self, weight: Any) -> Any:
        return as_matrix(weight, self.dim)

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            self._power_method(matrix, u, v)
            u, v = u.clone(), v.clone()  # the next forward writes into them, and backward needs these
        return weight / dot(u, mv(matrix, v))

    @no_grad()
    def _power_method(self, matrix: Any, u: Any, v: Any) -> None:
        for _ in range(self.n_power_iterations):
            v.copy_(normalize(mv(matrix.t(), u), dim=0, eps=self.eps))
            u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))

    def remove(self, module: Module) -> None:
        """Make a parameter of the weight again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for name in (self.name, f"{self.name}_u", f"{self.name}_v", f"{self.name}_orig"):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))

    @staticmethod
    def apply(module: Module, name: str, n_power_iterations: int, dim: int, eps: float) -> SpectralNorm:
        """Put the hook and what it needs in the place of a parameter. Raises RuntimeError where that was done already."""
        if hook_on(module._forward_pre_hooks, SpectralNorm, name) is not None:
            raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
        hook, weight = SpectralNorm(name, n_power_iterations, dim, eps), module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        if is_lazy(weight):
            raise ValueError("The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the "
                             "dummy forward before applying spectral normalization")
        directions = [random_direction(weight, size, eps) for size in as_matrix(weight, dim).shape]
        delattr(module, name)
        module.register_parameter(f"{name}_orig", weight)
        setattr(module, name, weight.data)  # an attribute, so that it can be read before the first forward
        for part, direction in zip("uv", directions, strict=True):
            module.register_buffer(f"{name}_{part}", direction)
        module.register_forward_pre_hook(hook)
        module._register_state_dict_hook(SpectralNormStateDictHook(hook))
        module._register_load_state_dict_pre_hook(SpectralNormLoadStateDictPreHook(hook))
        return hook


class SpectralNormStateDictHook:
    """Writes down which version of the hook a state is from."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn, self.name = fn, fn.name

    def __call__(self, module: Module, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        versions = local_metadata.setdefault("spectral_norm", {})
        key = f"{self.fn.name}.version"
        if key in versions:
            raise RuntimeError(f"Unexpected key in metadata['spectral_norm']: {key}")
        versions[key] = self.fn._version


class SpectralNormLoadStateDictPreHook:
    """Finds `<name>_v` for a state from a time when it was not saved, such that the weight is that of then."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn, self.name = fn, fn.name

    def __call__(self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], strict: bool, missing_keys: list[str],
                 unexpected_keys: list[str], error_msgs: list[str]) -> None:
        version = local_metadata.get("spectral_norm", {}).get(f"{self.fn.name}.version")
        weight = prefix + self.fn.name
        if version is not None and version >= 1:
            return
        if version is None and all(f"{weight}_{part}" in state_dict for part in ("orig", "u", "v")) and (
                weight not in state_dict):
            return  # a new state whose metadata was lost
        missing = [key for key in (f"{weight}_orig", weight, f"{weight}_u") if key not in state_dict]
        if missing:
            missing_keys += missing if strict else []
            return
        with no_grad():
            original = state_dict[f"{weight}_orig"]
            sigma = (original / state_dict.pop(weight)).mean()
            state_dict[f"{weight}_v"] = _direction(as_matrix(original, self.fn.dim), state_dict[f"{weight}_u"], sigma)


def _direction(matrix: Any, u: Any, sigma: Any) -> Any:
    """Return the v of least length along W⁺u for which u W v is sigma."""
    inverse = wrap(namespace_of(matrix._array).linalg.pinv(matrix._array))
    v = mv(inverse, u)
    return v * (sigma / dot(u, mv(matrix, v)))


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:
    """Keep the spectral norm of a weight at 1. Prefer `parametrizations.spectral_norm`."""
    SpectralNorm.apply(module, name, n_power_iterations, dim_of_outputs(module) if dim is None else dim, eps)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Take `spectral_norm` off again. Raises ValueError where there is none."""
    number = hook_on(module._forward_pre_hooks, SpectralNorm, name)
    if number is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(number).remove(module)
    for table, kind in ((module._state_dict_hooks, SpectralNormStateDictHook),
                        (module._load_state_dict_pre_hooks, SpectralNormLoadStateDictPreHook)):
        table.pop(hook_on(table, kind, name), None)
    return module
