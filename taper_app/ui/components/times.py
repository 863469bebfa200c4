"""Moments on the ward's clock: ``Sat 21 Nov 2026 14:05``, and how long ago."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from taper_app.export.dates import date_text, moment_text

__all__ = ["ago", "clock_text", "date_text", "day_text", "minutes_text", "moment_text", "to_the_second", "with_dates"]

_WRITTEN_DAY = re.compile(r"(?<!like )\b[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b(?!T)")


def clock_text(moment: datetime, zone: str) -> str:
    """``14:05``, or with the day when it is another one than today's is left to the caller."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def to_the_second(moment: datetime, zone: str) -> str:
    """``14:03:12``: when a draft was kept moments ago."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def ago(moment: datetime, now: datetime) -> str:
    """``6 min ago``, ``in 20 min``, ``3 h ago``, ``2 days ago``."""
    minutes = int((now - moment).total_seconds() // 60)
    ahead = minutes < 0
    size = -minutes if ahead else minutes
    if size < 1:
        return "now"
    if size < 120:
        words = f"{size} min"
    elif size < 48 * 60:
        words = f"{size // 60} h"
    else:
        words = f"{size // 1440} days"
    return f"in {words}" if ahead else f"{words} ago"


def minutes_text(minutes: int) -> str:
    """``34 min``, ``2 h``, ``3 h 12 min``: to the minute, however long."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, *([f"{rest} min"] if rest or not hours else [])])


def day_text(written: str) -> str:
    """``Sat 21 Nov 2026`` for ``2026-11-21``."""
    return date_text(date.fromisoformat(written))


def with_dates(text: str) -> str:
    """A sentence of the core with its dates as they are written on a screen; one that shows how to write stays."""
    return _WRITTEN_DAY.sub(lambda found: day_text(found[0]), text)
