"""An entry of the wrong patient on the Patient page: proposed with a reason, then signed with both names in view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from taper_app.clinical.charting.allergies import AllergiesBody
from taper_app.clinical.charting.struck import (
    MOVABLE,
    STRIKABLE,
    OpenProposal,
    StrikeBody,
    came_from,
    open_proposals,
)
from taper_app.clinical.records import EpisodeId, LatestRow, Record, RecordId, RecordKind
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entries import lines_of
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.components.times import date_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.strike_entry import decline_strike, propose_strike, sign_strike

_FORM = "strike"
_NOWHERE = ""
_TOO = {True: "of the other patient too", False: "of this patient, and stands again"}
_LONGEST_LABEL = 110
#: Kinds that have no line among the entries of a stay.
_WORDS: dict[RecordKind, Callable[[Record], str]] = {
    RecordKind.ALLERGIES: lambda record: f"Allergies: {record.body_as(AllergiesBody).in_words}",
    RecordKind.FACTS: lambda record: "Facts that were asked",
}


@st.fragment
def wrong_patient(episode_id: EpisodeId) -> None:
    """Proposals that wait, what was struck or moved here, and the form. Asked anew, as everywhere."""
    at = current.here()
    grant = grant_of(UseCase.STRIKE_WRONG_PATIENT_ENTRY, at.actor.role)
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Entries of the wrong patient", anchor=False)
        others = _others(at, chart) if grant is not Grant.NO else {}
        for proposal in open_proposals(chart.records):
            _waiting(at, chart, proposal, others, may_sign=grant is Grant.SIGN)
        traces(at, chart)
        if grant is not Grant.NO:
            with st.expander("Strike an entry that belongs to another patient"):
                _form(at, chart, others)


def traces(at: Here, chart: Chart) -> None:
    """What was struck from this chart and what came from another one; nothing when neither happened."""
    signed = _signed(chart)
    for record_id, text in _texts_by_id(at, chart, chart.struck).items():
        st.text(f"STRUCK, counts in nothing: {text}{signed.get(record_id, '')}")
    moved = came_from(chart.records)
    for record_id, text in _texts_by_id(at, chart, chart.records).items():
        if record_id in moved:
            trace = moved[record_id]
            when = moment_text(trace.charted_at, chart.unit.zone)
            st.text(
                f"MOVED HERE from another chart: {text}\n"
                f"   first charted {when} by {trace.charted_by.signature}, because: {trace.reason}"
            )


def _signed(chart: Chart) -> dict[RecordId, str]:
    """Who struck an entry, when, why, and whether it went to another chart, by the entry's id."""
    found = {}
    for record in chart.of_kind(RecordKind.STRIKE):
        body = record.body_as(StrikeBody)
        where = ", moved to another chart" if body.moved_as else ""
        when = moment_text(record.recorded_at, chart.unit.zone)
        text = f"\n   struck {when} by {record.author.signature}{where}, because: {body.reason}"
        found.update(dict.fromkeys(body.struck, text))
    return found


def _texts_by_id(at: Here, chart: Chart, records: Sequence[Record]) -> dict[RecordId, str]:
    """What each strikable entry among the records says, newest first."""
    of_these = replace(chart, records=records, struck=())
    found = {line.record.id: (line.record, line.text) for line in lines_of(of_these, at.app.protocols)}
    for kind, words in _WORDS.items():
        for record in of_these.of_kind(kind):
            found[record.id] = (record, words(record))
    newest_first = sorted(found.values(), key=lambda pair: pair[0].happened_at, reverse=True)
    return {record.id: _line(chart, record, text) for record, text in newest_first if record.kind in STRIKABLE}


def _line(chart: Chart, record: Record, text: str) -> str:
    when = entry_times(record, chart.unit.zone)
    return f"{when} · {text} · {record.author.signature}"


def _others(at: Here, chart: Chart) -> dict[str, LatestRow]:
    """The other patients of the unit, by their stay."""
    rows = sorted(ward_board(at.app, at.actor, chart.episode.unit_id), key=lambda row: row.bed)
    return {row.episode_id: row for row in rows if row.episode_id != chart.episode_id}


def _identity(row: LatestRow) -> str:
    return f"bed {row.bed} · {row.label} · born {date_text(row.born_on)} · record {row.record_number}"


