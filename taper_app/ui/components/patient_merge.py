"""Two records of one person on the Patient page: compared side by side, proposed, and confirmed by another person."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.merging import MergeBody, OpenMerge, open_merges
from taper_app.clinical.records import EpisodeId, Patient, PatientId, RecordKind
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.ui.components.find_patient import identifier_form
from taper_app.ui.components.times import date_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.merge_pairs import MergePair, find_other_record, merge_pair
from taper_app.use_cases.merge_patients import confirm_merge, decline_merge, propose_merge
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_FORM = "merge"
_SEXES = {"F": "female", "M": "male", "X": "other", "U": "not recorded"}


@st.fragment
def duplicate(episode_id: EpisodeId) -> None:
    """What waits, what was merged, and the form. Who acts and what is charted are asked anew."""
    at = current.here()
    grant = grant_of(UseCase.STRIKE_WRONG_PATIENT_ENTRY, at.actor.role)
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Two records of one person", anchor=False)
        _merged(chart)
        if grant is Grant.NO:
            return
        for waiting in open_merges(chart.records):
            _waiting(at, chart, waiting, may_sign=grant is Grant.SIGN)
        with st.expander("This patient has a second record number"):
            _form(at, chart)


def _merged(chart: Chart) -> None:
    for record in chart.of_kind(RecordKind.MERGE):
        body = record.body_as(MergeBody)
        st.text(
            f"{moment_text(record.recorded_at, chart.unit.zone)} · record {body.merged_number} was merged into "
            f"{body.kept_number} · proposed by {body.proposed_by.signature}, confirmed by {record.author.signature} · "
            f"{body.reason}"
        )


def _form(at: Here, chart: Chart) -> None:
    st.markdown("Find the other record by two of these. Both numbers lead to this patient afterwards; nothing is lost.")
    written, wanted = identifier_form(f"merge-{chart.episode_id}", "Compare")
    pin = f"other-record-{chart.episode_id}"
    if wanted:
        st.session_state.pop(pin, None)
        st.session_state[pin] = find_other_record(at.app, at.actor, chart.episode_id, written).merged.id
    other = st.session_state.get(pin)
    if other is None:
        return
    pair = merge_pair(at.app, at.actor, chart.episode_id, PatientId(other))
    _side_by_side(pair)
    entry_id = entry_id_of(_FORM, chart.episode_id)
    reason = st.text_input(
        "Why they are one person", max_chars=400, key=f"{_FORM}|reason|{chart.episode_id}|{entry_id}"
    )
    if st.button("Propose to merge them", key=f"save-{_FORM}-{chart.episode_id}"):
        with show.refusals():
            propose_merge(at.app, at.actor, chart.episode_id, pair.merged.id, reason, entry_id=entry_id)
            next_entry(_FORM, chart.episode_id)
            st.session_state.pop(pin, None)
            show.done_after_rerun("Proposed. Another person confirms it: a charge nurse or a physician.")
            st.rerun()


def _side_by_side(pair: MergePair) -> None:
    """Both records in words; what differs is said in a sentence too, so that nothing rests on comparing columns."""
    rows = [_row("Stays on as", pair.kept), _row("Is merged into it", pair.merged)]
    st.table([dict(row) for row in rows], hide_index=True)
    stays = "one stay" if pair.stays_of_merged == 1 else f"{pair.stays_of_merged} stays"
    st.markdown(f"The record that is merged brings {stays}.")
    if pair.differences:
        fields = ", ".join(found.field for found in pair.differences)
        st.warning(
            f"They differ in: {fields}. Make sure that this is one person; the reason has to say why they differ."
        )


def _row(role: str, patient: Patient) -> dict[str, str]:
    return {
        "": role,
        "Record": show.plain_text(patient.record_number),
        "Family name": show.plain_text(patient.family_name),
        "Given name": show.plain_text(patient.given_name),
        "Born": date_text(patient.born_on),
        "Sex": _SEXES[patient.sex],
    }


def _waiting(at: Here, chart: Chart, waiting: OpenMerge, *, may_sign: bool) -> None:
    record = waiting.record
    is_own = record.author.user_id == at.actor.user_id
    with st.container(border=True), show.refusals():
        st.markdown("**Proposed: these are one person.**")
        _side_by_side(merge_pair(at.app, at.actor, chart.episode_id, waiting.body.merged))
        who, when = record.author.signature, moment_text(record.recorded_at, chart.unit.zone)
        st.text(f"{when} · {who} · {waiting.body.reason}")
        if (
            may_sign
            and not is_own
            and st.button("Confirm: make one record", key=f"confirm-{record.id}", type="primary")
        ):
            confirm_merge(at.app, at.actor, chart.episode_id, record.id, entry_id=f"{record.id}-confirmed")
            show.done_after_rerun("One record now. Both numbers find the patient; every stay keeps its entries.")
            st.rerun()
        if is_own:
            st.markdown("You proposed this; another person confirms it.")
        elif not may_sign:
            st.markdown("A charge nurse or a physician confirms or declines it.")
        if may_sign or is_own:
            _decline(at, chart, waiting)


def _decline(at: Here, chart: Chart, waiting: OpenMerge) -> None:
    record = waiting.record
    reason = st.text_input("Why they stay two", key=f"two-reason-{record.id}", max_chars=400)
    if st.button("Decline: they stay two records", key=f"two-{record.id}"):
        decline_merge(at.app, at.actor, chart.episode_id, record.id, reason, entry_id=f"{record.id}-declined")
        show.done_after_rerun("Declined. They stay two records.")
        st.rerun()
