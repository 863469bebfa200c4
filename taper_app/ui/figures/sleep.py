"""Hours slept, night by night: as observed and as the patient says. A night that nobody charted has no bar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go

from taper_app.clinical.charting.bedside_standing import Night
from taper_app.clinical.quantities import plain
from taper_app.export.dates import date_text
from taper_app.ui.figures.look import GREY, PLAN, bare_layout

OBSERVED, TOLD = "observed", "the patient says"
_HEIGHT = 260
_MOST_HOURS = 14


def sleep_figure(nights: Sequence[Night]) -> go.Figure:
    """Two bars a night at most; the pattern tells them apart without colour."""
    days = [f"{night.to:%a} {night.to.day} {night.to:%b}" for night in nights]
    figure = go.Figure()
    figure.add_bar(x=days, y=[_drawn(night.observed) for night in nights], name=OBSERVED, marker={"color": PLAN})
    figure.add_bar(
        x=days,
        y=[_drawn(night.told_by_patient) for night in nights],
        name=TOLD,
        marker={"color": GREY, "pattern": {"shape": "/"}},
    )
    bare_layout(figure, height=_HEIGHT)
    figure.update_layout(barmode="group")
    figure.update_xaxes(type="category")
    longest = max([_MOST_HOURS, *(_drawn(hours) or 0 for night in nights for hours in _both(night))])
    figure.update_yaxes(range=[0, longest], title="hours")
    return figure


def sleep_alt(nights: Sequence[Night]) -> str:
    """The same in words."""
    return "Hours slept. " + " ".join(f"Night to {date_text(night.to)}: {_in_words(night)}." for night in nights)


def _both(night: Night) -> tuple[Decimal | None, Decimal | None]:
    return night.observed, night.told_by_patient


def _in_words(night: Night) -> str:
    said = zip((OBSERVED, TOLD), _both(night), strict=True)
    return ", ".join(f"{name} {plain(hours)} h" for name, hours in said if hours is not None)


def _drawn(hours: Decimal | None) -> float | None:
    """Hours as a place on an axis. Only drawn."""
    return None if hours is None else float(hours)
