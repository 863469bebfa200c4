"""Which patients of the board are shown: by what is due, by level, by whose they are, by whom they wait for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from taper_app.clinical.escalation.board_row import BoardRow
from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.ui.components.board_due import due_soon
from taper_app.ui.components.board_words import ROLES
from taper_app.use_cases.board import WardBoard

_ALL, _MINE, _DUE, _OVERDUE, _DANGER = "All", "Mine", "Due in 1 h", "Overdue", "Level 3-4"
_ANYONE: Final = "anyone"
_AWAITED: Final[tuple[Rung, ...]] = ("nurse", "charge_nurse", "prescriber", "emergency_team")
NO_SHIFT: Final = "Nobody has set the shift of this unit, so it is not known which patients are yours."
_Wanted = Callable[[BoardRow], bool]


def chosen_rows(board: WardBoard) -> Sequence[BoardRow]:
    """Draws the two filters with their counts and answers with the rows that both let through."""
    shows = _shows(board)
    waits: dict[str, _Wanted] = {_ANYONE: lambda row: True}
    waits |= {ROLES[role]: _waiting_for(role) for role in _AWAITED}
    with st.container(horizontal=True, key="board-filters"):
        shown = _choice("Show", shows, board, key="board-filter", first=_ALL)
        awaited = _choice("An alert waits for", waits, board, key="board-awaits", first=_ANYONE, mark="→ ")
    if shown == _MINE and board.mine is None:
        st.info(NO_SHIFT)
    if shown == _DUE:
        due_soon(board)
    return [row for row in board.rows if shows[shown](row) and waits[awaited](row)]


def _shows(board: WardBoard) -> dict[str, _Wanted]:
    mine = board.mine or frozenset()
    return {
        _ALL: lambda row: True,
        _MINE: lambda row: row.kept.bed in mine,
        _DUE: lambda row: row.is_due_soon(board.now),
        _OVERDUE: lambda row: row.is_overdue(board.now),
        _DANGER: lambda row: row.level >= 3,
    }


def _waiting_for(role: Rung) -> _Wanted:
    return lambda row: row.waits_for(role)


def _choice(label: str, ways: dict[str, _Wanted], board: WardBoard, *, key: str, first: str, mark: str = "") -> str:
    """``mark`` before each choice, as it stands in the rows before whom an alert waits for."""
    counts = {name: sum(map(wanted, board.rows)) for name, wanted in ways.items()}

    def with_count(name: str) -> str:
        return f"{name}: not set" if name == _MINE and board.mine is None else f"{mark}{name}: {counts[name]}"

    chosen = st.segmented_control(
        label,
        list(ways),
        default=first,
        format_func=with_count,
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen or first)
