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
from taper_app.ui.components.folded import folded
from taper_app.ui.components.form_widgets import FormWidgets, KeyedFields
from taper_app.ui.components.widgets import answer, text_field
from taper_app.use_cases.admit import record_facts
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


def fact_fields(form: FormWidgets, known: FactsBody = _NOTHING) -> dict[str, Any]:
    """The widgets, beginning with what is known, or with what was kept of the form."""
    page = st.container()
    begin_months = "" if known.months_of_use is None else str(known.months_of_use)
    months = text_field(page, form, "months", "Months of use", begin=begin_months, placeholder="18")
    written: dict[str, Any] = {
        "months_of_use": int(months) if months.isascii() and months.isdigit() else (months or None)
    }
    columns = st.columns(2)
    for index, (name, label) in enumerate(QUESTIONS.items()):
        with columns[index % 2]:
            written[name] = answer(form, name, label, begin=getattr(known, name).value)
    begin = "not_assessed" if known.other_sedatives is None else "yes" if known.other_sedatives else "no"
    asked = answer(form, "sedatives", "Other sedatives", begin=begin)
    page = st.container()
    sedatives = ", ".join(known.other_sedatives or ())
    named = text_field(page, form, "which", "Which other sedatives, with commas", begin=sedatives)
    written["other_sedatives"] = _sedatives(asked, named)
    follows = "Specialist's name, if one follows the patient"
    specialist = text_field(page, form, "spec", follows, begin=known.specialist or "")
    contact = known.obstetric_contact or ""
    obstetrics = text_field(page, form, "obst", "Obstetric contact, if pregnant", begin=contact)
    return written | {
        "specialist": specialist or None,
        "obstetric_contact": obstetrics or None,
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
    asked = "Facts that were asked: seizures, opioids, alcohol, pregnancy …"
    with folded(asked, key=f"facts-{episode_id}") as is_drawn, show.refusals():
        if not is_drawn:
            return
        chart = current.chart_now(at, episode_id)
        pin = f"facts-entry-{episode_id}"
        entry = str(st.session_state.setdefault(pin, new_id()))
        written = fact_fields(KeyedFields(f"{episode_id}-{entry}"), chart.facts)
        if st.button("Save the facts", key=f"save-facts-{episode_id}-{entry}"):
            try:
                answers = FactsBody.model_validate(chart.facts.model_dump() | written)
            except ValidationError as error:
                raise InputRefused(faults_of(error, written)) from None
            record_facts(at.app, at.actor, episode_id, answers, entry_id=entry)
            st.session_state.pop(pin, None)
            show.done_after_rerun("The answers were recorded; the older ones stay readable.")
            st.rerun()
