"""The ward board on a wall, readable from three metres. It ends with the session of who opened it."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import board_wall
from taper_app.use_cases.set_up_unit import all_units

at = current.here()
own = current.unit_or_stop(at)
asked = st.query_params.get("unit", own.id)
board_wall.wall(next((unit for unit in all_units(at.app) if unit.id == asked), own))
