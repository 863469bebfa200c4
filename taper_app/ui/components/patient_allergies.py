"""Allergies on the Patient page: the list as it stands, who said so and when, and a form that restates it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from taper_app.clinical.charting.allergies import (
    AllergiesBody,
    AllergyStatus,
    allergies_of,
    missing_from,
    read_allergy,
)
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.allergies import record_allergies
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_FORM = "allergies"
_STATUSES = {AllergyStatus.NONE_KNOWN.value: "None known", AllergyStatus.LISTED.value: "These"}


@st.fragment
def allergies(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Allergies", anchor=False)
        _as_it_stands(chart)
        if chart.row.status == "open" and grant_of(UseCase.RECORD_CURRENT_USE, at.actor.role) is not Grant.NO:
            with st.expander("Write the list anew", expanded=chart.allergies.status is AllergyStatus.NOT_ASSESSED):
                _form(at, chart)


def _as_it_stands(chart: Chart) -> None:
    body, said = allergies_of(chart.patient, chart.records)
    if body.status is AllergyStatus.NOT_ASSESSED:
        st.warning("Allergies are not assessed: nobody has asked yet. That is not the same as none known.")
        return
    words = show.plain_text(body.in_words)
    st.markdown(f"**{words}**" if body.entries else f"{words[0].upper()}{words[1:]}")
    if said is None:
        st.markdown(":small[As written at the admission.]")
        return
    who, when = show.plain_text(said.author.signature), moment_text(said.recorded_at, chart.unit.zone)
    how = "Written" if body.asked else "Taken over from another stay or record, not asked again; written"
    because = f" Because: {show.plain_text(body.reason)}" if body.reason else ""
    st.markdown(f":small[{how} {when} by {who}.{because}]")


def _form(at: Here, chart: Chart) -> None:
    stands = chart.allergies
    listed = "\n".join(allergy.in_words for allergy in stands.entries)
    begin = None if stands.status is AllergyStatus.NOT_ASSESSED else stands.status.value
    entry = open_entry(at, UseCase.RECORD_CURRENT_USE, _FORM, chart.episode_id, {"status": begin, "list": listed})
    st.segmented_control("Allergies", format_func=_STATUSES.__getitem__, **entry.chosen("status", list(_STATUSES)))
    status = str(entry.value("status") or "")
    if status == AllergyStatus.LISTED:
        st.text_area(
            "One on each line, with what it did in brackets",
            placeholder="penicillin (rash)\nlatex",
            max_chars=2000,
            **entry.text("list"),
        )
    lines = [line.strip() for line in str(entry.value("list") or "").splitlines() if line.strip()]
    if _leaves_out(status, lines, stands):
        st.text_input("Why something is no longer on the list", max_chars=400, **entry.text("reason"))
    entry.saved_line(chart.unit.zone)
    if st.button("Save the list", key=f"save-{_FORM}-{chart.episode_id}"):
        _save(at, chart, entry, status, lines if status == AllergyStatus.LISTED else [])


def _leaves_out(status: str, lines: list[str], stands: AllergiesBody) -> bool:
    try:
        entries = [read_allergy(line) for line in lines] if status == AllergyStatus.LISTED else []
        new = AllergiesBody.model_validate({"status": status, "entries": entries})
    except ValidationError:
        return bool(stands.entries) and status == AllergyStatus.LISTED and not lines
    return bool(missing_from(new, stands))


def _save(at: Here, chart: Chart, entry: EntryForm, status: str, lines: list[str]) -> None:
    with show.refusals():
        try:
            entries = [read_allergy(line).model_dump() for line in lines]
        except ValidationError as error:
            raise InputRefused(faults_of(error)) from None
        written: dict[str, Any] = {
            "status": status,
            "entries": entries,
            "reason": str(entry.value("reason") or "").strip(),
        }
        record_allergies(at.app, at.actor, chart.episode_id, written, entry_id=entry.entry_id)
        entry.finished()
        show.done_after_rerun("The list of allergies was written; the one before stays readable.")
        st.rerun()
