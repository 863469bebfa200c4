"""The last 24 hours as one line of time: events, sets, doses and alerts, each in a row of its own.

Drawn as SVG without a chart library, so that the bedside page stays small. Shapes and words tell what colour tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from taper_app.clinical.charting.day_sheet import DaySheet, SetColumn, Written
from taper_app.clinical.charting.words import LEVEL_WORDS, reading_words, symptom_words

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 960, 84, 16, 40, 14
_INK, _SOFT, _LINE = "#111827", "#4B5563", "#CBD5E1"
_LEVEL_FILL = {1: "#FFFFFF", 2: "#92400E", 3: "#9A3412", 4: "#B91C1C"}
_EVENT, _DOSE = "#B91C1C", "#0072B2"
_EVERY = timedelta(hours=4)
_ROWS = ("Events", "Sets", "Doses", "Alerts")


def day_line(sheet: DaySheet) -> str:
    """An SVG text, 960 wide; dark on white whatever the theme."""
    height = _TOP + len(_ROWS) * _ROW + 30
    parts = [*_frame(sheet, height), *_events(sheet), *_sets(sheet), *_doses(sheet), *_alerts(sheet)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="13" role="img">'
        f'<rect width="100%" height="100%" rx="6" fill="#FFFFFF"/>{"".join(parts)}</svg>'
    )


def _x(sheet: DaySheet, moment: datetime) -> float:
    share = (moment - sheet.since) / (sheet.until - sheet.since)
    return round(_LEFT + min(1.0, max(0.0, share)) * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(row: str) -> int:
    return _TOP + _ROWS.index(row) * _ROW + _ROW // 2


def _frame(sheet: DaySheet, height: int) -> Iterator[str]:
    for row in _ROWS:
        y = _y(row)
        yield f'<text x="10" y="{y + 4}" fill="{_INK}">{row}</text>'
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{_LINE}"/>'
    for moment in _full_hours(sheet):
        x = _x(sheet, moment)
        yield f'<line x1="{x}" x2="{x}" y1="{_TOP}" y2="{height - 26}" stroke="{_LINE}" stroke-dasharray="2 4"/>'
        clock = f"{moment.astimezone(ZoneInfo(sheet.zone)):%H:%M}"
        yield f'<text x="{x}" y="{height - 8}" text-anchor="middle" fill="{_SOFT}">{clock}</text>'


def _full_hours(sheet: DaySheet) -> Iterator[datetime]:
    """Every fourth hour of the ward's clock within the sheet."""
    local = sheet.since.astimezone(ZoneInfo(sheet.zone))
    hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=4 - local.hour % 4)
    moment = hour.astimezone(sheet.until.tzinfo)
    while moment < sheet.until:
        yield moment
        moment += _EVERY


def _title(sheet: DaySheet, written: Written, words: str) -> str:
    clock = f"{written.happened_at.astimezone(ZoneInfo(sheet.zone)):%H:%M}"
    return f"<title>{escape(f'{clock} {words}')}</title>"


def _events(sheet: DaySheet) -> Iterator[str]:
    y, last = _y("Events"), -1000.0
    for line in sheet.events:
        x = _x(sheet, line.written.happened_at)
        bar = f'<line x1="{x}" x2="{x}" y1="{y - 14}" y2="{y + 14}" stroke="{_EVENT}" stroke-width="3"/>'
        yield f"<g>{_title(sheet, line.written, line.what)}{bar}{_beside(x, y, line.what, last)}</g>"
        last = x


def _beside(x: float, y: int, words: str, last: float) -> str:
    """The words of an event, where there is room for them; all of them stand in the table."""
    if x - last < 110:
        return ""
    shown = words if len(words) <= 18 else f"{words[:17]}…"
    if x > _WIDTH - 140:
        return f'<text x="{x - 6}" y="{y - 3}" text-anchor="end" fill="{_INK}">{escape(shown)}</text>'
    return f'<text x="{x + 6}" y="{y - 3}" fill="{_INK}">{escape(shown)}</text>'


def _sets(sheet: DaySheet) -> Iterator[str]:
    y = _y("Sets")
    for column in sheet.sets:
        x = _x(sheet, column.written.happened_at)
        dot = f'<circle cx="{x}" cy="{y}" r="9" fill="{_LEVEL_FILL[column.level]}" stroke="{_INK}" stroke-width="2"/>'
        yield f"<g>{_title(sheet, column.written, scores_words(column))}{dot}{_digit(x, y, column.level)}</g>"


def _digit(x: float, y: int, level: int) -> str:
    colour = _INK if level == 1 else "#FFFFFF"
    return f'<text x="{x}" y="{y + 4}" text-anchor="middle" font-size="11" fill="{colour}">{level}</text>'


def _doses(sheet: DaySheet) -> Iterator[str]:
    y = _y("Doses")
    for line in sheet.doses:
        x = _x(sheet, line.written.happened_at)
        given = line.what.endswith(", given")
        fill = _DOSE if given else "#FFFFFF"
        mark = f'<rect x="{x - 7}" y="{y - 7}" width="14" height="14" fill="{fill}" stroke="{_DOSE}" stroke-width="2"/>'
        yield f"<g>{_title(sheet, line.written, line.what)}{mark}</g>"


def _alerts(sheet: DaySheet) -> Iterator[str]:
    y = _y("Alerts")
    for line in sheet.alerts:
        x = _x(sheet, line.written.happened_at)
        points = f"{x},{y - 10} {x + 10},{y} {x},{y + 10} {x - 10},{y}"
        yield f'<g>{_title(sheet, line.written, line.what)}<polygon points="{points}" fill="#9A3412"/></g>'


def rows(sheet: DaySheet) -> Sequence[tuple[Written, str, str, str]]:
    """The table behind the picture, newest first: written, what it is, what was charted, more of it."""
    found = [(column.written, "Set", _set_words(column), LEVEL_WORDS[column.level]) for column in sheet.sets]
    for name, lines in (
        ("Event", sheet.events),
        ("Dose", sheet.doses),
        ("Other", sheet.others),
        ("Alert", sheet.alerts),
    ):
        found += [(line.written, name, line.what, line.more) for line in lines]
    return sorted(found, key=lambda row: row[0].happened_at, reverse=True)


def scores_words(column: SetColumn) -> str:
    """``NEWS2 3, CIWA-B 24, moderate``."""
    scores = [f"NEWS2 {column.news2}"] if column.news2 else []
    scores += [f"CIWA-B {column.ciwa_b}"] if column.ciwa_b else []
    return ", ".join(scores) or "no score"


def _set_words(column: SetColumn) -> str:
    readings = [words for words in reading_words(column.observation) if not words.startswith("CIWA-B")]
    return "; ".join((*readings, scores_words(column), *symptom_words(column.observation)))
