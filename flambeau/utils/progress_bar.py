"""A progress bar: how far a loop is, how fast, and how long it will take."""
from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TextIO, TypeVar

Item = TypeVar("Item")

_SMOOTHING = 0.3  # the weight of the latest stretch in the rate
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_open: list[progress[Any]] = []  # bars that are shown now, the outermost first: each has a line of its own


class progress(Generic[Item]):  # noqa: N801  used like a function: for batch in progress(loader):
    """Yield what `iterable` yields, and show how far it is.

        for images, labels in (bar := progress(loader, description="epoch 1")):
            ...
            bar.set(loss=loss.item())

    On a terminal a line is drawn again and again, at most every `interval` seconds; elsewhere (a log file, a pipe) a line
    is written every `quiet_interval` seconds. `total`: how many items there will be, where `len(iterable)` does not say.
    The bar ends with the loop, also when it is left by `break` or an exception.
    """

    def __init__(self, iterable: Iterable[Item], total: int | None = None, description: str = "", *, unit: str = "it",
                 file: TextIO | None = None, interval: float = 0.1, quiet_interval: float = 30.0, leave: bool = True,
                 disable: bool = False) -> None:
        self.iterable, self.description, self.unit, self.leave = iterable, description, unit, leave
        self.total = _length(iterable) if total is None else total
        self.file = sys.stderr if file is None else file
        self.on_terminal = bool(getattr(self.file, "isatty", bool)())
        self.interval = interval if self.on_terminal else quiet_interval
        self.disable = disable
        self.count, self.values = 0, dict[str, Any]()
        self._rate: float | None = None

    def __len__(self) -> int:
        if self.total is None:
            raise TypeError("the number of items is not known: pass total= to progress()")
        return self.total

    def __iter__(self) -> Iterator[Item]:
        if self.disable:
            yield from self.iterable
            return
        self._begin()
        try:
            for item in self.iterable:
                yield item
                self.count += 1
                now = time.monotonic()
                if now - self._shown >= self.interval:
                    self._measure(now)
                    self._show(now)
        finally:
            self._end()

    def set(self, **values: Any) -> None:
        """Show these values at the end of the line; numbers with four digits."""
        self.values.update(values)

    def _begin(self) -> None:
        self._started = self._shown = time.monotonic()
        self.count = self._counted = 0
        _open.append(self)
        if self.on_terminal:
            self.file.write("\n" * (len(_open) > 1))
            self._show(self._started)

    def _measure(self, now: float) -> None:
        """Let the rate follow the latest stretch, without jumping with it."""
        latest = (self.count - self._counted) / max(now - self._shown, 1e-9)
        self._rate = latest if self._rate is None else (1 - _SMOOTHING) * self._rate + _SMOOTHING * latest
        self._counted = self.count

    def _show(self, now: float) -> None:
        self._shown = now
        line = self.line(now, shutil.get_terminal_size().columns - 1 if self.on_terminal else None)
        self.file.write(f"\r\033[K{line}" if self.on_terminal else line + "\n")
        self.file.flush()

    def _end(self) -> None:
        _open.remove(self)
        now = time.monotonic()
        self._rate = self.count / max(now - self._started, 1e-9)
        if not self.on_terminal:
            self._show(now)
        elif self.leave and not _open:
            self._show(now)
            self.file.write("\n")
        else:
            self.file.write("\r\033[K" + "\033[A" * bool(_open))
        self.file.flush()

    def line(self, now: float, width: int | None = None) -> str:
        """Return the line as it is at a moment, at most `width` letters wide."""
        elapsed = now - self._started
        head = f"{self.description}: " if self.description else ""
        tail = f" {self._counts()} [{_clock(elapsed)}{self._rest()}, {self._speed()}]{self._written_values()}"
        if self.total:
            head += f"{min(self.count / self.total, 1.0):4.0%} "
            if self.on_terminal and width is not None:
                tail = "|" + tail
                head += "|" + _bar(self.count / self.total, min(max(width - len(head) - len(tail) - 1, 0), 40))
        return (head + tail.lstrip(" ") if not self.total else head + tail)[:width]

    def _counts(self) -> str:
        return f"{self.count}/{self.total}" if self.total is not None else f"{self.count}"

    def _rest(self) -> str:
        if not self.total or not self._rate:
            return ""
        return f"<{_clock(max(self.total - self.count, 0) / self._rate)}"

    def _speed(self) -> str:
        if not self._rate:
            return f"?{self.unit}/s"
        return f"{self._rate:.2f}{self.unit}/s" if self._rate >= 1 else f"{1 / self._rate:.2f}s/{self.unit}"

    def _written_values(self) -> str:
        return "".join(f", {name}={value:.4g}" if isinstance(value, float) else f", {name}={value}"
                       for name, value in self.values.items())


def _length(iterable: Any) -> int | None:
    try:
        return len(iterable)
    except (TypeError, NotImplementedError):
        return None


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _bar(share: float, width: int) -> str:
    eighths = int(min(share, 1.0) * width * 8)
    full, part = divmod(eighths, 8)
    cells = "█" * full + (_EIGHTHS[part] if full < width else "")
    return (cells if _can_show_blocks() else "#" * len(cells.rstrip())).ljust(width)


def _can_show_blocks() -> bool:
    return os.name != "nt" or "WT_SESSION" in os.environ  # the old Windows console has no such letters
