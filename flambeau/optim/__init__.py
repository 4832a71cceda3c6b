"""`torch.optim`: optimizers and learning rate schedulers. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "optim.adadelta": "Adadelta",
    "optim.adafactor": "Adafactor",
    "optim.adagrad": "Adagrad",
    "optim.adam": "Adam AdamW",
    "optim.adamax": "Adamax",
    "optim.asgd": "ASGD",
    "optim.lbfgs": "LBFGS",
    "optim.muon": "Muon",
    "optim.nadam": "NAdam",
    "optim.optimizer": "Optimizer",
    "optim.radam": "RAdam",
    "optim.rmsprop": "RMSprop",
    "optim.rprop": "Rprop",
    "optim.sgd": "SGD",
    "optim.sparse_adam": "SparseAdam",
    "optim.swapping": "swap_in_optimizer_params_and_state",
}, parts="lr_scheduler swa_utils")
