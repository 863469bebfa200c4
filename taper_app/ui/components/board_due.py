"""What is wanted within the next hour, sets and doses, in order of time: for a round through the ward."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

import streamlit as st

from taper_app.clinical.escalation.board_row import SOON
from taper_app.ui.components.times import clock_text
from taper_app.use_cases.board import WardBoard

_SET = "observation set"


def due_soon(board: WardBoard) -> None:
    """A line each; nothing where nothing is wanted."""
    wanted = _wanted_soon(board)
    if wanted:
        lines = (_line(at, bed, label, words, board.unit.zone) for at, bed, label, words in wanted)
        st.html(f'<ul class="board-soon">{"".join(lines)}</ul>')


def _line(at: datetime, bed: str, label: str, words: str, zone: str) -> str:
    when = clock_text(at, zone)
    return f"<li><b>{when}</b> · bed <b>{escape(bed)}</b> · {escape(label)} · {escape(words)}</li>"


def _wanted_soon(board: WardBoard) -> list[tuple[datetime, str, str, str]]:
    """Moment, bed, name and what."""
    found: list[tuple[datetime, str, str, str]] = []
    for row in board.rows:
        wanted = [(dose.due_at, dose.words) for dose in row.doses]
        wanted += [(row.set_due_at, _SET)] if row.set_due_at else []
        found.extend(
            (moment, row.kept.bed, row.kept.label, words)
            for moment, words in wanted
            if timedelta(0) <= moment - board.now < SOON
        )
    return sorted(found)
