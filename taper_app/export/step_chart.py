"""The taper as a drawn step chart: daily dose over the calendar, in SVG, readable without colour.

Only the print's own numbers and dates are drawn; every text is escaped. Several medicines are never added up:
each has its own line, told apart by its dashes and by its name at the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from taper_app.clinical.quantities import mg_text, plain
from taper_app.export.characters import printable
from taper_app.export.dates import date_text, month_text, short_date_text

_INK = "#111827"
_GREY = "#6B7280"
_GRID = "#D1D5DB"
_PLAN = "#0072B2"
_DASHES = ("", "9 4", "3 3", "12 4 3 4")
_FONT = 'font-family="Open Sans, DejaVu Sans, sans-serif"'
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 22.0, 30.0, 34.0


@dataclass(frozen=True, slots=True)
class ChartStep:
    """From this day on, this much a day."""

    starts_on: date
    daily_mg: Decimal


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One medicine's steps, oldest first; at least one."""

    medicine: str
    steps: tuple[ChartStep, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From dates and milligrams to points of the drawing."""

    first: date
    days: int
    top_mg: Decimal
    width: float
    height: float

    def x(self, day: date) -> float:
        share = (day - self.first).days / self.days
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def y(self, mg: Decimal) -> float:
        share = float(mg / self.top_mg)
        return self.height - _BOTTOM - share * (self.height - _TOP - _BOTTOM)


def step_chart_svg(
    lines: Sequence[ChartLine],
    *,
    ends_on: date,
    first_cut_on: date | None = None,
    width: float = 540,
    height: float = 140,
) -> str:
    """An SVG document of ``width`` by ``height`` points; ``ends_on`` is the last day drawn.

    Raises ValueError when there is no line, or a line without steps.
    """
    if not lines or any(not line.steps for line in lines):
        raise ValueError("A step chart needs at least one medicine with at least one step.")
    lines = [replace(line, medicine=printable(line.medicine)) for line in lines]
    first = min(line.steps[0].starts_on for line in lines)
    last = max(ends_on, first + timedelta(days=1), *(line.steps[-1].starts_on for line in lines))
    highest = max(step.daily_mg for line in lines for step in line.steps)
    scale = _Scale(first, (last - first).days, _rounded_up(highest), width, height)
    label = quoteattr(step_chart_alt(lines, first_cut_on))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label={label}>',
        *_milligram_axis(scale),
        *_calendar_axis(scale, last),
        *_first_cut(scale, first_cut_on),
    ]
    for index, line in enumerate(lines):
        parts += _step_line(scale, line, last, _DASHES[index % len(_DASHES)])
        parts += _dose_labels(scale, line, last, named=len(lines) > 1)
    parts.append("</svg>")
    return "\n".join(parts)


def step_chart_alt(lines: Sequence[ChartLine], first_cut_on: date | None) -> str:
    """The chart in words, for readers who do not see it; the table beside it has every step."""
    sentences = []
    for line in lines:
        start, end = line.steps[0], line.steps[-1]
        sentences.append(
            f"Step chart of {line.medicine}: {mg_text(start.daily_mg)} a day from {date_text(start.starts_on)}, "
            f"{len(line.steps) - 1} later steps, {mg_text(end.daily_mg)} a day from {date_text(end.starts_on)}."
        )
    if first_cut_on is not None:
        sentences.append(f"First cut on {date_text(first_cut_on)}.")
    sentences.append("Every step stands in the table.")
    return " ".join(sentences)


def _milligram_axis(scale: _Scale) -> list[str]:
    parts = [_text(_LEFT - 6, _TOP - 12, "mg a day", anchor="end", size=9, fill=_GREY)]
    ticks = 4
    for index in range(ticks + 1):
        mg = scale.top_mg * index / ticks
        y = scale.y(mg)
        stroke = _INK if index == 0 else _GRID
        parts.append(
            f'<line x1="{_n(_LEFT)}" y1="{_n(y)}" x2="{_n(scale.width - _RIGHT)}" y2="{_n(y)}" '
            f'stroke="{stroke}" stroke-width="0.7"/>'
        )
        parts.append(_text(_LEFT - 6, y + 3, plain(mg), anchor="end", size=9))
    return parts


def _calendar_axis(scale: _Scale, last: date) -> list[str]:
    parts = []
    base = scale.height - _BOTTOM
    for day, words in _calendar_ticks(scale.first, last):
        x = scale.x(day)
        parts.append(
            f'<line x1="{_n(x)}" y1="{_n(base)}" x2="{_n(x)}" y2="{_n(base + 4)}" stroke="{_INK}" stroke-width="0.7"/>'
        )
        parts.append(_text(x, base + 15, words, anchor="middle", size=9))
    parts.append(_text(_LEFT, base + 28, f"from {date_text(scale.first)}", anchor="start", size=9, fill=_GREY))
    parts.append(_text(scale.width - _RIGHT, base + 28, f"to {date_text(last)}", anchor="end", size=9, fill=_GREY))
    return parts


def _calendar_ticks(first: date, last: date) -> list[tuple[date, str]]:
    """First days of months, thinned to at most eight; plain dates when the plan is shorter than three months."""
    days = (last - first).days
    if days < 92:
        every = max(7, -(-days // 6))
        return [(day, short_date_text(day)) for day in _every(first, last, every)]
    months = []
    year, month = first.year, first.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        day = date(year, month, 1)
        if day > last:
            break
        months.append(day)
    stride = next(stride for stride in (1, 2, 3, 6, 12, 24, 60) if len(months) <= 8 * stride or stride == 60)
    return [(day, month_text(day)) for day in months[::stride]]


def _every(first: date, last: date, days: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(0, (last - first).days + 1, days)]


def _first_cut(scale: _Scale, on: date | None) -> list[str]:
    if on is None or not scale.first <= on <= scale.first + timedelta(days=scale.days):
        return []
    x = scale.x(on)
    far_right = x > scale.width * 0.6
    shift, anchor = (-5.0, "end") if far_right else (5.0, "start")
    return [
        f'<line x1="{_n(x)}" y1="{_n(_TOP - 14)}" x2="{_n(x)}" y2="{_n(scale.height - _BOTTOM)}" '
        f'stroke="{_INK}" stroke-width="1" stroke-dasharray="4 3"/>',
        _text(x + shift, _TOP - 10, f"first cut {date_text(on)}", anchor=anchor, size=9.5, bold=True),
    ]


def _step_line(scale: _Scale, line: ChartLine, last: date, dash: str) -> list[str]:
    start = line.steps[0]
    path = [f"M{_n(scale.x(start.starts_on))} {_n(scale.y(start.daily_mg))}"]
    for step in line.steps[1:]:
        path.append(f"H{_n(scale.x(step.starts_on))}V{_n(scale.y(step.daily_mg))}")
    path.append(f"H{_n(scale.x(last))}")
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return [f'<path d="{"".join(path)}" fill="none" stroke="{_PLAN}" stroke-width="2.2"{dashes}/>']


def _dose_labels(scale: _Scale, line: ChartLine, last: date, *, named: bool) -> list[str]:
    """The dose above each step, left out where two would touch; the first and the last always stand."""
    parts = []
    free_from = 0.0
    final = line.steps[-1]
    kept_for_final = scale.x(final.starts_on) - 34
    for step in line.steps:
        x = scale.x(step.starts_on) + 3
        words = plain(step.daily_mg)
        if step is line.steps[0] and named:
            words = f"{line.medicine} {words}"
        needed = 5.2 * len(words) + 6
        is_final = step is final
        if not is_final and (x < free_from or x + needed > kept_for_final) and step is not line.steps[0]:
            continue
        anchor = "end" if is_final and x + needed > scale.width - 2 else "start"
        parts.append(
            _text(x if anchor == "start" else scale.width - 4, scale.y(step.daily_mg) - 4, words, anchor=anchor)
        )
        free_from = x + needed
    return parts


def _rounded_up(mg: Decimal) -> Decimal:
    """The smallest of 1, 2, 3, 4, 6, 8 times a power of ten that is not below ``mg``: quarters of it read easily."""
    if mg <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(mg.adjusted())
    return next(power * factor for factor in (1, 2, 3, 4, 6, 8, 10) if power * factor >= mg)


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 9, fill: str = _INK, bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{_n(size)}" fill="{fill}" '
        f"{_FONT}{weight}>{escape(words)}</text>"
    )


def _n(number: float) -> str:
    """A coordinate with at most two decimals, the same on every machine."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
