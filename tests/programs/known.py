"""Differences that stay, and why. Read by `KNOWN` alone: an entry that matches nothing any more is to be taken out."""
from __future__ import annotations

import re
from typing import NamedTuple

from programs.comparing import Difference


class Known(NamedTuple):
    """`about` and `line` are patterns: for what differs, and for the line after which it does."""

    about: str
    line: str
    why: str


KNOWN: tuple[Known, ...] = ()


def known(difference: Difference) -> Known | None:
    """The entry for a difference, if there is one."""
    for entry in KNOWN:
        if re.fullmatch(entry.about, difference.about) and re.search(entry.line, difference.line):
            return entry
    return None
