"""One patient's row of the board as HTML: who, why, what is due, what of the plan."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from taper_app.clinical.escalation.board_row import BoardRow
from taper_app.clinical.records import LatestRow
from taper_app.ui.components.board_words import (
    alert_line,
    cut_line,
    dose_lines,
    late_line,
    set_line,
    this_dose_line,
    trend_line,
)
from taper_app.ui.components.levels import NOT_ASSESSED, level_text
from taper_app.use_cases.board import DOSE_WITHHELD

_ALERTS_SHOWN = 3


def row_html(row: BoardRow, now: datetime, zone: str) -> str:
    """Everything but the button that opens the chart."""
    blocks = {
        "who": [_level(row), f"{_bed(row)} <b>{escape(row.kept.label)}</b>", _identity(row.kept, now, zone)],
        "what": [f"<b>{escape(row.kept.headline)}</b>", *_alerts(row, now, zone), _flags(row.kept)],
        "due": [set_line(row, now), *map(late_line, row.late), *dose_lines(row, now, zone), *_trends(row)],
        "plan": [_bold(cut_line(row)), _bold(this_dose_line(row)), escape(row.today.plan_line)],
    }
    inner = "".join(f'<div class="board-{name}">{_lines(lines)}</div>' for name, lines in blocks.items())
    return f'<div class="board-row {level_class(row)}">{inner}</div>'


def level_class(row: BoardRow) -> str:
    return f"level-{row.level}"


def level_words(row: BoardRow) -> str:
    """Before the first set nobody knows; that it is late stands beside its clock."""
    return level_text(row.level) if row.is_assessed else NOT_ASSESSED


def _lines(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _level(row: BoardRow) -> str:
    return f'<span class="board-level">{level_words(row)}</span>'


def _bed(row: BoardRow) -> str:
    return f'<span class="board-bed">{escape(row.kept.bed)}</span>'


def _identity(kept: LatestRow, now: datetime, zone: str) -> str:
    today = now.astimezone(ZoneInfo(zone)).date()
    age = today.year - kept.born_on.year - ((today.month, today.day) < (kept.born_on.month, kept.born_on.day))
    return f"{kept.sex} {age} · {escape(kept.record_number)}"


def _alerts(row: BoardRow, now: datetime, zone: str) -> list[str]:
    """The clock of each; its own headline beside it where it is not the row's."""
    lines = []
    for alert in row.alerts[:_ALERTS_SHOWN]:
        own = "" if alert.glance.headline == row.kept.headline else f"{escape(alert.glance.headline)} "
        lines.append(f"{own}{level_text(alert.climb.level)}: {alert_line(alert, now, zone)}")
    if len(row.alerts) > _ALERTS_SHOWN:
        lines.append(f"and {len(row.alerts) - _ALERTS_SHOWN} more open alerts")
    return lines


def _trends(row: BoardRow) -> list[str]:
    return [trend_line(trend) for trend in row.kept.trends]


def _flags(kept: LatestRow) -> str:
    """What the doses that are due do not say already."""
    shown = [escape(flag) for flag in kept.flags if not flag.startswith(DOSE_WITHHELD)]
    return f'<span class="board-flags">{" · ".join(shown)}</span>' if shown else ""


def _bold(words: str) -> str:
    return f"<b>{words}</b>" if words else ""
