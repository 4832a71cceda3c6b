"""Lending an optimizer other parameters and another state for a while."""
from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from flambeau.optim.optimizer import Optimizer


@contextlib.contextmanager
def swap_in_optimizer_params_and_state(optimizer: Optimizer, swapin_parameters: Mapping[str, Any],
                                       swapin_optim_state: Mapping[str, Any]) -> Iterator[None]:
    """Within the block `optimizer` works on other parameters, in the order of its own, with a state as `state_dict()` gives.

    What it writes in place reaches the tensors given; afterwards it has its own parameters and state again. Raises
    ValueError when there are not as many parameters, or when groups differ.
    """
    lent = list(swapin_parameters.values())
    groups, given = optimizer.param_groups, swapin_optim_state["param_groups"]
    count = sum(len(group["params"]) for group in groups)
    if len(lent) != count or [len(group["params"]) for group in groups] != [len(group["params"]) for group in given]:
        raise ValueError(f"the optimizer has {count} parameters in groups of {[len(group['params']) for group in groups]}, but "
                         f"got {len(lent)} and groups of {[len(group['params']) for group in given]}")
    by_number = dict(zip((number for group in given for number in group["params"]), lent, strict=True))
    before = [dict(group) for group in groups], optimizer.state
    try:
        for group, other in zip(groups, given, strict=True):
            group |= {**other, "params": [by_number[number] for number in other["params"]]}
        optimizer.state = defaultdict(dict, {by_number[number]: dict(facts)
                                             for number, facts in swapin_optim_state["state"].items()})
        yield
    finally:
        for group, own in zip(groups, before[0], strict=True):
            group.clear()
            group.update(own)
        optimizer.state = before[1]
