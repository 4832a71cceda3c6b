"""A program as a user writes it, for the type checker alone (`make types`): results have types, and a slip is seen."""
from __future__ import annotations

from typing import Any, assert_type

import flambeau as torch
import flambeau.nn.functional as F
from flambeau import Tensor, nn
from flambeau.func import functional_call, grad, hessian, stack_module_state, vmap
from flambeau.optim.lr_scheduler import StepLR
from flambeau.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(size, 3)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.linear(x)).mean(dim=-1)


def train(net: Net, x: Tensor, path: str) -> float:
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    schedule = StepLR(optimizer, step_size=2)
    loss = torch.tensor(0.0)
    for sample, target in DataLoader(TensorDataset(x, x), batch_size=2, shuffle=True):
        loss = ((net(sample) - target.sum(1)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    torch.save(net.state_dict(), path)
    net.load_state_dict(torch.load(path))
    return float(loss)


def derive(net: Net, x: Tensor) -> Any:
    of_each = vmap(grad(lambda parameters, sample: functional_call(net, parameters, (sample,)).sum()), in_dims=(None, 0))
    stack_module_state([net, net])
    return of_each(dict(net.named_parameters()), x), hessian(lambda t: (t ** 3).sum())(x)


def compute(x: Tensor) -> Tensor:
    assert_type(x.sum(), Tensor)
    assert_type(x.mT @ x, Tensor)
    assert_type(-x[0, ..., None] / 2, Tensor)
    assert_type(x.new_zeros(2, 3).to("cpu").view(-1), Tensor)
    assert_type(F.relu(x), Tensor)
    assert_type(torch.special.erf(x) + torch.fft.rfft(x).abs(), Tensor)
    values, indices = torch.topk(x, 2)
    with torch.no_grad():
        return torch.einsum("ij,kj->ik", values, x.gather(1, indices)) + torch.linalg.norm(x)


def slip(x: Tensor) -> None:
    x.no_such_method()  # type: ignore[attr-defined]
    x.sum(dimension=1)  # type: ignore[call-arg]
    torch.no_such_function(x)  # type: ignore[attr-defined]
    nn.Linear("3", 4)  # type: ignore[arg-type]
