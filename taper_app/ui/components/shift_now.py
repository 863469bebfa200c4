"""Who is on shift now, and what is open: each alert and each overdue set with the person who answers for it."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.records import Author, LatestRow
from taper_app.clinical.shifts import Shift
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import minutes_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.shift import OnShift, alerts_of_unit, on_shift

_NOBODY = "Nobody is set for now: an alert goes from role to role without a name. Set the shift."


@st.fragment(run_every="20s")
def who_is_on(unit_id: str) -> None:
    """Who is on and the open alerts go on by themselves; whoever fills in the form below loses nothing."""
    at = current.here()
    with show.refusals():
        ward = on_shift(at.app, at.actor, unit_id)
        if ward.shift is None:
            ended = f" The last one ended {moment_text(ward.before.ends_at, ward.unit.zone)}." if ward.before else ""
            st.warning(_NOBODY + ended)
        else:
            _shift(ward, ward.shift)
        _taken_over(at, ward)


def _shift(ward: OnShift, shift: Shift) -> None:
    zone = ward.unit.zone
    with st.container(border=True):
        st.markdown(f"**{moment_text(shift.begins_at, zone)} until {moment_text(shift.ends_at, zone)}**")
        st.markdown(f"In charge: **{_name(shift.in_charge)}** · covers as prescriber: **{_name(shift.prescriber)}**")
        lines = [f"- {_name(line.nurse)}: bed {show.plain_text(', '.join(line.beds))}" for line in shift.nurses]
        st.markdown("\n".join(lines) or "No nurse has beds.")
        if missing := [bed for bed in ward.occupied if shift.nurse_of(bed) is None]:
            st.warning(f"No nurse is set for bed {show.plain_text(', '.join(missing))}.")
        st.markdown(
            f":small[Set by {show.plain_text(shift.set_by.signature)}, {moment_text(shift.recorded_at, zone)}.]"
        )


def _taken_over(at: Here, ward: OnShift) -> None:
    """What the one who comes takes over: nothing open is left to memory."""
    st.subheader("Open now", anchor=False)
    lines = []
    for found in alerts_of_unit(at.app, at.actor, ward.unit.id):
        headline = f"{level_text(found.answering.climb.level)} · {_bed(found.row)}: {found.answering.glance.headline}"
        stands = found.answering.short or f"acknowledged, not resolved → {_nurse(ward, found.row)}"
        lines.append(f"- **{show.plain_text(headline)}** {show.plain_text(stands)}")
    for row in ward_board(at.app, at.actor, ward.unit.id):
        late = int((ward.now - row.next_due_at).total_seconds() // 60) if row.next_due_at else 0
        if late > 0:
            said = f"{_bed(row)}: set or withheld dose overdue {minutes_text(late)} → {_nurse(ward, row)}"
            lines.append(f"- {show.plain_text(said)}")
    st.markdown("\n".join(lines) or "No alert is open and nothing is overdue.")


def _bed(row: LatestRow) -> str:
    return f"bed {row.bed}, {row.label}"


def _nurse(ward: OnShift, row: LatestRow) -> str:
    nurse = ward.shift.nurse_of(row.bed) if ward.shift else None
    return f"nurse, {nurse.name}" if nurse else "nurse, nobody is set"


def _name(person: Author) -> str:
    return show.plain_text(person.name)
