"""When an entry happened; and when it was written, where that was later: a late entry says so wherever it is listed."""

from __future__ import annotations

from taper_app.clinical.records import Record
from taper_app.export.day_sheet import LATE_FROM
from taper_app.ui.components.times import moment_text


def entry_times(record: Record, zone: str) -> str:
    """``Mon 11 Jan 2027 07:30 (late entry, written Mon 11 Jan 2027 09:00)``."""
    is_late = record.recorded_at - record.happened_at >= LATE_FROM
    late = f" (late entry, written {moment_text(record.recorded_at, zone)})" if is_late else ""
    return f"{moment_text(record.happened_at, zone)}{late}"
