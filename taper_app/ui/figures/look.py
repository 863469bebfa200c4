"""Colours and marks of every plot (Okabe-Ito: told apart by colour-blind readers and in grey), and shared layout."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import plotly.graph_objects as go

INK = "#111827"
GREY = "#6B7280"
GRID = "#E5E7EB"
PLAN = "#0072B2"
PLAN_BAND = "rgba(0, 114, 178, 0.18)"
LEVEL_BAND = "rgba(86, 180, 233, 0.25)"
#: The band's own blue is too pale for a line on white.
LEVEL_EDGE = "#2B7BB0"
CIWA = "#D55E00"
NEWS = "#009E73"
#: Told apart without colour: the medicines of a cross-over.
DASHES = ("solid", "dash", "dot", "dashdot")
FONT = "Source Sans, Source Sans Pro, Open Sans, DejaVu Sans, sans-serif"
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def midnight(day: date) -> datetime:
    """The beginning of a day on the ward's clock, without an offset: plotly draws it as it is written."""
    return datetime.combine(day, time())


def drawn(mg: Decimal) -> float:
    """Milligrams as a place on an axis. Only drawn: every number that is read comes from the exact decimal."""
    return float(round(mg, 4))


def bare_layout(figure: go.Figure, *, height: int) -> None:
    """White, no theme of plotly's own, the legend above the plot."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 56, "r": 24, "t": 64, "b": 40},
        paper_bgcolor="#FFFFFF",
        plot_bgcolor="#FFFFFF",
        font={"family": FONT, "size": 13, "color": INK},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "font": {"size": 12}},
        hovermode="closest",
        hoverlabel={"bgcolor": "#FFFFFF", "font": {"color": INK}},
        dragmode=False,
    )
    figure.update_xaxes(nticks=8, gridcolor=GRID, zeroline=False, linecolor=INK, fixedrange=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, linecolor=INK, fixedrange=True)
