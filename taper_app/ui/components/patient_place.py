"""Bed and unit on the Patient page: where the patient is and was, and a form that moves them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.transfer import FreeBeds, free_beds, people_still_writing, places, transfer

_FORM = "transfer"


@st.fragment
def place(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Bed and unit", anchor=False)
        for found in places(at.app, at.actor, episode_id):
            because = f" · {found.reason}" if found.reason else ""
            st.text(
                f"{moment_text(found.since, chart.unit.zone)} · {found.unit_name}, bed {found.bed} · "
                f"{found.author.signature}{because}"
            )
        may_move = grant_of(UseCase.TRANSFER_BED_OR_UNIT, at.actor.role) is not Grant.NO
        if chart.row.status == "open" and may_move:
            with st.expander("Move the patient to another bed or unit"):
                _form(at, chart)


def _form(at: Here, chart: Chart) -> None:
    entry = open_entry(at, UseCase.TRANSFER_BED_OR_UNIT, _FORM, chart.episode_id)
    free = free_beds(at.app, at.actor, chart.episode_id)
    names = {found.unit.id: found.unit.name for found in free}
    left, right = st.columns(2)
    left.selectbox("Unit", format_func=names.__getitem__, **entry.listed("unit_id", list(names), chart.unit.id))
    unit_id = str(entry.value("unit_id") or chart.unit.id)
    beds = _beds_of(free, unit_id)
    right.selectbox("Free bed", placeholder="Choose a bed", **entry.listed(f"bed-{unit_id}", beds))
    if not beds:
        st.info("No bed is free there.")
    is_leaving = unit_id != chart.unit.id
    if is_leaving:
        st.text_input("Why the patient goes there", max_chars=400, **entry.text("reason"))
        _what_goes_along(at, chart)
    entry.saved_line(chart.unit.zone)
    if st.button("Move the patient", key=f"save-{_FORM}-{chart.episode_id}"):
        _save(at, chart, entry, unit_id, is_leaving)


def _beds_of(free: Sequence[FreeBeds], unit_id: str) -> list[str]:
    return next((list(found.beds) for found in free if found.unit.id == unit_id), [])


def _what_goes_along(at: Here, chart: Chart) -> None:
    st.markdown(
        "Chart, plan and open alerts go along. The people of this unit can then no longer open the patient, and those "
        "of the other unit can."
    )
    writing = people_still_writing(at.app, at.actor, chart.episode_id)
    if writing:
        who = "One colleague has" if writing == 1 else f"{writing} colleagues have"
        st.warning(f"{who} half-written entries of this patient. Ask them to save or give up what they write first.")


def _save(at: Here, chart: Chart, entry: EntryForm, unit_id: str, is_leaving: bool) -> None:
    with show.refusals():
        written = {
            "unit_id": unit_id,
            "bed": str(entry.value(f"bed-{unit_id}") or ""),
            "reason": str(entry.value("reason") or "") if is_leaving else "",
        }
        transfer(at.app, at.actor, chart.episode_id, written, entry_id=entry.entry_id)
        entry.finished()
        if not is_leaving:
            show.done_after_rerun("The patient was moved.")
            st.rerun()
        current.close_patient()
        show.done_after_rerun("The patient was moved to the other unit, whose people have the chart now.")
        st.switch_page(current.BOARD)
