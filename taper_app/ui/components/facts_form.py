"""The facts of a patient: asked at admission, and again whenever somebody learns more."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from taper_app.clinical.charting.facts import FactsBody
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.widgets import answer
from taper_app.use_cases.admit import record_facts
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.rights import Grant, UseCase, grant_of

QUESTIONS = {
    "use_verified": "Use verified",
    "seizure_history": "Seizure disorder or earlier withdrawal seizure",
    "taken_for_epilepsy": "Taken for epilepsy",
    "hepatic_impairment": "Liver impairment",
    "pregnant": "Pregnant",
    "opioid_co_use": "Opioids, prescribed or not",
    "alcohol_co_use": "Alcohol",
    "anticoagulant": "Anticoagulant",
    "antipsychotic_or_ssri": "Antipsychotic or SSRI",
    "naloxone_available": "Naloxone at hand on the unit",
    "obstetric_plan_recorded": "Obstetric plan recorded",
}
_NOTHING = FactsBody()


def fact_fields(entry: str, known: FactsBody = _NOTHING) -> dict[str, Any]:
    """The widgets, beginning with what is known; ``entry`` makes their keys."""
    months = st.text_input(
        "Months of use", value=str(known.months_of_use or ""), key=f"months-{entry}", placeholder="18"
    ).strip()
    written: dict[str, Any] = {
        "months_of_use": int(months) if months.isascii() and months.isdigit() else (months or None)
    }
    columns = st.columns(2)
    for index, (name, label) in enumerate(QUESTIONS.items()):
        with columns[index % 2]:
            written[name] = answer(label, key=f"{name}-{entry}", default=getattr(known, name).value)
    begin = "not_assessed" if known.other_sedatives is None else "yes" if known.other_sedatives else "no"
    asked = answer("Other sedatives", key=f"sedatives-{entry}", default=begin)
    named = st.text_input(
        "Which other sedatives, with commas", value=", ".join(known.other_sedatives or ()), key=f"which-{entry}"
    )
    written["other_sedatives"] = _sedatives(asked, named)
    specialist = st.text_input(
        "Specialist's name, if one follows the patient", value=known.specialist or "", key=f"spec-{entry}"
    )
    obstetrics = st.text_input(
        "Obstetric contact, if pregnant", value=known.obstetric_contact or "", key=f"obst-{entry}"
    )
    return written | {
        "specialist": specialist.strip() or None,
        "obstetric_contact": obstetrics.strip() or None,
    }


def _sedatives(asked: str, named: str) -> list[str] | None:
    """Which, none, or nobody asked. A name counts whatever was tapped; a yes without a name says so."""
    names = [name.strip() for name in named.split(",") if name.strip()]
    return names or {"no": [], "yes": ["not named"]}.get(asked)


@st.fragment
def facts(episode_id: EpisodeId) -> None:
    """New answers for a patient who is here; the older ones stay readable."""
    at = current.here()
    if grant_of(UseCase.RECORD_CURRENT_USE, at.actor.role) is Grant.NO:
        return
    with st.expander("Facts that were asked: seizures, opioids, alcohol, pregnancy …"), show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        pin = f"facts-entry-{episode_id}"
        entry = str(st.session_state.setdefault(pin, new_id()))
        written = fact_fields(f"{episode_id}-{entry}", chart.facts)
        if st.button("Save the facts", key=f"save-facts-{episode_id}-{entry}"):
            try:
                answers = FactsBody.model_validate(chart.facts.model_dump() | written)
            except ValidationError as error:
                raise InputRefused(faults_of(error, written)) from None
            record_facts(at.app, at.actor, episode_id, answers, entry_id=entry)
            st.session_state.pop(pin, None)
            show.done_after_rerun("The answers were recorded; the older ones stay readable.")
            st.rerun()
