"""Adam for sparse gradients: only the rows that have one move, and only their averages."""
from __future__ import annotations

import math
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.core.tensor import TensorBase
from flambeau.optim.checks import check_betas, number
from flambeau.optim.optimizer import Closure, Optimizer, Params, evaluate
from flambeau.sparse.coo import CooTensor


class SparseAdam(Optimizer):
    """Adam (Kingma and Ba 2014) that leaves alone what has no gradient, such as rows of a table that were not looked up.

    `step` raises RuntimeError for a dense gradient: use `Adam` for those.
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
        sparse = [[i, j] for i, group in enumerate(self.param_groups) for j, param in enumerate(group["params"])
                  if param.is_sparse]
        if sparse:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")

    @no_grad()
    def step(self, closure: Closure | None = None) -> Any:
        """Take one step; return the loss that `closure` gives."""
        loss = evaluate(closure)
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is not None:
                    self._move(param, self._sparse(param), group)
        return loss

    def _sparse(self, param: Any) -> CooTensor:
        if not isinstance(param.grad, CooTensor):
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return param.grad.coalesce()

    def _move(self, param: Any, grad: CooTensor, group: dict[str, Any]) -> None:
        state = self.state[param]
        if not state:
            state |= {"step": 0, "exp_avg": param.new_zeros(param.shape), "exp_avg_sq": param.new_zeros(param.shape)}
        state["step"] += 1
        if not grad._nnz():
            return
        beta1, beta2 = group["betas"]
        rows = tuple(grad.indices())
        g = -grad.values() if group["maximize"] else grad.values()
        average, square = state["exp_avg"], state["exp_avg_sq"]
        mean = average[rows] + (g - average[rows]) * (1 - beta1)
        spread = square[rows] + (g * g - square[rows]) * (1 - beta2)
        average[rows], square[rows] = mean, spread
        factor = number(group["lr"]) * math.sqrt(1 - beta2 ** state["step"]) / (1 - beta1 ** state["step"])
        param[rows] = param[rows] - mean / (spread.sqrt() + group["eps"]) * factor
