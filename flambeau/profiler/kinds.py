"""What is recorded, and in which steps of a program."""
from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class ProfilerActivity(Enum):
    """What to take the time of: work on the CPU, work on a GPU."""

    CPU = 0
    CUDA = 2


def supported_activities() -> set[ProfilerActivity]:
    """Return what can be recorded on this machine."""
    from flambeau.core.device import cuda_device_count

    return {ProfilerActivity.CPU, ProfilerActivity.CUDA} if cuda_device_count() else {ProfilerActivity.CPU}


class ProfilerAction(Enum):
    """What a profiler does in a step: nothing, record to get warm and drop it, record, record and hand over at the end."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def schedule(*, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0,
             skip_first_wait: int = 0) -> Callable[[int], ProfilerAction]:
    """Return a rule for which steps to record, out of rounds of `wait + warmup + active` steps.

    The first `skip_first` steps are left out; after them come `repeat` rounds, or rounds without end for 0. With
    `skip_first_wait` the first round has no wait. Raises ValueError for numbers that make no round.
    """
    if min(wait, warmup, active - 1, repeat, skip_first) < 0:
        raise ValueError("schedule: wait, warmup, repeat and skip_first are 0 or more and active is 1 or more, but got "
                         f"wait={wait}, warmup={warmup}, active={active}, repeat={repeat}, skip_first={skip_first}")
    length = wait + warmup + active

    def action(step: int) -> ProfilerAction:
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first - (wait if skip_first_wait else 0)
        if repeat and step // length >= repeat:
            return ProfilerAction.NONE
        place = step % length
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < length - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD
