"""The observation set: vitals, sedation, CIWA-B, symptoms, screens, and one button that charts it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.scores import CIWA_B
from taper_app.clinical.charting.words import event_words
from taper_app.clinical.errors import TaperError
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_ciwa import ciwa_b
from taper_app.ui.components.chart_due import SET_ANCHOR
from taper_app.ui.components.chart_entry import EntryForm, as_another_entry, next_entry, open_entry, opened_at
from taper_app.ui.components.chart_scales import further_scales
from taper_app.ui.components.chart_set_bar import (
    BAR_PART,
    SET_PART,
    ask_to_confirm,
    is_asked_to_save,
    save_bar,
    stays_in_view,
)
from taper_app.ui.components.chart_set_done import after_saving, closed_form, open_again
from taper_app.ui.components.chart_set_vitals import Last, events_asked, gate_signs, sedation, vitals, yes_no
from taper_app.ui.components.chart_values import (
    EARLIER,
    MORE_SIGNS,
    NOW,
    REASON,
    SYMPTOMS,
    WHEN,
    WHEN_DATE,
    WHEN_TIME,
    asked_today,
    last_values,
    moment_of,
    observation_of,
    values_of,
)
from taper_app.ui.components.folded import folded
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.drafts import AlreadyCharted
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.rights import Grant, UseCase, grant_of

SET_FORM = "set"
_EVENT_STAYS = "event_stays_"
_WITHOUT_WIDGETS = ("labs",)
_NOT_DONE = {"asleep": "Asleep", "refused": "Refused", "away": "Away", "other": "Other"}
_ZERO_TO_FOUR = {0: "0 none", 1: "1", 2: "2", 3: "3", 4: "4 worst"}


@st.fragment(key=SET_PART)
def observation_form(episode_id: EpisodeId) -> None:
    """The form. A field that is kept draws only the bar again; whatever changes the form draws all of it.

    Who acts and what is charted are asked anew.
    """
    at = current.here()
    if grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is Grant.NO:
        st.markdown("Your role reads this chart; nurses and physicians chart in it.")
        return
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        corrected = _corrected(chart)
        _heading(chart, corrected)
        if corrected is None and closed_form(at, chart):
            return
        last = last_values(chart)
        form, start = _begin(at, chart, corrected, last)
        entry = open_entry(at, UseCase.CHART_OBSERVATION, form, episode_id, start)
        refused = None
        try:
            if _saved(at, entry, chart, corrected):
                return
        except TaperError as refusal:
            refused = refusal
            entry = as_another_entry(entry) if isinstance(refusal, AlreadyCharted) else entry
        _fields(at, entry, last, chart, corrected)
        stays_in_view()
        with st.container(key=f"save-bar-{episode_id}"):
            if refused:
                show.refusal(refused)
            save_bar(episode_id, form, entry.entry_id, chart.unit.zone)


def _begin(at: Here, chart: Chart, corrected: ChartedSet | None, last: Last) -> tuple[str, dict[str, Any]]:
    """The form's name and what its fields begin with: the entry that is corrected, or what is asked once a day."""
    if corrected:
        return f"{SET_FORM}-correcting-{corrected.record.id}", values_of(corrected.observation)
    return SET_FORM, asked_today(chart, at.app.protocols.scales[CIWA_B], last)


def _fields(at: Here, entry: EntryForm, last: Last, chart: Chart, corrected: ChartedSet | None) -> None:
    """In the order of a quick set: readings, sedation, events; then what is looked for, scales and symptoms."""
    kept = entry if corrected else entry.redrawing_only(BAR_PART)
    if corrected:
        _events_that_stay(entry, corrected)
    vitals(kept, last, chart)
    sedation(at, kept, last, chart)
    events_asked(kept)
    gate_signs(kept)
    ciwa_b(at, kept, last, chart)
    _symptoms(kept, last, chart)
    _more_signs(kept)
    further_scales(at, entry, last, chart, corrected.record.id if corrected else None)
    _not_done(kept)
    _when(entry, chart, corrected)


def _heading(chart: Chart, corrected: ChartedSet | None) -> None:
    if corrected is None:
        st.subheader("Observation set", anchor=SET_ANCHOR)
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


def _more_signs(entry: EntryForm) -> None:
    more = "More signs: chest pain, weakness, rigid muscles, glucose …"
    with folded(more, key=f"more-signs-{entry.entry_id}") as is_drawn:
        if not is_drawn:
            return
        for name, label in MORE_SIGNS.items():
            yes_no(entry, f"signs.{name}", label)
        st.text_input("Glucose, mmol/L", max_chars=6, **entry.text("signs.glucose_mmol_l"))


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


def _saved(at: Here, entry: EntryForm, chart: Chart, corrected: ChartedSet | None) -> bool:
    """Charts the set when its button was pressed. Unusual readings are asked about once; changing them asks again."""
    values = entry.values()
    since = opened_at(entry.form, chart.episode_id, chart.now)
    if not is_asked_to_save(chart.episode_id, entry.entry_id) or ask_to_confirm(at, entry.entry_id, values):
        return False
    carried = {} if corrected else dict(entry.start)
    observation = _with_what_stays(observation_of(values, at.app.protocols.scales, carried), entry, corrected)
    happened_at = corrected.at if corrected else moment_of(values, chart)
    charted = chart_observation(
        at.app,
        at.actor,
        chart.episode_id,
        observation,
        entry_id=entry.entry_id,
        happened_at=happened_at,
        corrects=corrected.record.id if corrected else None,
        reason=str(entry.value(REASON) or ""),
        draft=entry.draft,
    )
    next_entry(entry.form, chart.episode_id)
    end_correction(chart.episode_id)
    after_saving(at, chart, charted, at_moment=happened_at, since=since, corrected=corrected is not None)
    return True


def begin_correction(episode_id: EpisodeId, record_id: RecordId) -> None:
    """The form shows this entry from the next run on."""
    open_again(episode_id)
    st.session_state[_correcting(episode_id)] = record_id


def end_correction(episode_id: EpisodeId) -> None:
    st.session_state.pop(_correcting(episode_id), None)


def _correcting(episode_id: EpisodeId) -> str:
    return f"correcting|{episode_id}"


def _corrected(chart: Chart) -> ChartedSet | None:
    """One's own entry that is being corrected, as long as it still stands."""
    record_id = st.session_state.get(_correcting(chart.episode_id))
    return next((charted for charted in chart.sets if charted.record.id == record_id), None)
