"""The ward board below its title: heartbeat, counts, filters, what is due, and one row a patient."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.escalation.board_row import BoardRow
from taper_app.clinical.people import Role
from taper_app.clinical.records import Unit
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.board_filters import chosen_rows
from taper_app.ui.components.board_html import row_html
from taper_app.ui.components.board_pulse import pulse
from taper_app.ui.current import Here
from taper_app.use_cases.board import WardBoard, board_now
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.set_up_unit import all_units


def chosen_unit(at: Here, own: Unit) -> Unit:
    """The person's own ward; whoever serves every unit chooses."""
    units = {unit.id: unit for unit in all_units(at.app)}
    if grant_of(UseCase.SEE_WARD_BOARD, at.actor.role) is not Grant.YES or len(units) < 2:
        return own
    chosen = st.selectbox(
        "Unit", list(units), index=list(units).index(own.id), format_func=lambda id_: units[id_].name, key="board-unit"
    )
    return units.get(chosen or own.id, own)


@st.fragment
def board(unit: Unit) -> None:
    """A filter draws this part alone; the heartbeat draws the whole page when something has changed."""
    at = current.here()
    with show.refusals():
        found = board_now(at.app, at.actor, unit.id)
        pulse(found.unit, found.version, found.changes_at)
        if not found.rows:
            st.info("No patient is admitted. Open Admit to begin.")
            return
        st.html(f'<p class="board-counts">{_counts(found)}</p>')
        rows = chosen_rows(found)
        for row in rows:
            _row(at, row, found)
        if not rows:
            st.markdown("No patient fits both choices.")


def _counts(board: WardBoard) -> str:
    patients = len(board.rows)
    counted = {
        f"patient{'' if patients == 1 else 's'}": patients,
        "overdue": sum(row.is_overdue(board.now) for row in board.rows),
        "at level 3 or 4": sum(row.level >= 3 for row in board.rows),
        "with an alert nobody has acknowledged": sum(_is_unanswered(row) for row in board.rows),
    }
    return " · ".join(f"<b>{number}</b> {words}" for words, number in counted.items())


def _is_unanswered(row: BoardRow) -> bool:
    return any(alert.waits_for for alert in row.alerts)


def _row(at: Here, row: BoardRow, board: WardBoard) -> None:
    with st.container(border=True, key=f"row-{row.kept.episode_id}"):
        told, opener = st.columns([11, 1.3], vertical_alignment="center")
        told.html(row_html(row, board.now, board.unit.zone))
        if opener.button("Open", key=f"open-{row.kept.episode_id}", width="stretch"):
            current.open_patient(row.kept.episode_id)
            st.switch_page(current.HANDOFF if at.actor.role is Role.PLANNER else current.CHART)
