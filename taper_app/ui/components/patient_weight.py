"""The weight on the Patient page: charted in kg or lb, unusual ones confirmed, one's own corrected."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.body_weight import ChartedWeight, WeightSource, WeightUnit, charted_weights
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.weight import chart_weight, doubts_about

_FORM = "weight"
_SOURCES = {
    WeightSource.MEASURED.value: "Weighed here",
    WeightSource.STATED.value: "Stated by the patient",
    WeightSource.ESTIMATED.value: "Estimated",
}
_SHOWN = 5


@st.fragment
def weight(episode_id: EpisodeId) -> None:
    """The last weights and the form. Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Weight", anchor=False)
        weights = charted_weights(chart.records)
        may_chart = chart.row.status == "open" and grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is not Grant.NO
        for charted in reversed(weights[-_SHOWN:]):
            _line(at, chart, charted, may_chart)
        if not weights:
            st.markdown("Not weighed in this stay yet.")
        if may_chart:
            _form(at, chart, _corrected(chart, weights))


def _line(at: Here, chart: Chart, charted: ChartedWeight, may_correct: bool) -> None:
    told, act = st.columns([5, 1.4], vertical_alignment="center")
    when = entry_times(charted.record, chart.unit.zone)
    before = "".join(
        f"\n   takes the place of {old.body['entered']} {old.body['unit']}, because: {charted.body.correction_reason}"
        for old in chart.history_of(charted.record.id)[:1]
    )
    who = charted.record.author.signature
    told.text(f"{charted.body.in_words} · {_SOURCES[charted.body.source].lower()} · {when} · {who}{before}")
    if may_correct and charted.record.author.user_id == at.actor.user_id:
        act.button(
            "Correct",
            key=f"correct-weight-{charted.record.id}",
            on_click=begin_correction,
            args=(chart.episode_id, charted.record.id),
            width="stretch",
        )


def _form(at: Here, chart: Chart, corrected: ChartedWeight | None) -> None:
    form = f"{_FORM}-correcting-{corrected.record.id}" if corrected else _FORM
    entry = open_entry(at, UseCase.CHART_OBSERVATION, form, chart.episode_id)
    if corrected:
        when = moment_text(corrected.at, chart.unit.zone)
        st.info(f"You correct the weight of {when}. It stays readable; this one takes its place.")
    number, unit, when_column = st.columns(3)
    number.text_input("Weight", placeholder="72.5", max_chars=12, **entry.text("weight"))
    unit.segmented_control("kg or lb", **entry.chosen("unit", [unit.value for unit in WeightUnit]))
    st.segmented_control(
        "How it is known", format_func=_SOURCES.__getitem__, **entry.chosen("how_it_is_known", list(_SOURCES))
    )
    if corrected:
        st.text_input("Why is it corrected", max_chars=400, **entry.text("correction_reason"))
    else:
        when_column.text_input("At (blank: now)", placeholder="14:05", max_chars=5, **entry.text("when"))
    written = _written(at, chart, entry, corrected)
    entry.saved_line(chart.unit.zone)
    if st.button("Save the weight", key=f"save-{form}-{chart.episode_id}", type="primary"):
        _save(at, chart, entry, written, corrected)
    if corrected:
        st.button("Leave it as it was", key=f"leave-{form}", on_click=_end_correction, args=(chart.episode_id,))


def _written(at: Here, chart: Chart, entry: EntryForm, corrected: ChartedWeight | None) -> dict[str, Any]:
    """What the fields say; an unusual weight asks to be confirmed, and again when the number or unit changes."""
    written = {name: entry.value(name) or "" for name in ("weight", "unit", "how_it_is_known")}
    known = {**written, "how_it_is_known": WeightSource.MEASURED}
    doubts = doubts_about(at.app, chart, known, corrected.record.id if corrected else None)
    if not doubts:
        return written
    st.warning(" ".join(doubts))
    name = f"confirmed-{written['weight']}-{written['unit']}"
    return {**written, "confirmed": st.checkbox("I looked again: it is right", **entry.ticked(name))}


def _save(at: Here, chart: Chart, entry: EntryForm, written: dict[str, Any], corrected: ChartedWeight | None) -> None:
    with show.refusals():
        if corrected:
            written = {**written, "correction_reason": str(entry.value("correction_reason") or "")}
        happened_at = corrected.at if corrected else clock_moment(str(entry.value("when") or ""), chart)
        chart_weight(
            at.app,
            at.actor,
            chart.episode_id,
            written,
            entry_id=entry.entry_id,
            happened_at=happened_at,
            corrects=corrected.record.id if corrected else None,
        )
        entry.finished()
        _end_correction(chart.episode_id)
        show.done_after_rerun("The weight was charted.")
        st.rerun()


def _corrected(chart: Chart, weights: list[ChartedWeight]) -> ChartedWeight | None:
    wanted = st.session_state.get(_pin(chart.episode_id))
    return next((charted for charted in weights if charted.record.id == wanted), None)


def begin_correction(episode_id: EpisodeId, record_id: str) -> None:
    """The form shows this weight from the next run on."""
    st.session_state[_pin(episode_id)] = record_id


def _end_correction(episode_id: EpisodeId) -> None:
    st.session_state.pop(_pin(episode_id), None)


def _pin(episode_id: EpisodeId) -> str:
    return f"correcting-weight-{episode_id}"
