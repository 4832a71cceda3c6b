"""One small layer, and what its norms are measured by."""
from __future__ import annotations

import flambeau as torch
from flambeau import nn


def layer(rows=((1.0, 2.0), (-3.0, 0.5))):
    made = nn.Linear(2, len(rows))
    with torch.no_grad():
        made.weight.copy_(torch.tensor(rows))
        made.bias.zero_()
    return made


def after_one_pass(module):
    """What comes out for (1, -2), and the gradient of the sum of its squares for the parametrized weight."""
    out = module(torch.tensor([[1.0, -2.0]]))
    (out**2).sum().backward()
    return out[0].tolist(), [p.grad.flatten().tolist() for n, p in module.named_parameters() if n != "bias"]
