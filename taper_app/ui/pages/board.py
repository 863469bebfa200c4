"""The ward board: the most dangerous first. A row opens the chart."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import board_rows, find_patient, frame, show

at = current.here()
unit = board_rows.chosen_unit(at, current.unit_or_stop(at))
frame.top(at, f"Ward board: {unit.name}")


@st.fragment(run_every="20s")
def board() -> None:
    """Refreshes by itself; a fragment asks anew who is signed in."""
    now_at = current.here()
    with show.refusals():
        board_rows.board(now_at, unit)


find_patient.find()
board()
frame.bottom(at.app.protocols)
