"""Clocks of the board. The server writes the words; ``board.js`` lets them go on from the moment beside them.

So a board that nothing has happened on is not read and drawn again just because a minute has passed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

_MINUTE_MS = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ClockKind(StrEnum):
    """What the time is counted to. ``board.js`` has the same three."""

    WAITED = "waited"
    DUE = "due"
    UNTIL = "until"


def clock(kind: ClockKind, moment: datetime, now: datetime) -> str:
    """HTML: the words as of ``now``, with the moment that they are counted from."""
    words, is_overdue = clock_words(kind, milliseconds(moment), milliseconds(now))
    overdue = " is-overdue" if is_overdue else ""
    return f'<span class="board-clock{overdue}" data-kind="{kind}" data-at="{milliseconds(moment)}">{words}</span>'


def clock_words(kind: ClockKind, at: int, now: int) -> tuple[str, bool]:
    """``6 min``; ``in 20 min``, ``now``, ``overdue 34 min``; and whether it is overdue. Times in ms since 1970."""
    if kind is ClockKind.WAITED:
        return (_size((now - at) // _MINUTE_MS) or "less than 1 min", False)
    if now < at:
        minutes = -((now - at) // _MINUTE_MS)
        return (f"in {_size(minutes)}", False)
    late = _size((now - at) // _MINUTE_MS)
    if kind is ClockKind.UNTIL or not late:
        return ("now", False)
    return (f"overdue {late}", True)


def _size(minutes: int) -> str:
    """Empty for less than a minute."""
    if minutes < 1:
        return ""
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def milliseconds(moment: datetime) -> int:
    return microseconds(moment) // 1000


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
