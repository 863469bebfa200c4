"""Finding a patient on the board, also of earlier stays: two identifiers, typed whole, open one patient or nobody."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.people import Role
from taper_app.clinical.records import PatientId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.times import date_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.find_patient import FoundPatient, Stay, find_patient, found_patient
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_FOUND = "found_patient"
_FIELDS = {
    "family_name": ("Family name", ""),
    "born_on": ("Date of birth", "1982-03-14"),
    "record_number": ("Record number", ""),
    "given_name": ("Given name (narrows only)", ""),
}


@st.fragment
def find() -> None:
    """Nothing is shown while somebody types, and nothing of what was typed is kept."""
    at = current.here()
    if grant_of(UseCase.SEARCH_PATIENT, at.actor.role) is Grant.NO:
        return
    with st.expander("Find a patient, also of earlier stays"):
        st.markdown("Give two of these: family name, date of birth, record number. Each has to fit whole.")
        written, wanted = identifier_form("find", "Find")
        with show.refusals():
            if wanted:
                st.session_state.pop(_FOUND, None)
                found = find_patient(at.app, at.actor, written)
                st.session_state[_FOUND] = found.patient.id
            if known := st.session_state.get(_FOUND):
                _found(at, found_patient(at.app, at.actor, PatientId(known)))


def identifier_form(prefix: str, label: str) -> tuple[dict[str, str], bool]:
    """The four fields and whether they were sent."""
    with st.form(key=f"{prefix}-form", border=False):
        columns = st.columns(len(_FIELDS))
        written = {
            name: str(
                column.text_input(words, key=f"{prefix}|{name}", placeholder=example, autocomplete="off", max_chars=80)
                or ""
            )
            for column, (name, (words, example)) in zip(columns, _FIELDS.items(), strict=True)
        }
        return written, st.form_submit_button(label, key=f"{prefix}|send")


def _found(at: Here, found: FoundPatient) -> None:
    patient = found.patient
    numbers = ", also ".join(show.plain_text(number) for number in (patient.record_number, *found.other_numbers))
    st.markdown(
        f"**{show.plain_text(patient.label)}** · {patient.sex} · born {date_text(patient.born_on)} · record {numbers}"
    )
    for stay in found.stays:
        told, opener = st.columns([5, 1.4], vertical_alignment="center")
        told.markdown(_stay_text(stay))
        if opener.button("Open", key=f"open-found-{stay.episode_id}", width="stretch"):
            st.session_state.pop(_FOUND, None)
            current.open_patient(stay.episode_id)
            st.switch_page(current.HANDOFF if at.actor.role is Role.PLANNER else current.CHART)


def _stay_text(stay: Stay) -> str:
    since = f"{show.plain_text(stay.unit_name)}, admitted {moment_text(stay.admitted_at, stay.zone)}"
    return f"{since} · **here now, bed {show.plain_text(stay.bed)}**" if stay.is_open else f"{since} · released"
