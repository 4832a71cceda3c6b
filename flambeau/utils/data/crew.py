"""The worker processes of a DataLoader, seen from the loader."""
from __future__ import annotations

import contextlib
import multiprocessing
import os
from multiprocessing import connection
from typing import Any

from flambeau.utils.data import worker

PATIENCE = 2.0  # seconds for a worker to finish what it is doing, before it is terminated
_open_lines: set[Any] = set()  # our ends of all lines of this process


class Crew:
    """Worker processes, each at the end of a line of its own. Without queues there is nothing to hang on at exit."""

    def __init__(self, jobs: list[worker.Job], context: Any = None) -> None:
        context = context or multiprocessing.get_context()
        is_fork = context.get_start_method() == "fork"
        self.owner = os.getpid()
        self.patience = PATIENCE
        self.lines: list[Any] = []
        self.processes: list[Any] = []
        for job in jobs:
            ours, theirs = context.Pipe()
            _open_lines.add(ours)
            inherited = list(_open_lines) if is_fork else []
            process = context.Process(target=worker.run, args=(theirs, job, inherited), daemon=True,
                                      name=f"DataLoader worker {job.id}")
            process.start()
            theirs.close()  # so that a worker's death is the end of its line
            self.lines.append(ours)
            self.processes.append(process)

    def send(self, number: int, message: Any) -> None:
        """Send to one worker. Raises RuntimeError when it is dead."""
        try:
            self.lines[number].send(message)
        except OSError:
            self._report_dead(number)

    def receive(self, timeout: float) -> Any:
        """Return the next answer of any worker.

        Raises RuntimeError when a worker has died, or after `timeout` seconds (0: never).
        """
        ready = connection.wait(self.lines, timeout or None)
        if not ready:
            raise RuntimeError(f"DataLoader timed out after {timeout} seconds")
        number = self.lines.index(ready[0])
        try:
            return self.lines[number].recv()
        except (EOFError, OSError):
            self._report_dead(number)

    def _report_dead(self, number: int) -> None:
        process = self.processes[number]
        process.join(PATIENCE)
        raise RuntimeError(f"DataLoader worker (pid(s) {process.pid}) exited unexpectedly{_reason(process.exitcode)}")

    def close(self) -> None:
        """End all workers; in a process forked from the owner do nothing."""
        if os.getpid() != self.owner:
            return
        for line in self.lines:
            with contextlib.suppress(OSError):
                line.send(None)
            line.close()
            _open_lines.discard(line)
        for process in self.processes:
            process.join(self.patience)
            if process.is_alive():
                process.terminate()
                process.join(PATIENCE)
        self.lines, self.processes = [], []


def _reason(code: int | None) -> str:
    if code is None:
        return ""
    if code >= 0:
        return f" with exit code {code}"
    import signal

    return f": killed by {signal.Signals(-code).name}" + (" (out of memory?)" if code == -signal.SIGKILL else "")
