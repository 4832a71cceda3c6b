"""`profile`: the block whose time is looked at."""
from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from flambeau.profiler.events import EventList
from flambeau.profiler.kinds import ProfilerAction, ProfilerActivity, always, supported_activities
from flambeau.profiler.recorder import Recorder, Wanted, current
from flambeau.profiler.trace import write_stacks, write_trace

_RECORDS = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:  # noqa: N801  PyTorch's name
    """Take the time of every op, every node of a backward pass and every optimizer step that this thread runs.

    `schedule` says which steps to record (`step()` ends one); `on_trace_ready` is called with the profile whenever a round
    is done. `record_shapes` notes the shapes of inputs, `profile_memory` the bytes of what each op made, `with_stack` where
    it was called, `with_flops` how many operations it took. With the CUDA activity the GPU's time is taken too.

    Raises RuntimeError when a profile is being taken in this thread already.
    """

    def __init__(self, *, activities: Iterable[ProfilerActivity] | None = None,
                 schedule: Callable[[int], ProfilerAction] | None = None,
                 on_trace_ready: Callable[[profile], Any] | None = None, record_shapes: bool = False,
                 profile_memory: bool = False, with_stack: bool = False, with_flops: bool = False, with_modules: bool = False,
                 experimental_config: Any = None, execution_trace_observer: Any = None, acc_events: bool = False,
                 use_cuda: bool | None = None, custom_trace_id_callback: Any = None) -> None:
        wanted = set(activities or supported_activities()) | ({ProfilerActivity.CUDA} if use_cuda else set())
        if missing := wanted - supported_activities():
            warnings.warn(f"there is no GPU here, so {', '.join(map(str, missing))} is not recorded", stacklevel=2)
        self.wanted = Wanted(record_shapes, profile_memory, with_stack, with_flops,
                             ProfilerActivity.CUDA in wanted - missing)
        self.schedule, self.on_trace_ready, self.acc_events = schedule or always, on_trace_ready, acc_events
        self.has_steps = schedule is not None
        self.step_num = 0
        self.current_action = self.schedule(0)
        self._recorder: Recorder | None = None
        self._events: EventList | None = None
        self._metadata: dict[str, str] = {}

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin, with step 0."""
        self._enter(self.current_action)
        self._name_step()

    def stop(self) -> None:
        """End; what is being recorded is handed over."""
        if self._recorder is not None:
            self._finish(hand_over=self.current_action in _RECORDS)

    def step(self) -> None:
        """Say that the program's next step begins."""
        before = self.current_action
        self.step_num += 1
        self.current_action = self.schedule(self.step_num)
        if not self.has_steps:
            return
        if self._recorder is not None and (before is not ProfilerAction.RECORD or self.current_action not in _RECORDS):
            self._finish(hand_over=before in _RECORDS)
        self._enter(self.current_action)
        self._name_step()

    def _name_step(self) -> None:
        """Show the present step as a range."""
        recorder = self._recorder
        if recorder is not None and self.has_steps:
            if recorder.open:
                recorder.end(recorder.open[0])
            recorder.begin(f"ProfilerStep#{self.step_num}").is_user_annotation = True

    def _enter(self, action: ProfilerAction) -> None:
        if action is ProfilerAction.NONE or self._recorder is not None:
            return
        if current() is not None:
            raise RuntimeError("profile: a profile is being taken in this thread already; end it first")
        self._recorder = Recorder(self.wanted)
        self._recorder.start()
        self._watch_optimizers()

    def _watch_optimizers(self) -> None:
        from flambeau.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

        spans: list[Any] = []
        recorder = self._recorder
        assert recorder is not None
        self._hooks = [
            register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: spans.append(
                recorder.begin(f"Optimizer.step#{type(optimizer).__name__}.step")) if current() is recorder else None),
            register_optimizer_step_post_hook(lambda optimizer, args, kwargs: recorder.end(spans.pop()) if spans else None),
        ]

    def _finish(self, hand_over: bool) -> None:
        recorder, self._recorder = self._recorder, None
        assert recorder is not None
        for hook in self._hooks:
            hook.remove()
        events = recorder.stop()
        if hand_over:
            self._events = EventList([*(self._events or ()), *events]) if self.acc_events else events
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    def events(self) -> EventList:
        """Return the spans of the last round that was recorded. Raises RuntimeError when none is done."""
        if self._events is None:
            raise RuntimeError("Profiler didn't finish running: nothing was recorded yet; ask after the block, or in "
                               "on_trace_ready")
        return self._events

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0,
                     group_by_overload_name: bool = False) -> EventList:
        """Return an average over the spans of each name, see `EventList.key_averages`."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def add_metadata(self, key: str, value: str) -> None:
        """Put a text into the trace file."""
        self._metadata[key] = str(value)

    def add_metadata_json(self, key: str, value: str) -> None:
        """Put a value, given as JSON, into the trace file."""
        import json

        self._metadata[key] = json.loads(value)

    def export_chrome_trace(self, path: str) -> None:
        """Write the spans for chrome://tracing or Perfetto; packed when `path` ends in .gz."""
        flags = {"record_shapes": self.wanted.shapes, "profile_memory": self.wanted.memory, "with_stack": self.wanted.stack,
                 "with_flops": self.wanted.flops}
        write_trace(os.fspath(path), self.events(), {name: int(on) for name, on in flags.items() if on} | self._metadata)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write the calls that led to each op, with its time, for flame graph tools; needs `with_stack=True`."""
        if not self.wanted.stack:
            raise ValueError("export_stacks: take the profile with_stack=True")
        write_stacks(os.fspath(path), self.events(), metric)
