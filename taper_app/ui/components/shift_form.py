"""Setting the shift: from when until when, who is in charge, who covers, and each nurse's beds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from taper_app.clinical.shifts import Shift
from taper_app.store.interface import Account
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.form_widgets import KeyedFields
from taper_app.ui.current import Here
from taper_app.use_cases.context import new_id
from taper_app.use_cases.shift import OnShift, Staff, on_shift, set_shift, staff_of

_NEXT, _NOW = "The next shift", "Correct the one that is on"


@st.fragment
def set_the_shift(unit_id: str) -> None:
    """A new shift begins empty, so that nobody stays on by default; a correction begins with what is set."""
    at = current.here()
    with show.refusals():
        ward, staff = on_shift(at.app, at.actor, unit_id), staff_of(at.app, at.actor, unit_id)
        st.subheader("Set the shift", anchor=False)
        if not staff.nurses or not staff.prescribers:
            st.info("The unit needs at least one nurse and one physician who can sign in; an administrator adds them.")
            return
        corrected = ward.shift if ward.shift and _wants_to_correct(unit_id) else None
        form = _form(ward, corrected)
        _fields(ward, staff, form, corrected)
        if st.button("Set the shift", type="primary", key=form.key("save")):
            _save(at, ward, staff, form)


def _wants_to_correct(unit_id: str) -> bool:
    chosen = st.segmented_control("What to set", [_NEXT, _NOW], default=_NEXT, key=f"shift-{unit_id}", required=True)
    return chosen == _NOW


def _form(ward: OnShift, corrected: Shift | None) -> KeyedFields:
    """Keyed by unit and entry; the entry is a new one once the shift was set."""
    pin = f"shift_entry|{ward.unit.id}|{corrected.id if corrected else ''}"
    entry_id = str(st.session_state.setdefault(pin, new_id()))
    return KeyedFields(entry_id, {})


def _fields(ward: OnShift, staff: Staff, form: KeyedFields, corrected: Shift | None) -> None:
    zone = ZoneInfo(ward.unit.zone)
    beginning, end = _times_to_begin_with(ward, corrected)
    begins, ends = beginning.astimezone(zone), end.astimezone(zone)
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    first.date_input("From the day", format="YYYY-MM-DD", **form.day("from_day", begins.date()))
    second.text_input("at", placeholder="07:00", **form.text("from_time", f"{begins:%H:%M}"))
    third.date_input("Until the day", format="YYYY-MM-DD", **form.day("until_day", ends.date()))
    known_end = corrected or ward.before or ward.shift
    fourth.text_input("at ", placeholder="19:00", **form.text("until_time", f"{ends:%H:%M}" if known_end else ""))
    left, right = st.columns(2)
    _person(left, form, "in_charge", "In charge", staff.nurses, corrected.in_charge.user_id if corrected else None)
    covering = corrected.prescriber.user_id if corrected else None
    _person(right, form, "prescriber", "Covers as prescriber", staff.prescribers, covering)
    names = {nurse.id: nurse.display_name for nurse in staff.nurses}
    begin = [line.nurse.user_id for line in corrected.nurses if line.nurse.user_id in names] if corrected else []
    on = st.multiselect(
        "Nurses on this shift", list(names), default=begin, format_func=names.__getitem__, key=form.key("nurses")
    )
    for nurse in on:
        kept = next((line.beds for line in corrected.nurses if line.nurse.user_id == nurse), ()) if corrected else ()
        beds = [bed for bed in kept if bed in ward.unit.beds]
        label = f"Beds of {names[nurse]}"
        st.multiselect(label, list(ward.unit.beds), default=beds, key=form.key(f"beds-{nurse}"))
    _without_a_nurse(ward, form, on)


def _times_to_begin_with(ward: OnShift, corrected: Shift | None) -> tuple[datetime, datetime]:
    """From the end of the one that is on, and as long as that was; the ward says how long its shifts are."""
    if corrected is not None:
        return corrected.begins_at, corrected.ends_at
    before = ward.shift or ward.before
    begins = ward.shift.ends_at if ward.shift else ward.now
    return begins, begins + (before.ends_at - before.begins_at if before else timedelta(0))


def _person(
    place: Any, form: KeyedFields, name: str, label: str, people: list[Account] | Any, begin: str | None
) -> None:
    names = {person.id: person.display_name for person in people}
    place.selectbox(
        label, format_func=names.__getitem__, placeholder="Choose a person", **form.listed(name, list(names), begin)
    )


def _without_a_nurse(ward: OnShift, form: KeyedFields, on: list[str]) -> None:
    given = {bed for beds in _beds(form, on).values() for bed in beds}
    if missing := [bed for bed in ward.occupied if bed not in given]:
        st.markdown(f"Beds with a patient and no nurse yet: **{show.plain_text(', '.join(missing))}**")


def _beds(form: KeyedFields, on: list[str]) -> dict[str, list[str]]:
    return {nurse: list(st.session_state.get(form.key(f"beds-{nurse}")) or ()) for nurse in on}


def _save(at: Here, ward: OnShift, staff: Staff, form: KeyedFields) -> None:
    with show.refusals():
        on = [nurse.id for nurse in staff.nurses if nurse.id in (st.session_state.get(form.key("nurses")) or ())]
        written = {
            "begins_at": _moment(ward, form, "from"),
            "ends_at": _moment(ward, form, "until"),
            "in_charge": str(st.session_state.get(form.key("in_charge")) or ""),
            "prescriber": str(st.session_state.get(form.key("prescriber")) or ""),
            "nurses": _beds(form, on),
        }
        set_shift(at.app, at.actor, ward.unit.id, written, entry_id=form.entry_id)
        for pin in [key for key in st.session_state if str(key).startswith(f"shift_entry|{ward.unit.id}|")]:
            st.session_state.pop(str(pin), None)
        show.done_after_rerun("The shift is set: every alert of the unit has its people.")
        st.rerun()


def _moment(ward: OnShift, form: KeyedFields, name: str) -> str:
    """With the ward's offset; a time that cannot be read stays as it was typed, and its fault is named."""
    day = st.session_state.get(form.key(f"{name}_day"))
    typed = str(st.session_state.get(form.key(f"{name}_time")) or "").strip()
    written = f"{day.isoformat() if isinstance(day, date) else ''}T{typed}"
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ward.unit.zone)).isoformat()
    except ValueError:
        return written
