"""The workers of a DataLoader, seen from the loader: processes, or threads."""
from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import replace
from multiprocessing import connection
from typing import Any

from flambeau.core.random import Generator, use_in_this_thread
from flambeau.utils.data import blocks, worker
from flambeau.utils.data.starting import Luggage, chosen_context

PATIENCE = 2.0  # seconds for a worker to finish what it is doing, before it is terminated
_open_lines: set[Any] = set()  # our ends of all lines of this process


class Processes:
    """Worker processes, each at the end of a line of its own. Without queues there is nothing to hang on at exit."""

    def __init__(self, jobs: list[worker.Job], context: Any = None) -> None:
        context = context or chosen_context(jobs[0])
        method = context.get_start_method()
        luggage = Luggage(jobs[0].recipe) if method == "forkserver" and blocks.ARE_AVAILABLE else None
        self.owner = os.getpid()
        self.patience = PATIENCE
        self.lines: list[Any] = []
        self.processes: list[Any] = []
        self.unpackers = [blocks.Unpacker() for _ in jobs]
        for job in jobs:
            ours, theirs = context.Pipe()
            _open_lines.add(ours)
            inherited = list(_open_lines) if method == "fork" else []
            if luggage is not None:
                job = replace(job, recipe=luggage)
            process = context.Process(target=worker.run, args=(theirs, job, inherited), daemon=True,
                                      name=f"DataLoader worker {job.id}")
            process.start()
            theirs.close()  # so that a worker's death is the end of its line
            self.lines.append(ours)
            self.processes.append(process)
        if luggage is not None:
            luggage.close()

    def send(self, number: int, message: Any) -> None:
        """Send to one worker. Raises RuntimeError when it is dead."""
        released = self.unpackers[number].released
        try:
            self.lines[number].send((message, [released.popleft() for _ in range(len(released))]))
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
            *which, batch = self.lines[number].recv()
            if isinstance(batch, blocks.Parcel):
                batch = self.unpackers[number].unpack(batch, self.lines[number])
            return (*which, batch)
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
                line.send((None, []))
            line.close()
            _open_lines.discard(line)
        for process in self.processes:
            process.join(self.patience)
            if process.is_alive():
                process.terminate()
                process.join(PATIENCE)
        self.lines, self.processes = [], []


class Threads:
    """Worker threads: nothing to start, nothing to copy. For datasets that wait, or compute in NumPy, which frees the lock."""

    def __init__(self, jobs: list[worker.Job]) -> None:
        self.patience = PATIENCE
        self.answers: queue.Queue[Any] = queue.Queue()
        self.tasks: list[queue.SimpleQueue[Any]] = [queue.SimpleQueue() for _ in jobs]
        self.threads = [
            threading.Thread(target=_work, args=(job, tasks.get, self.answers), daemon=True, name=f"DataLoader worker {job.id}")
            for job, tasks in zip(jobs, self.tasks, strict=True)]
        for thread in self.threads:
            thread.start()

    def send(self, number: int, message: Any) -> None:
        self.tasks[number].put(message)

    def receive(self, timeout: float) -> Any:
        """Return the next answer of any worker. Raises RuntimeError after `timeout` seconds (0: never)."""
        try:
            return self.answers.get(timeout=timeout or None)
        except queue.Empty:
            raise RuntimeError(f"DataLoader timed out after {timeout} seconds") from None

    def close(self) -> None:
        """Have all workers end; one that is stuck is left behind, and does not keep the program from ending."""
        for tasks in self.tasks:
            while not tasks.empty():
                tasks.get()
            tasks.put(None)
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join(self.patience)


def _work(job: worker.Job, take: Any, answers: queue.Queue[Any]) -> None:
    """Be a worker thread, with a generator of its own: the same draws as those of a worker process."""
    use_in_this_thread(Generator().manual_seed(job.base_seed + job.id))

    def give(*answer: Any) -> bool:
        answers.put(answer)
        return True

    worker.answer(take, give, job)


def _reason(code: int | None) -> str:
    if code is None:
        return ""
    if code >= 0:
        return f" with exit code {code}"
    import signal

    return f": killed by {signal.Signals(-code).name}" + (" (out of memory?)" if code == -signal.SIGKILL else "")
