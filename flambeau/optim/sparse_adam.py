"""Adam for sparse gradients, which flambeau's tensors do not have."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.core.tensor import TensorBase
from flambeau.optim.checks import check_betas, number
from flambeau.optim.optimizer import Closure, Optimizer, Params, evaluate


class SparseAdam(Optimizer):
    """Adam that moves only the numbers with a gradient.

    It takes sparse gradients alone: `step` raises RuntimeError for a dense one, as every gradient here is. Use `Adam`.
    """

    def __init__(self, params: Params, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 maximize: bool = False) -> None:
        if isinstance(lr, TensorBase) and lr._array.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not number(lr) > 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if not eps > 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        found = [[i, j] for i, group in enumerate(self.param_groups) for j, param in enumerate(group["params"])
                 if param.is_complex()]
        if found:
            raise ValueError(f"Complex params at indices {found}: SparseAdam does not support complex parameters")

    @no_grad()
    def step(self, closure: Closure | None = None) -> Any:
        """Return the loss, if no parameter has a gradient."""
        loss = evaluate(closure)
        if any(param.grad is not None for group in self.param_groups for param in group["params"]):
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return loss
