"""The observation set: vitals, sedation, CIWA-B, symptoms, screens, and one button that charts it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from taper_app.clinical.charting.scores import CIWA_B, NEWS2
from taper_app.clinical.protocol.scales import ScoreItem
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui import current
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_ciwa import ciwa_b
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_scales import further_scales
from taper_app.ui.components.chart_values import (
    CELSIUS,
    EARLIER,
    FAHRENHEIT,
    GATE_SIGNS,
    MORE_SIGNS,
    NOTHING_HAPPENED,
    NOW,
    OXYGEN,
    REASON,
    SYMPTOMS,
    TEMPERATURE,
    TEMPERATURE_UNIT,
    WHEN,
    WHEN_DATE,
    WHEN_TIME,
    LastValue,
    asked_today,
    event_words,
    last_values,
    moment_of,
    observation_of,
    values_of,
)
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, ChartedSet, open_chart
from taper_app.use_cases.observe import chart_observation, readings_to_confirm
from taper_app.use_cases.rights import Grant, UseCase, grant_of

SET_FORM = "set"
_EVENT_STAYS = "event_stays_"
_WITHOUT_WIDGETS = ("labs",)
#: Pixels; two stand side by side on a phone.
_VITAL_WIDTH = 160
_VITALS = (
    ("respiratory_rate", "RR, breaths a minute"),
    ("spo2", "SpO2, %"),
    ("systolic", "BP systolic, mmHg"),
    ("diastolic", "BP diastolic, mmHg"),
    ("pulse", "Pulse, beats a minute"),
)
_NOT_DONE = {"asleep": "Asleep", "refused": "Refused", "away": "Away", "other": "Other"}
_YES_NO = {"no": "No", "yes": "Yes"}
_ZERO_TO_FOUR = {0: "0 none", 1: "1", 2: "2", 3: "3", 4: "4 worst"}

Last = dict[str, LastValue]


@st.fragment
def observation_form(episode_id: EpisodeId) -> None:
    """The form, drawn anew on its own with each change. Who acts and what is charted are asked anew."""
    at = current.here()
    if grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is Grant.NO:
        st.markdown("Your role reads this chart; nurses and physicians chart in it.")
        return
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        corrected = _corrected(chart)
        last = last_values(chart)
        if corrected:
            start = values_of(corrected.observation)
            form = f"{SET_FORM}-correcting-{corrected.record.id}"
        else:
            start = asked_today(chart, at.app.protocols.scales[CIWA_B], last)
            form = SET_FORM
        entry = open_entry(at, UseCase.CHART_OBSERVATION, form, episode_id, start)
        _heading(chart, corrected)
        if corrected:
            _events_that_stay(entry, corrected)
        _vitals(entry, last, chart)
        _sedation(at, entry, last, chart)
        ciwa_b(at, entry, last, chart)
        _symptoms(entry, last, chart)
        _more_signs(entry)
        further_scales(at, entry, last, chart, corrected.record.id if corrected else None)
        _not_done(entry)
        _when(entry, chart, corrected)
        entry.saved_line(chart.unit.zone)
        carried = {} if corrected else start
        _save_bar(at, entry, chart, corrected, carried)


def _heading(chart: Chart, corrected: ChartedSet | None) -> None:
    if corrected is None:
        st.subheader("Observation set", anchor=False)
        return
    st.subheader("Correct an observation set", anchor=False)
    when = moment_text(corrected.at, chart.unit.zone)
    st.info(f"You correct your entry of {when}. It stays readable; this one takes its place.")
    st.button(
        "Leave it as it was", key=f"leave-{corrected.record.id}", on_click=end_correction, args=(chart.episode_id,)
    )


def _events_that_stay(entry: EntryForm, corrected: ChartedSet) -> None:
    """What happened stays in the corrected entry unless it is taken out here, with the reason below."""
    for index, words in enumerate(event_words(corrected.observation)):
        key = f"{_EVENT_STAYS}{index}"
        st.checkbox(f"It happened: {show.plain_text(words)}", **entry.ticked(key, begin=True))


def _with_what_stays(written: dict[str, Any], entry: EntryForm, corrected: ChartedSet | None) -> dict[str, Any]:
    """A correction keeps the events that were not taken out, and whatever this form has no widgets for."""
    if corrected is None:
        return written
    original = corrected.observation.model_dump(mode="json", by_alias=True, exclude_none=True)
    events = [
        event for index, event in enumerate(original.get("events") or ()) if entry.value(f"{_EVENT_STAYS}{index}")
    ]
    without_widgets = {name: original[name] for name in _WITHOUT_WIDGETS if name in original}
    return without_widgets | written | ({"events": events} if events else {})


def _last_line(last: Last, name: str, chart: Chart, value: str | None = None) -> None:
    """``last 16 at 10:00`` under a widget."""
    if found := last.get(name):
        st.markdown(f":small[{show.plain_text(found.in_words(chart, value))}]")


def _vitals(entry: EntryForm, last: Last, chart: Chart) -> None:
    st.markdown("**Vital signs**")
    used = last[TEMPERATURE_UNIT].value if TEMPERATURE_UNIT in last else CELSIUS
    with st.container(horizontal=True):
        for field, label in _VITALS:
            with st.container(width=_VITAL_WIDTH, gap=None):
                st.text_input(label, **entry.text(f"vitals.{field}"), max_chars=12)
                _last_line(last, f"vitals.{field}", chart)
        with st.container(width=_VITAL_WIDTH, gap=None):
            st.text_input("Temperature", **entry.text(TEMPERATURE), max_chars=12)
            if found := last.get(TEMPERATURE):
                _last_line(last, TEMPERATURE, chart, f"{found.value} {used}")
        with st.container(width=_VITAL_WIDTH, gap=None):
            units = entry.chosen(TEMPERATURE_UNIT, [CELSIUS, FAHRENHEIT], used)
            st.segmented_control("Temperature in", **units)
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content", gap=None):
            st.segmented_control("Breathing", format_func=str.capitalize, **entry.chosen(OXYGEN, ["air", "oxygen"]))
            _last_line(last, OXYGEN, chart)
        with st.container(width="content", gap=None):
            _consciousness(entry, last, chart)


def _consciousness(entry: EntryForm, last: Last, chart: Chart) -> None:
    item = entry.at.app.protocols.scales[NEWS2].choice("consciousness")
    words = {choice.value: choice.words.capitalize() for choice in item.choices}
    st.pills("Consciousness", format_func=words.__getitem__, **entry.chosen("vitals.acvpu", list(words)))
    if found := last.get("vitals.acvpu"):
        _last_line(last, "vitals.acvpu", chart, words.get(str(found.value)))


def _sedation(at: Here, entry: EntryForm, last: Last, chart: Chart) -> None:
    st.markdown("**Sedation or agitation (RASS), after rousing**")
    item = at.app.protocols.scales["rass"].item("rass")
    assert isinstance(item, ScoreItem), "the RASS file has one scored item"
    words = {score: _rass_words(score, item) for score in range(item.highest, item.lowest - 1, -1)}
    scores = entry.chosen("rass", list(words))
    st.pills("RASS", format_func=words.__getitem__, label_visibility="collapsed", **scores)
    if found := last.get("rass"):
        _last_line(last, "rass", chart, words.get(found.value))
    st.markdown("Looked for before a dose")
    with st.container(horizontal=True):
        for name, label in GATE_SIGNS.items():
            _yes_no(entry, f"signs.{name}", label)


def _rass_words(score: int, item: ScoreItem) -> str:
    sign = f"+{score}" if score > 0 else str(score).replace("-", "−")
    return f"{sign} {item.anchors.get(str(score), '').split(':')[0]}".strip()


def _symptoms(entry: EntryForm, last: Last, chart: Chart) -> None:
    st.markdown("**Other symptoms, 0 to 4**")
    columns = st.columns(2)
    for index, (name, label) in enumerate(SYMPTOMS.items()):
        with columns[index % 2]:
            found = last.get(f"symptoms.{name}")
            shown = f"{label} :small[· {show.plain_text(found.in_words(chart))}]" if found else label
            st.segmented_control(
                shown,
                format_func=_ZERO_TO_FOUR.__getitem__,
                **entry.chosen(f"symptoms.{name}", list(_ZERO_TO_FOUR)),
            )
    st.checkbox(
        "Asked: no seizure, hallucination, fall, vomiting or other event since the last set",
        **entry.ticked(NOTHING_HAPPENED),
    )


def _more_signs(entry: EntryForm) -> None:
    with st.expander("More signs: chest pain, weakness, rigid muscles, glucose …"):
        for name, label in MORE_SIGNS.items():
            _yes_no(entry, f"signs.{name}", label)
        st.text_input("Glucose, mmol/L", max_chars=6, **entry.text("signs.glucose_mmol_l"))


def _yes_no(entry: EntryForm, name: str, label: str) -> None:
    st.segmented_control(label, format_func=_YES_NO.__getitem__, **entry.chosen(name, list(_YES_NO)))


def _not_done(entry: EntryForm) -> None:
    with st.expander("Could not be done"):
        reasons = entry.chosen("not_done.reason", list(_NOT_DONE))
        st.segmented_control("Why", format_func=_NOT_DONE.__getitem__, **reasons)
        st.text_input("In a few words", **entry.text("not_done.note"))


def _when(entry: EntryForm, chart: Chart, corrected: ChartedSet | None) -> None:
    if corrected:
        st.text_input("Why is it corrected", **entry.text(REASON))
        return
    st.segmented_control("Happened", **entry.chosen(WHEN, [NOW, EARLIER], NOW))
    if entry.value(WHEN) == EARLIER:
        day, clock = st.columns(2)
        today = chart.today.isoformat()
        day.text_input("Day, such as 2026-11-21", max_chars=10, **entry.text(WHEN_DATE, today))
        clock.text_input("Time, such as 14:05", max_chars=5, **entry.text(WHEN_TIME))


def _save_bar(at: Here, entry: EntryForm, chart: Chart, corrected: ChartedSet | None, carried: dict[str, Any]) -> None:
    """One submit. Unusual readings are asked about once; changing them asks again."""
    asked_about = f"confirm|{entry.entry_id}"
    written = observation_of(entry.values(), at.app.protocols.scales, carried)
    observation = _with_what_stays(written, entry, corrected)
    to_confirm = readings_to_confirm(observation, at.app.protocols.vital_limits)
    waiting = bool(to_confirm) and st.session_state.get(asked_about) == to_confirm
    slot = st.empty()
    pressed = _button(slot, entry, to_confirm if waiting else ())
    if pressed and to_confirm and not waiting:
        st.session_state[asked_about] = to_confirm
        _button(slot, entry, to_confirm)
    elif pressed:
        _submit(at, entry, chart, corrected, observation)


def _button(slot: DeltaGenerator, entry: EntryForm, to_confirm: tuple[str, ...]) -> bool:
    with slot.container():
        if to_confirm:
            listed = "\n".join(f"- {show.plain_text(sentence)}" for sentence in to_confirm)
            st.warning(f"Please confirm before it is charted:\n\n{listed}")
        label = "The readings are right: save" if to_confirm else "Save set"
        return st.button(label, type="primary", key=f"save-{entry.entry_id}-{bool(to_confirm)}", width="stretch")


def _submit(
    at: Here, entry: EntryForm, chart: Chart, corrected: ChartedSet | None, observation: dict[str, Any]
) -> None:
    with show.refusals():
        happened_at = corrected.at if corrected else moment_of(entry.values(), chart)
        charted = chart_observation(
            at.app,
            at.actor,
            chart.episode_id,
            observation,
            entry_id=entry.entry_id,
            happened_at=happened_at,
            corrects=corrected.record.id if corrected else None,
            reason=str(entry.value(REASON) or ""),
        )
        entry.finished()
        end_correction(chart.episode_id)
        chart_result.show_after_rerun(chart.episode_id, charted.record_id)
        show.done_after_rerun("The set was corrected." if corrected else "The set was charted.")
        st.rerun()


def begin_correction(episode_id: EpisodeId, record_id: RecordId) -> None:
    """The form shows this entry from the next run on."""
    st.session_state[_correcting(episode_id)] = record_id


def end_correction(episode_id: EpisodeId) -> None:
    st.session_state.pop(_correcting(episode_id), None)


def _correcting(episode_id: EpisodeId) -> str:
    return f"correcting|{episode_id}"


def _corrected(chart: Chart) -> ChartedSet | None:
    """One's own entry that is being corrected, as long as it still stands."""
    record_id = st.session_state.get(_correcting(chart.episode_id))
    return next((charted for charted in chart.sets if charted.record.id == record_id), None)
