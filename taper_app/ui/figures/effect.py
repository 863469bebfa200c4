"""The effect panel: levels as bands, and above them the days in which symptoms of a cut are to be expected, hatched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from math import ceil

import plotly.graph_objects as go

from taper_app.clinical.kinetics.effect_panel import ALL_TOGETHER, BandLine, EffectPanel
from taper_app.clinical.kinetics.symptom_windows import AfterCut
from taper_app.export.dates import date_text
from taper_app.ui.figures.course import Window
from taper_app.ui.figures.look import DASHES, GREY, INK, LEVEL_BAND, LEVEL_EDGE, midnight

EXPECTED = "symptoms of a cut to be expected"
WORST = "worst days, where a source prints them"
NO_LEVEL = "no level is drawn"
#: More cuts at once than this are drawn as one stretch: their lanes would leave no room for the level.
MOST_LANES = 4
#: A lane is this much of the height of the levels.
_LANE, _GAP = 0.13, 0.04
#: In a longer stretch the words of the lanes would lie over each other; the table has them.
_MOST_DAYS_WITH_WORDS = 32
#: The part of the window in which words of a lane have no room.
_SHORT = 0.4

#: From when to when, the end not included.
Stretch = tuple[datetime, datetime]


def add_effect(figure: go.Figure, panel: EffectPanel, window: Window, *, row: int) -> None:
    """Everything of the panel that lies in the window."""
    bands = [band for band in panel.bands if any(band.high)]
    top = _top(bands)
    for band, dash in zip(bands, cycle(DASHES), strict=False):
        _add_band(figure, panel, band, window, dash=dash, row=row)
    if not bands:
        _say_no_level(figure, window, row=row)
    lanes = _lanes(panel.after_cuts, window)
    _add_hatched(figure, [_days(lane, window) for lane in lanes], top, is_worst=False, row=row)
    _add_hatched(figure, [_worst(lane, window) for lane in lanes], top, is_worst=True, row=row)
    if (window.end - window.start).days <= _MOST_DAYS_WITH_WORDS:
        _add_words(figure, lanes, top, window, row=row)
    step = 50 if top <= 200 else 100
    figure.update_yaxes(
        range=[0, top * (1 + len(lanes) * (_LANE + _GAP) + _GAP)],
        tickvals=list(range(0, top + 1, step)),
        row=row,
        col=1,
    )


def level_name(band: BandLine) -> str:
    return f"level: {band.name}"


def _top(bands: Sequence[BandLine]) -> int:
    """A round number of percent above every level."""
    return 25 * ceil(max([100.0, *(max(band.high) for band in bands)]) / 25)


def _add_band(figure: go.Figure, panel: EffectPanel, band: BandLine, window: Window, *, dash: str, row: int) -> None:
    """Two lines and what lies between. The times are evenly spaced, so only the first and their distance are sent."""
    inside = [index for index, moment in enumerate(panel.times) if window.holds(moment)]
    if not inside:
        return
    part = slice(inside[0], inside[-1] + 1)
    shared = {
        "x0": panel.times[inside[0]],
        "dx": (panel.times[1] - panel.times[0]) / timedelta(milliseconds=1),
        "mode": "lines",
        "line": {"color": LEVEL_EDGE, "width": 1, "dash": dash},
    }
    if band.name == ALL_TOGETHER:
        # Lies over the bands that it adds up: only its edges are drawn.
        shared["line"] = {"color": INK, "width": 1, "dash": dash}
    name = level_name(band)
    words = {False: f"{band.name}: at least %{{y}} %", True: f"{band.name}: at most %{{y}} %"}
    figure.add_scatter(
        y=band.low[part],
        name=f"{name}, low",
        showlegend=False,
        hovertemplate=f"{words[False]}<extra></extra>",
        row=row,
        col=1,
        **shared,
    )
    figure.add_scatter(
        y=band.high[part],
        name=name,
        fill="none" if band.name == ALL_TOGETHER else "tonexty",
        fillcolor=LEVEL_BAND,
        hovertemplate=f"{words[True]}<extra></extra>",
        row=row,
        col=1,
        **shared,
    )


def _say_no_level(figure: go.Figure, window: Window, *, row: int) -> None:
    """An empty axis would look as if the level were nothing."""
    middle = window.start + (window.end - window.start) / 2
    figure.add_annotation(
        x=middle, y=50, text=NO_LEVEL, showarrow=False, font={"size": 12, "color": INK}, row=row, col=1
    )


def _lanes(found: Iterable[AfterCut], window: Window) -> list[list[AfterCut]]:
    """Cuts whose days overlap stand above each other; too many of them together in one lane."""
    lanes: list[list[AfterCut]] = []
    inside = [after for after in found if _clipped(after.first_day, after.last_day, window) is not None]
    for after in inside:
        free = next((lane for lane in lanes if lane[-1].last_day < after.first_day), None)
        if free is None:
            lanes.append([after])
        else:
            free.append(after)
    return lanes if len(lanes) <= MOST_LANES else [inside]


def _days(lane: Sequence[AfterCut], window: Window) -> list[Stretch]:
    return _joined(_clipped(after.first_day, after.last_day, window) for after in lane)


def _worst(lane: Sequence[AfterCut], window: Window) -> list[Stretch]:
    return _joined(
        _clipped(one.worst_from, one.worst_to, window)
        for after in lane
        for one in after.windows
        if one.worst_from is not None and one.worst_to is not None
    )


def _clipped(first: date, last: date, window: Window) -> Stretch | None:
    """From the midnight that begins the first day to the one that ends the last, as far as it is in the window."""
    start, end = max(midnight(first), window.start), min(midnight(last + timedelta(days=1)), window.end)
    return (start, end) if start < end else None


def _joined(stretches: Iterable[Stretch | None]) -> list[Stretch]:
    """Those that touch become one."""
    joined: list[Stretch] = []
    for start, end in sorted(stretch for stretch in stretches if stretch is not None):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _floor(lane: int, top: int) -> float:
    return top * (1 + _GAP + lane * (_LANE + _GAP))


def _add_hatched(figure: go.Figure, lanes: Sequence[Sequence[Stretch]], top: int, *, is_worst: bool, row: int) -> None:
    """Rectangles as one trace, told apart by their hatching."""
    x: list[datetime | None] = []
    y: list[float | None] = []
    for number, lane in enumerate(lanes):
        low, high = _floor(number, top), _floor(number, top) + top * _LANE
        for start, end in lane:
            x += [start, start, end, end, start, None]
            y += [low, high, high, low, low, None]
    if not x:
        return
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillpattern={
            "shape": "x" if is_worst else "/",
            "fgcolor": INK if is_worst else GREY,
            "bgcolor": "rgba(255, 255, 255, 0)",
            "size": 5 if is_worst else 7,
            "solidity": 0.3,
            "fillmode": "overlay",
        },
        line={"color": INK if is_worst else GREY, "width": 1},
        name=WORST if is_worst else EXPECTED,
        hoveron="fills",
        hoverinfo="name",
        row=row,
        col=1,
    )


def _add_words(figure: go.Figure, lanes: Sequence[Sequence[AfterCut]], top: int, window: Window, *, row: int) -> None:
    """Which cut a lane belongs to, where its days begin in the window."""
    for number, lane in enumerate(lanes):
        for after in lane:
            clipped = _clipped(after.first_day, after.last_day, window)
            assert clipped is not None
            # What is nearly over is too short for words: they stand behind it.
            ends_soon = (clipped[1] - window.start) / (window.end - window.start) < _SHORT
            figure.add_annotation(
                x=clipped[1] if ends_soon else clipped[0],
                y=_floor(number, top) + top * _LANE / 2,
                text=f"cut of {date_text(after.starts_on)}",
                showarrow=False,
                xanchor="left",
                xshift=3,
                bgcolor="#FFFFFF",
                borderpad=0,
                font={"size": 11, "color": INK},
                row=row,
                col=1,
            )
