"""The board's heartbeat: every few seconds one number is asked for, and the page is drawn anew only when it moved.

``board.js`` watches the line that is drawn here: when it is not renewed, the browser itself says that the board is old.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from taper_app.clinical.records import Unit
from taper_app.ui import current
from taper_app.ui.components.board_clock import microseconds
from taper_app.ui.components.times import date_text, to_the_second
from taper_app.use_cases.board import board_version

EVERY_SECONDS = 5


@st.fragment(run_every=f"{EVERY_SECONDS}s")
def pulse(unit: Unit, drawn_version: int, holds_until: datetime) -> None:
    """``drawn_version`` and ``holds_until``: for how long what the page shows is true."""
    at = current.here()
    now = at.app.clock()
    if current.is_part_alone() and (now > holds_until or board_version(at.app, at.actor, unit.id) != drawn_version):
        st.rerun()
    shown = to_the_second(now, unit.zone)
    st.html(
        f'<p class="board-beat" data-beat="{microseconds(now)}" data-every="{EVERY_SECONDS}" data-shown="{shown}">'
        f"{date_text(now.astimezone(ZoneInfo(unit.zone)).date())} · refreshed <b>{shown}</b>, "
        f"again every {EVERY_SECONDS} s</p>"
    )
