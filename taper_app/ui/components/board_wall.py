"""The board for a wall: large type, no controls and no names, worst first. Who it is stands on the board itself."""

from __future__ import annotations

from datetime import datetime
from html import escape

import streamlit as st

from taper_app.clinical.escalation.board_row import BoardRow
from taper_app.clinical.records import Unit
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.board_clock import ClockKind, clock
from taper_app.ui.components.board_html import level_class, level_words
from taper_app.ui.components.board_pulse import pulse
from taper_app.ui.components.board_words import KEEP_DOSE, ROLES, late_line, this_dose_line, trend_line
from taper_app.use_cases.board import WardBoard, board_now

_EMPTY = '<p class="wall-empty">No patient is admitted.</p>'


@st.fragment
def wall(unit: Unit) -> None:
    """One tile a patient; all of them are in view at once, so nothing has to be scrolled."""
    at = current.here()
    with show.refusals():
        board = board_now(at.app, at.actor, unit.id)
        with st.container(key="wall-head"):
            st.html(f'<p class="wall-counts"><b>{escape(board.unit.name)}</b> · {_counts(board)}</p>')
            pulse(board.unit, board.version, board.changes_at)
        tiles = "".join(_tile(row, board.now) for row in board.rows)
        st.html(f'<div class="wall wall-{_columns(len(board.rows))}">{tiles or _EMPTY}</div>')


def _columns(patients: int) -> int:
    """So that a tile stays as high as type of that size needs."""
    return 1 if patients <= 8 else 2 if patients <= 26 else 3


def _counts(board: WardBoard) -> str:
    overdue = sum(row.is_overdue(board.now) for row in board.rows)
    danger = sum(row.level >= 3 for row in board.rows)
    return f"{len(board.rows)} patients · {overdue} overdue · {danger} at level 3 or 4"


def _tile(row: BoardRow, now: datetime) -> str:
    due = clock(ClockKind.DUE, row.due_first_at, now) if row.due_first_at else "nothing due"
    what = "set" if row.due_first_at == row.set_due_at else "dose"
    # Never cut short: who has to come, and this dose. "Do not omit" must not be read as "Do not".
    whole = [*_who_has_to_come(row, now), *filter(None, [this_dose_line(row)])]
    rest = " · ".join([escape(row.kept.headline), *_standing(row)])
    told = "".join(f"<b>{words}</b>" for words in whole) + f'<span class="wall-rest">{rest}</span>'
    return (
        f'<div class="wall-tile {level_class(row)}"><span class="wall-bed">{escape(row.kept.bed)}</span>'
        f'<div class="wall-told"><p class="wall-first"><span class="board-level">{level_words(row)}</span>'
        f"<span>{what if row.due_first_at else ''} {due}</span></p>"
        f'<p class="wall-why">{told}</p></div></div>'
    )


def _who_has_to_come(row: BoardRow, now: datetime) -> list[str]:
    """The alert that stands highest on the ladder and that nobody has acknowledged; else who sees to a late set."""
    waiting = next((alert for alert in row.alerts if alert.waits_for), None)
    if waiting is None or waiting.waits_for is None:
        return [late_line(finding) for finding in row.late[:1]]
    return [f"→ {ROLES[waiting.waits_for]}, {clock(ClockKind.WAITED, waiting.glance.raised_at, now)}"]


def _standing(row: BoardRow) -> list[str]:
    rising = [trend_line(trend) for trend in row.kept.trends if trend.rise > 0]
    return [*rising, *([KEEP_DOSE] if row.is_cut_suspended else [])]
