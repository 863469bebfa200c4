"""Forms of the administrator: the unit, and who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

import streamlit as st

from taper_app.clinical.people import Role
from taper_app.clinical.records import Unit
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.use_cases.set_up_unit import accounts, add_account, all_units, disable_account, set_up_unit

_ANOTHER = "another unit"


@st.fragment
def unit_form() -> None:
    """Name, beds, clock, numbers."""
    at = current.here()
    st.subheader("The unit")
    unit = _unit_to_change(all_units(at.app))
    tail = f"-{unit.id}" if unit else "-new"
    if unit is None:
        st.info("Nothing is set up yet: give the ward a name, its beds and the numbers that are answered here.")
    left, right = st.columns(2)
    name = left.text_input(
        "Name of the unit", value=unit.name if unit else "", key=f"unit-name{tail}", placeholder="3 East"
    )
    beds = right.text_input(
        "Beds", value=", ".join(unit.beds) if unit else "", key=f"unit-beds{tail}", placeholder="01-12, or 3A, 3B, 3C"
    )
    zones = sorted(available_timezones())
    zone = left.selectbox(
        "Time zone",
        zones,
        index=zones.index(unit.zone) if unit else None,
        key=f"unit-zone{tail}",
        placeholder="America/New_York",
    )
    emergency = right.text_input(
        "Emergency number", value=unit.emergency_number if unit else "", key=f"unit-emergency{tail}", placeholder="911"
    )
    phone = left.text_input(
        "Ward's phone, day and night",
        value=unit.phone_day_and_night if unit else "",
        key=f"unit-phone{tail}",
        help="Printed on the handoff: whom the patient and the next prescriber call.",
    )
    crisis = right.text_input(
        "Crisis lines",
        value=unit.crisis_lines if unit else "",
        key=f"unit-crisis{tail}",
        help="Printed on every handoff; nothing is exported while this is empty.",
    )
    part2 = st.checkbox(
        "This is a substance use disorder programme under 42 CFR Part 2",
        value=unit.part2_program if unit else True,
        key=f"unit-part2{tail}",
    )
    if st.button("Save the unit", type="primary", key="unit-save"):
        with show.refusals():
            set_up_unit(
                at.app,
                at.actor,
                unit_id=unit.id if unit else None,
                another=unit is None,
                name=name,
                beds=beds,
                zone=zone or "",
                emergency_number=emergency,
                crisis_lines=crisis,
                phone_day_and_night=phone,
                part2_program=part2,
            )
            st.success("The unit is saved.")


def _unit_to_change(units: Sequence[Unit]) -> Unit | None:
    """The unit that is shown; None for one that is to be added, the first one of all too."""
    if not units:
        return None
    by_id = {unit.id: unit for unit in units}
    chosen = st.selectbox(
        "Which unit",
        [*by_id, _ANOTHER],
        format_func=lambda id_: by_id[id_].name if id_ in by_id else "Add another unit",
        key="unit-which",
    )
    return by_id.get(chosen or units[0].id)


@st.fragment
def people() -> None:
    """Accounts, and the one-time password of a new one, shown once."""
    at = current.here()
    st.subheader("People")
    with show.refusals():
        for account in accounts(at.app, at.actor):
            who, act = st.columns([5, 1], vertical_alignment="center")
            state = " · disabled" if account.disabled_at else ""
            who.text(f"{account.display_name} ({account.name}) · {account.role.in_words}{state}")
            may_disable = account.disabled_at is None and account.id != at.actor.user_id
            if may_disable and act.button("Disable", key=f"disable-{account.id}"):
                disable_account(at.app, at.actor, account.id)
                st.rerun(scope="fragment")
    _add_person()


def _add_person() -> None:
    at = current.here()
    st.markdown("**Add a person**")
    left, middle, right = st.columns(3)
    name = left.text_input("User name", key="person-name")
    display_name = middle.text_input("Name beside signatures", key="person-display")
    role = right.selectbox("Role", list(Role), format_func=lambda role: role.in_words, key="person-role") or Role.NURSE
    units = {unit.id: unit.name for unit in all_units(at.app)}
    unit_id = next(iter(units), None)
    if len(units) > 1:
        unit_id = st.selectbox("Unit", list(units), format_func=units.__getitem__, key="person-unit")
    if st.button("Add", key="person-add"):
        with show.refusals():
            account, one_time = add_account(
                at.app, at.actor, name=name, display_name=display_name, role=role, unit_id=unit_id
            )
            st.success(f"{account.name} was added. One-time password, shown only now:")
            st.code(one_time, language=None)
