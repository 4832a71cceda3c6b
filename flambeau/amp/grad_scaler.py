"""Loss scaling: gradients too small for float16 are computed of a loss many times as large.

Micikevicius et al., "Mixed Precision Training", ICLR 2018.
"""
from __future__ import annotations

import warnings
from collections import defaultdict
from enum import Enum
from typing import Any

from flambeau.core.device import cuda_device_count
from flambeau.core.dtype import float16
from flambeau.core.tensor import TensorBase
from flambeau.ops.comparison import isfinite
from flambeau.ops.creation import full


class OptState(Enum):
    """How far an optimizer is since the last `update`."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class _Progress:
    def __init__(self) -> None:
        self.stage = OptState.READY
        self.found_inf: bool | None = None  # None: no gradient was looked at


class GradScaler:
    """Multiply the loss by a factor that grows while the gradients stay finite, and shrinks when they do not.

    `scaler.scale(loss).backward()`, then `scaler.step(optimizer)`, which leaves out a step with infinite gradients, then
    `scaler.update()`. `growth_interval`: how many good steps come before each growth.
    """

    def __init__(self, device: str = "cuda", init_scale: float = 2.0**16, growth_factor: float = 2.0,
                 backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True) -> None:
        if enabled and device == "cuda" and not cuda_device_count():
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
            enabled = False
        assert not enabled or growth_factor > 1.0, "The growth factor must be > 1.0."
        assert not enabled or backoff_factor < 1.0, "The backoff factor must be < 1.0."
        self._device, self._enabled = device, enabled
        self._init_scale, self._growth_factor, self._backoff_factor = float(init_scale), growth_factor, backoff_factor
        self._growth_interval, self._growth_tracker = growth_interval, 0
        self._scale: Any = None  # a tensor, from the first use on
        self._progress: dict[int, _Progress] = defaultdict(_Progress)  # by the optimizer's id

    # ---------------------------------------------------------------------------------- one iteration

    def scale(self, outputs: Any) -> Any:
        """Return a tensor, or all tensors of a nest of iterables, times the factor."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, TensorBase):
            return outputs * self._factor().to(device=outputs.device)
        if not hasattr(outputs, "__iter__") or isinstance(outputs, str):
            raise ValueError("outputs must be a Tensor or an iterable of Tensors")
        scaled = map(self.scale, outputs)
        return type(outputs)(scaled) if isinstance(outputs, list | tuple) else scaled

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the factor, say before they are clipped.

        Raises RuntimeError when that was done since the last `update`, AssertionError before any `scale`.
        """
        if not self._enabled:
            return
        self._require_scale("unscale_")
        progress = self._progress[id(optimizer)]
        if progress.stage is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if progress.stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        progress.found_inf = self._divide(optimizer)
        progress.stage = OptState.UNSCALED

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `optimizer.step` unless a gradient is infinite or NaN; the gradients are divided by the factor first.

        Raises RuntimeError when called twice without `update`, or with a closure, AssertionError where no parameter has a
        gradient.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._require_scale("step")
        progress = self._progress[id(optimizer)]
        if progress.stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if progress.stage is OptState.READY:
            self.unscale_(optimizer)
        assert progress.found_inf is not None, "No inf checks were recorded for this optimizer."
        result = None if progress.found_inf else optimizer.step(*args, **kwargs)
        progress.stage = OptState.STEPPED
        return result

    def update(self, new_scale: Any = None) -> None:
        """Adapt the factor to what the last steps met, or set it."""
        if not self._enabled:
            return
        self._require_scale("update")
        if new_scale is not None:
            self._scale.fill_(float(new_scale))
        else:
            self._adapt()
        self._progress.clear()

    def _adapt(self) -> None:
        found = [progress.found_inf for progress in self._progress.values() if progress.found_inf is not None]
        assert found, "No inf checks were recorded prior to update."
        if any(found):
            self._scale.mul_(self._backoff_factor)
            self._growth_tracker = 0
            return
        self._growth_tracker += 1
        if self._growth_tracker == self._growth_interval:
            grown = self._scale * self._growth_factor
            if isfinite(grown).item():
                self._scale.copy_(grown)
            self._growth_tracker = 0

    def _divide(self, optimizer: Any) -> bool | None:
        """Unscale the gradients in place and say whether one was not finite; None where there is none."""
        inverse, found = 1.0 / self._scale.double().item(), None
        for group in optimizer.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if param.grad.dtype == float16:
                    raise ValueError("Attempting to unscale FP16 gradients.")
                grad = param.grad.detach()
                found = not isfinite(grad).all().item() or bool(found)
                grad.mul_(inverse)
        return found

    def _factor(self) -> Any:
        if self._scale is None:
            self._scale = full((), self._init_scale, device=self._device)
        return self._scale

    def _require_scale(self, method: str) -> None:
        assert self._scale is not None, (
            f"Attempted {method} but _scale is None.  This may indicate your script did not use scaler.scale(loss or outputs) "
            "earlier in the iteration.")

    # ---------------------------------------------------------------------------------- state

    def get_scale(self) -> float:
        """Return the factor, 1 when scaling is off."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else float(self._scale.item())

    def get_growth_factor(self) -> float:
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        self._growth_interval = new_interval

    def is_enabled(self) -> bool:
        return self._enabled

    def __getstate__(self) -> dict[str, Any]:
        assert not self._enabled or not self._progress, (
            "A GradScaler instance may only be pickled at the beginning of an iteration, or at the end after scaler.update().")
        return self.__dict__

    def state_dict(self) -> dict[str, Any]:
        """Return the factor and how it changes; empty when scaling is off."""
        if not self._enabled:
            return {}
        return {"scale": self.get_scale(), "growth_factor": self._growth_factor, "backoff_factor": self._backoff_factor,
                "growth_interval": self._growth_interval, "_growth_tracker": self._growth_tracker}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back what `state_dict` returned. Raises RuntimeError for an empty one."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("The source state dict is empty, possibly because it was saved from a disabled instance of "
                               "GradScaler.")
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._scale.fill_(state_dict["scale"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval, self._growth_tracker = state_dict["growth_interval"], state_dict["_growth_tracker"]
