"""A module's state: `state_dict` and `load_state_dict`, under PyTorch's keys."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from flambeau.autograd.hooks import RemovableHandle
from flambeau.autograd.mode import no_grad
from flambeau.core.tensor import TensorBase
from flambeau.nn.parameter import Parameter, is_lazy

_TABLES = ("_state_dict_hooks", "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks")
EXTRA = "_extra_state"


def defaults() -> list[tuple[str, Any]]:
    return [(table, OrderedDict()) for table in _TABLES]


def start(facts: dict[str, Any]) -> None:
    facts.update(defaults())


class _IncompatibleKeys(NamedTuple):
    """What `load_state_dict(strict=False)` found missing and left over."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    def __str__(self) -> str:
        return repr(self)


class State:
    """The part of `Module` that writes its state down and takes it back."""

    _version: int

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Return all parameters and persistent buffers under their paths, as tensors over the same memory."""
        if args:
            import warnings

            warnings.warn("Positional args are being deprecated, use kwargs instead: destination, prefix and keep_vars",
                          FutureWarning, stacklevel=2)
            destination = args[0] if destination is None else destination
            prefix = args[1] if len(args) > 1 else prefix
            keep_vars = args[2] if len(args) > 2 else keep_vars
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local
        for hook in self._state_dict_pre_hooks.values():  # type: ignore[attr-defined]
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, child in self._modules.items():  # type: ignore[attr-defined]
            if child is not None:
                child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():  # type: ignore[attr-defined]
            changed = hook(self, destination, prefix, local)
            if changed is not None and getattr(hook, "_from_public_api", False):
                raise RuntimeError("state_dict post-hook must return None; change the dict it is given")
            destination = destination if changed is None else changed
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, value in self._own_state():
            if value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def _own_state(self) -> list[tuple[str, Any]]:
        buffers = [(name, buffer) for name, buffer in self._buffers.items()  # type: ignore[attr-defined]
                   if name not in self._non_persistent_buffers_set]  # type: ignore[attr-defined]
        return [*self._parameters.items(), *buffers]  # type: ignore[attr-defined]

    def get_extra_state(self) -> Any:
        """Return what else belongs to the state; override together with `set_extra_state`."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.")

    def set_extra_state(self, state: Any) -> None:
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.")

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> _IncompatibleKeys:
        """Copy values into parameters and buffers, or with `assign` take the given tensors themselves.

        Raises RuntimeError that lists every missing and unexpected key (if `strict`) and every size that differs, and
        TypeError for what is no dict.
        """
        if not hasattr(state_dict, "keys"):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        loading = _Loading(OrderedDict(state_dict), getattr(state_dict, "_metadata", None), strict, assign)
        loading.load(self, "")
        loading.finish(self)
        return _IncompatibleKeys(loading.missing, loading.unexpected)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, strict: bool,
                              missing_keys: list[str], unexpected_keys: list[str], error_msgs: list[str]) -> None:
        for hook in self._load_state_dict_pre_hooks.values():  # type: ignore[attr-defined]
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        for name, present in self._own_state():
            key = prefix + name
            if present is None:
                continue
            if key in state_dict:
                self._take(name, present, key, state_dict[key], bool(local_metadata.get("assign_to_params_buffers")),
                           error_msgs)
            elif strict:
                missing_keys.append(key)
        self._load_extra(state_dict, prefix, strict, missing_keys, unexpected_keys)
        if strict:
            unexpected_keys += [key for key in state_dict if key.startswith(prefix) and self._is_foreign(key[len(prefix):])]

    def _take(self, name: str, present: Any, key: str, given: Any, assign: bool, errors: list[str]) -> None:
        if not isinstance(given, TensorBase):
            errors.append(f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                          f"checkpoint but received {type(given)}")
            return
        if is_lazy(present) and is_lazy(given):
            return
        if len(present.shape) == 0 and tuple(given.shape) == (1,):
            given = given[0]  # type: ignore[index]  # files of PyTorch before 0.4
        if given.shape != present.shape:
            errors.append(f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in "
                          f"current model is {present.shape}.")
            return
        if assign:
            setattr(self, name, _as_parameter(given, present) if isinstance(present, Parameter) else given)
            return
        with no_grad():
            present.copy_(given)

    def _load_extra(self, state_dict: Any, prefix: str, strict: bool, missing: list[str], unexpected: list[str]) -> None:
        key = prefix + EXTRA
        if type(self).set_extra_state is not State.set_extra_state:
            if key in state_dict:
                self.set_extra_state(state_dict[key])
            elif strict:
                missing.append(key)
        elif strict and key in state_dict:
            unexpected.append(key)

    def _is_foreign(self, key: str) -> bool:
        """Say whether neither this module nor a child has a place for a key."""
        name, dot, _ = key.partition(".")
        if dot:
            return name not in self._modules  # type: ignore[attr-defined]
        return key != EXTRA and key not in {own for own, value in self._own_state() if value is not None}

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after `state_dict` has collected this module."""
        hook._from_public_api = True  # type: ignore[attr-defined]  # PyTorch's name
        return RemovableHandle.adding(self._state_dict_hooks, hook)  # type: ignore[attr-defined]

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """As above, for a hook whose result, if any, takes the place of the dict."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("Cannot register the same function as the state dict post hook that was previously registered "
                               "via register_state_dict_post_hook")
        return RemovableHandle.adding(self._state_dict_hooks, hook)  # type: ignore[attr-defined]

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before `state_dict` collects this module."""
        return RemovableHandle.adding(self._state_dict_pre_hooks, hook)  # type: ignore[attr-defined]

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, …)` before this module takes its state."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook: Callable[..., Any], with_module: bool = False) -> RemovableHandle:
        call = (lambda *args: hook(self, *args)) if with_module else hook
        return RemovableHandle.adding(self._load_state_dict_pre_hooks, call)  # type: ignore[attr-defined]

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after this module took its state; it may change the lists of keys."""
        return RemovableHandle.adding(self._load_state_dict_post_hooks, hook)  # type: ignore[attr-defined]


def _as_parameter(given: Any, present: Parameter) -> Parameter:
    """Return the given tensor itself as a parameter that is trained if the present one is."""
    if isinstance(given, Parameter):
        given.requires_grad_(present.requires_grad)
        return given
    return Parameter(given, requires_grad=present.requires_grad)


class _Loading:
    """One `load_state_dict`: what to load, and what was found wrong."""

    def __init__(self, state: Any, metadata: Any, strict: bool, assign: bool) -> None:
        self.state, self.metadata, self.strict, self.assign = state, metadata, strict, assign
        self.missing: list[str] = []
        self.unexpected: list[str] = []
        self.errors: list[str] = []

    def load(self, module: Any, prefix: str) -> None:
        local = {} if self.metadata is None else dict(self.metadata.get(prefix[:-1], {}))
        if self.assign:
            local["assign_to_params_buffers"] = True
        module._load_from_state_dict(self.state, prefix, local, True, self.missing, self.unexpected, self.errors)
        for name, child in module._modules.items():
            if child is not None:
                self.load(child, f"{prefix}{name}.")
        keys = _IncompatibleKeys(self.missing, self.unexpected)
        for hook in module._load_state_dict_post_hooks.values():
            if hook(module, keys) is not None:
                raise AssertionError("Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return "
                                     "new values; change the lists of `incompatible_keys`")

    def finish(self, module: Any) -> None:
        found = []
        if self.strict and self.unexpected:
            found.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in self.unexpected)))
        if self.strict and self.missing:
            found.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in self.missing)))
        found += self.errors
        if found:
            raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(
                type(module).__name__, "\n\t".join(found)))