def _form(at: Here, chart: Chart, others: Mapping[str, LatestRow]) -> None:
    st.markdown(
        "Only for what was charted here by mistake. A dose that this patient really took is not struck: it stays, the "
        "prescriber is told, and the incident is reported."
    )
    texts = _texts_by_id(at, chart, chart.records)
    if not texts:
        st.markdown("Nothing is charted here yet.")
        return
    tail = f"{chart.episode_id}|{entry_id_of(_FORM, chart.episode_id)}"
    entry = st.selectbox(
        "Which entry",
        list(texts),
        index=None,
        format_func=lambda id_: _short(texts[id_]),
        placeholder="Choose the entry",
        key=f"{_FORM}|entry|{tail}",
    )
    kind = next((record.kind for record in chart.records if record.id == entry), None)
    where = [_NOWHERE, *others] if kind in MOVABLE else [_NOWHERE]
    to = st.selectbox(
        "Whose it is",
        where,
        index=None,
        format_func=lambda id_: _identity(others[id_]) if id_ else "Strike it only, and chart it anew where it belongs",
        placeholder="Choose the other patient",
        key=f"{_FORM}|to|{tail}|{kind}",
    )
    with_earlier: bool | None = True
    if entry and chart.history_of(next(record.id for record in chart.records if record.id == entry)):
        with_earlier = st.segmented_control(
            "What this entry took the place of was", list(_TOO), format_func=_TOO.__getitem__, key=f"{_FORM}|too|{tail}"
        )
    reason = st.text_input("Why (name no patient)", max_chars=400, key=f"{_FORM}|reason|{tail}")
    ready = entry is not None and to is not None and with_earlier is not None
    if st.button("Propose to strike it", key=f"save-{_FORM}-{chart.episode_id}", disabled=not ready):
        with show.refusals():
            propose_strike(
                at.app,
                at.actor,
                chart.episode_id,
                {"entry": entry, "moves_to": to or None, "reason": reason.strip(), "with_earlier": with_earlier},
                entry_id=entry_id_of(_FORM, chart.episode_id),
            )
            next_entry(_FORM, chart.episode_id)
            show.done_after_rerun("Proposed. The entry goes on counting until a charge nurse or physician signs.")
            st.rerun()


def _waiting(
    at: Here, chart: Chart, proposal: OpenProposal, others: Mapping[str, LatestRow], *, may_sign: bool
) -> None:
    """One proposal, with both patients named in full: who signs compares them before anything changes."""
    texts = _texts_by_id(at, chart, chart.records)
    body, record = proposal.body, proposal.record
    patient = chart.patient
    with st.container(border=True):
        st.markdown("**Proposed to strike; it counts until somebody signs.**")
        st.text(texts.get(body.entry, "An entry that was corrected meanwhile."))
        st.text(
            f"Charted on: bed {chart.bed} · {patient.label} · born {date_text(patient.born_on)} · "
            f"record {patient.record_number}"
        )
        st.text(f"Belongs to: {_belongs_to(body.moves_to, others)}")
        st.text(f"{moment_text(record.recorded_at, chart.unit.zone)} · {record.author.signature} · {body.reason}")
        if not may_sign:
            st.markdown("A charge nurse or a physician signs or declines it.")
            return
        label = "Sign: strike it here and move it" if body.moves_to else "Sign: strike it"
        if st.button(label, key=f"sign-{record.id}", type="primary"):
            with show.refusals():
                sign_strike(at.app, at.actor, chart.episode_id, record.id, entry_id=f"{record.id}-signed")
                show.done_after_rerun("Struck. Both charts were judged anew and keep the trace.")
                st.rerun()
        reason = st.text_input("Why it stays", key=f"decline-reason-{record.id}", max_chars=400)
        if st.button("Decline: the entry stays", key=f"decline-{record.id}"):
            with show.refusals():
                entry_id = f"{record.id}-declined"
                decline_strike(at.app, at.actor, chart.episode_id, record.id, reason, entry_id=entry_id)
                show.done_after_rerun("Declined. The entry stays where it is.")
                st.rerun()


def _belongs_to(moves_to: EpisodeId | None, others: Mapping[str, LatestRow]) -> str:
    if moves_to is None:
        return "nobody on this board; it is struck and not moved"
    return _identity(others[moves_to]) if moves_to in others else "a patient who is no longer on this unit"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL]}…"
