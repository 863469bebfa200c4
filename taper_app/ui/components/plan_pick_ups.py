"""What is handed out when, in words: ``Mon 11 Jan to Sun 17 Jan 2027: 14 tablets of 1 mg``, and what is left over."""

from __future__ import annotations

from datetime import date

import streamlit as st

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.dispensing.left_over import LEFT_OVER, NOT_COUNTED
from taper_app.clinical.planning.dispensing.periods import asks_for_supply
from taper_app.clinical.protocol.library import Protocols
from taper_app.export.pick_ups import PickUpWords, pick_ups_of
from taper_app.ui.components import show
from taper_app.ui.components.times import with_dates


def pick_ups(plan: Plan, protocols: Protocols, *, since: date | None = None) -> None:
    """Each pick-up in whole pieces, the next one first; ``since``: only those that reach that day or a later one."""
    found = pick_ups_of(plan, protocols, since=since)
    if not found:
        return
    was_asked = asks_for_supply(plan.request)
    if was_asked:
        st.markdown(f"**{show.unbroken(show.plain_text(found[0].in_words))}**")
    heading = "Every pick-up" if was_asked else "To dispense, step by step"
    with st.expander(f"{heading} ({len(found)})"):
        rows = [_row(pick_up) for pick_up in found]
        st.table(rows, hide_index=True, alt="What is handed out when")
    for warning in plan.warnings:
        if warning.code in (LEFT_OVER, NOT_COUNTED):
            st.markdown(show.plain_text(with_dates(warning.message)))


def _row(pick_up: PickUpWords) -> dict[str, str]:
    """The days, and every product of them."""
    lines = "; ".join(line.in_words for line in pick_up.lines)
    return {"Days": _safe(pick_up.days), "Handed out": _safe(lines)}


def _safe(text: str) -> str:
    return show.unbroken(show.plain_text(text))
