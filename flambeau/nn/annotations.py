"""Names that PyTorch's sources annotate sizes with: one number, or as many as there are dims."""
from __future__ import annotations

from typing import Any


class _BroadcastingList:
    """`BroadcastingList2[int]` in an annotation; at run time nothing."""

    def __getitem__(self, kind: Any) -> None:
        return None


BroadcastingList1, BroadcastingList2, BroadcastingList3 = _BroadcastingList(), _BroadcastingList(), _BroadcastingList()
