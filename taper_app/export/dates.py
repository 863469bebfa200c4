"""Dates and moments as they are printed: ``Sat 21 Nov 2026 14:05``, in the ward's zone, in English on every machine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(day: date) -> str:
    """``Sat 21 Nov 2026``."""
    return f"{_WEEKDAYS[day.weekday()]} {short_date_text(day)}"


def days_text(first: date, last: date) -> str:
    """``Mon 11 Jan to Sun 17 Jan 2027``; the year twice where it changes, one day by itself."""
    if first == last:
        return date_text(first)
    begin = date_text(first) if first.year != last.year else date_text(first).removesuffix(f" {first.year}")
    return f"{begin} to {date_text(last)}"


def short_date_text(day: date) -> str:
    """``21 Nov 2026``, where the weekday does not matter (a date of birth, an axis)."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_text(day: date) -> str:
    """``Nov 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def moment_text(moment: datetime, zone: str) -> str:
    """``Sat 21 Nov 2026 14:05`` on the ward's clock; in the hour that the clock runs through twice, with its offset.

    Raises ValueError for a moment without an offset.
    """
    local = on_ward_clock(moment, zone)
    text = f"{date_text(local.date())} {local:%H:%M}"
    return f"{text} (UTC{_offset_text(local)})" if _is_ambiguous(local) else text


def on_ward_clock(moment: datetime, zone: str) -> datetime:
    """The moment as the ward's clock shows it; raises ValueError for a moment without an offset."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its offset.")
    return moment.astimezone(ZoneInfo(zone))


def _is_ambiguous(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _offset_text(local: datetime) -> str:
    offset = local.utcoffset() or timedelta(0)
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
