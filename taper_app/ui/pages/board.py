"""The ward board: the most dangerous first. A row opens the chart."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import board_rows, find_patient, frame, show

at = current.here()
unit = board_rows.chosen_unit(at, current.unit_or_stop(at))
frame.top(at, f"Ward board: {unit.name}")
find_patient.find()
with show.refusals():
    board_rows.board(unit)
st.page_link(
    current.WALL, label="Wall view: large type, no names", icon=":material/tv:", query_params={"unit": unit.id}
)
frame.bottom(at.app.protocols)
