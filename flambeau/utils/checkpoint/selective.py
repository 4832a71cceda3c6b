"""Selective checkpoints: a policy says of each op whether its result is kept, or computed again for backward."""
from __future__ import annotations

import copy
import enum
from collections.abc import Callable
from typing import Any

from flambeau.autograd.listeners import listening
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.overloads import OpOverload, OpOverloadPacket, aten, overload_of

SAC_IGNORED_OPS = {aten.detach.default}


class CheckpointPolicy(enum.Enum):
    """What becomes of an op's result. MUST and PREFER mean the same here; compilers may overrule what is preferred."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


_KEPT = {CheckpointPolicy.MUST_SAVE, CheckpointPolicy.PREFER_SAVE}
_KEPT_ON_CPU = {CheckpointPolicy.MUST_CPU_OFFLOAD, CheckpointPolicy.PREFER_CPU_OFFLOAD}

Policy = Callable[..., Any]


class SelectiveCheckpointContext:
    """What a policy may look at besides the op and its arguments."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


def create_selective_checkpoint_contexts(policy_fn_or_list: Policy | list[Any],
                                         allow_cache_entry_mutation: bool = False) -> tuple[Any, Any]:
    """Return the two context managers for `checkpoint`'s `context_fn`: the first run keeps results, the second uses them.

    A policy is called with a `SelectiveCheckpointContext`, the op (such as `torch.ops.aten.mm.default`) and the op's
    arguments, and returns a `CheckpointPolicy`; a list names the ops to keep. Raises TypeError for anything else,
    ValueError for what is no op in a list. A kept result that was written to in place raises RuntimeError in the second
    run, unless that is allowed.
    """
    policy = _keeping(policy_fn_or_list) if isinstance(policy_fn_or_list, list) else policy_fn_or_list
    if not callable(policy):
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    results = _Results()
    return _Keeping(policy, results), _Using(results, allow_cache_entry_mutation)


def _keeping(ops: list[Any]) -> Policy:
    for op in ops:
        if not isinstance(op, OpOverload):
            remedy = f" Name one of its overloads, such as {op}.default" if isinstance(op, OpOverloadPacket) else ""
            raise ValueError(f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}.{remedy}")
    return lambda ctx, op, *args, **kwargs: op in ops


class _Kept:
    """One tensor of a result, and how often its memory had been written to."""

    def __init__(self, tensor: Any, on_cpu: bool) -> None:
        self.tensor, self.device = tensor.detach(), tensor.device
        if on_cpu:
            self.tensor = self.tensor.to("cpu", copy=True)
        self.version = self.tensor._storage.version

    def array(self, may_be_written: bool) -> Any:
        if self.tensor._storage.version != self.version and not may_be_written:
            raise RuntimeError("Tensor cached during selective activation checkpoint has been mutated. Write out of place, "
                               "or pass allow_cache_entry_mutation=True")
        return self.tensor.to(self.device)._array


_AGAIN, _USED = object(), object()  # in a result's place: it is to be computed, it has been used
_Results = dict[OpOverload, list[Any]]  # of the first run, in its order


class _Keeping(listening):
    """The first run: asks the policy about each op, and keeps what it says."""

    def __init__(self, policy: Policy, results: _Results) -> None:
        super().__init__(self._hear)
        self.policy, self.results = policy, results

    def _hear(self, op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
        result = proceed(op, args)
        if _is_ignored(op, args):
            return result
        overload = overload_of(op, args)
        context = SelectiveCheckpointContext(is_recompute=False, op_output=result)
        answer = self.policy(context, overload, *op.gathered(args))
        if isinstance(answer, bool):
            answer = CheckpointPolicy.MUST_SAVE if answer else CheckpointPolicy.PREFER_RECOMPUTE
        is_kept = answer in _KEPT | _KEPT_ON_CPU and not op.view  # a view costs nothing
        self.results.setdefault(overload, []).append(_kept(result, answer in _KEPT_ON_CPU) if is_kept else _AGAIN)
        return result


def _is_ignored(op: Any, args: tuple[Any, ...]) -> bool:
    """A user's own function, an autograd.Function, is no op: it runs again."""
    return isinstance(op, type) or overload_of(op, args) in SAC_IGNORED_OPS


def _kept(result: Any, on_cpu: bool) -> Any:
    if isinstance(result, TensorBase):
        return _Kept(result, on_cpu)
    return [None if part is None else _Kept(part, on_cpu) for part in result]


class _Using(listening):
    """The second run: records each op as ever, with the kept result where there is one."""

    def __init__(self, results: _Results, may_be_written: bool) -> None:
        super().__init__(self._hear)
        self.results, self.may_be_written = results, may_be_written

    def __enter__(self) -> None:
        self.counts: dict[OpOverload, int] = {}
        super().__enter__()

    def _hear(self, op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
        if _is_ignored(op, args):
            return proceed(op, args)
        kept = self._next(overload_of(op, args))
        return proceed(op if kept is _AGAIN else self._with_result(op, kept), args)

    def _next(self, overload: OpOverload) -> Any:
        """Raises RuntimeError for an op that the first run did not have, or a result that was used already."""
        results, number = self.results.get(overload, []), self.counts.get(overload, 0)
        self.counts[overload] = number + 1
        if number >= len(results):
            raise RuntimeError(f"{overload} invocation index {number} encountered during backward but not found in storage. "
                               "The first run called it less often: does the function depend on something that changed?")
        kept = results[number]
        if kept is _USED:
            raise RuntimeError("Trying to backward an extra time. You are only allowed to backward once on any region "
                               "computed under selective activation checkpoint.")
        if kept is not _AGAIN:
            results[number] = _USED
        return kept

    def _with_result(self, op: Any, kept: Any) -> Any:
        """Return an op that computes nothing: it knows its result, and has the rules of `op`."""
        known = copy.copy(op)
        known.kernels = {}
        result = self._arrays(kept)
        known.body = known.compute = lambda *values: result
        return known

    def _arrays(self, kept: Any) -> Any:
        if isinstance(kept, _Kept):
            return kept.array(self.may_be_written)
        return tuple(None if part is None else part.array(self.may_be_written) for part in kept)
