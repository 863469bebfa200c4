"""More to chart: a button for each kind of entry, and below them only the form that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.charting.bedside import ChartedEntry
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui import current
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_bedside_fields import Asking, Written, filled, start_of
from taper_app.ui.components.chart_bedside_forms import FORMS, LABS, SECOND_OBSERVER, WEIGHT, BedsideForm, labs_of
from taper_app.ui.components.chart_bedside_kept import kept_so_far
from taper_app.ui.components.chart_bedside_raters import second_observer
from taper_app.ui.components.chart_due import MORE_ANCHOR
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_values import EARLIER, NOW, WHEN, WHEN_DATE, WHEN_TIME, moment_of
from taper_app.ui.components.patient_weight import weight
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.chart_bedside import chart_bedside, right_for
from taper_app.use_cases.observe import chart_observation, readings_to_confirm
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_REASON = "correction_reason"


@st.fragment
def more_to_chart(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    at = current.here()
    if not _offered(at):
        return
    st.subheader("More to chart", anchor=MORE_ANCHOR)
    kind, of, corrects = _opened(episode_id)
    _buttons(at, episode_id, kind)
    if not kind:
        return
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        if kind == WEIGHT:
            weight(episode_id)
            _close_button(episode_id, kind)
        elif kind == SECOND_OBSERVER:
            second_observer(at, chart, on_close=lambda: close(episode_id))
        elif kind in FORMS and _may(at, kind):
            _form(at, chart, kind, of, corrects)


def open_form(episode_id: EpisodeId, kind: str, *, of: str = "", corrects: str = "") -> None:
    """The section shows this form from the next run on."""
    st.session_state[_flag(episode_id)] = (kind, of, corrects)


def close(episode_id: EpisodeId) -> None:
    st.session_state.pop(_flag(episode_id), None)


def _opened(episode_id: EpisodeId) -> tuple[str, str, str]:
    found = st.session_state.get(_flag(episode_id))
    return found if isinstance(found, tuple) else ("", "", "")


def _flag(episode_id: EpisodeId) -> str:
    return f"bedside_open|{episode_id}"


def _may(at: Here, kind: str) -> bool:
    return grant_of(right_for(kind), at.actor.role) is not Grant.NO


def _offered(at: Here) -> dict[str, str]:
    """The forms that this person may keep, by their buttons' words."""
    offered = {kind: form.label for kind, form in FORMS.items() if form.is_offered and _may(at, kind)}
    if grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is not Grant.NO:
        offered = {WEIGHT: "Weight", **offered, SECOND_OBSERVER: "Second observer"}
    return offered


def _buttons(at: Here, episode_id: EpisodeId, opened: str) -> None:
    with st.container(horizontal=True, key=f"more-{episode_id}"):
        for kind, label in _offered(at).items():
            st.button(
                label,
                key=f"more-{kind}-{episode_id}",
                type="primary" if kind == opened else "secondary",
                on_click=open_form,
                args=(episode_id, kind),
            )


def _form(at: Here, chart: Chart, kind: str, of: str, corrects: str) -> None:
    """One form. A correction begins with what was charted; everything else begins empty."""
    form = FORMS[kind]
    start = _start(chart, kind, corrects)
    if corrects and start is None:
        close(chart.episode_id)
        return
    about = f"-{of}" if of else f"-correcting-{corrects}" if corrects else ""
    entry = open_entry(at, right_for(kind), f"bedside-{kind}{about}", chart.episode_id, start or {})
    with st.container(border=True, key=f"bedside-{kind}-{chart.episode_id}"):
        _heading(chart, form, corrects)
        written = filled({"kind": kind, **form.ask(Asking(at, chart, entry, of))})
        _when(entry, chart, corrects)
        entry.saved_line(chart.unit.zone)
        _save_bar(at, entry, chart, written, corrects)
        _close_button(chart.episode_id, kind)
        if not corrects:
            kept_so_far(at, chart, kind)


def _close_button(episode_id: EpisodeId, kind: str) -> None:
    st.button("Close", key=f"close-{kind}-{episode_id}", on_click=close, args=(episode_id,))


def _start(chart: Chart, kind: str, corrects: str) -> Written | None:
    if not corrects:
        return {}
    if kind == LABS:
        charted = _set(chart, corrects)
        return labs_of(charted.observation) if charted else None
    found = _entry(chart, corrects)
    return start_of(found.entry, chart) if found else None


def _entry(chart: Chart, record_id: str) -> ChartedEntry | None:
    return next((found for found in chart.bedside if found.id == record_id), None)


def _set(chart: Chart, record_id: str) -> ChartedSet | None:
    return next((found for found in chart.sets if found.record.id == record_id), None)


def _heading(chart: Chart, form: BedsideForm, corrects: str) -> None:
    st.markdown(f"**{form.label}**")
    old = _entry(chart, corrects) or _set(chart, corrects)
    if old:
        when = moment_text(old.at, chart.unit.zone)
        st.info(f"You correct your entry of {when}. It stays readable; this one takes its place.")


def _when(entry: EntryForm, chart: Chart, corrects: str) -> None:
    if corrects:
        st.text_input("Why is it corrected", **entry.text(_REASON))
        return
    st.segmented_control("Happened", **entry.chosen(WHEN, [NOW, EARLIER], NOW))
    if entry.value(WHEN) == EARLIER:
        day, clock = st.columns(2)
        day.text_input("Day, such as 2026-11-21", max_chars=10, **entry.text(WHEN_DATE, chart.today.isoformat()))
        clock.text_input("Time, such as 14:05", max_chars=5, **entry.text(WHEN_TIME))


def _save_bar(at: Here, entry: EntryForm, chart: Chart, written: Written, corrects: str) -> None:
    """One submit. What is unusual is asked about once; changing it asks again."""
    asked_about = f"confirm|{entry.entry_id}"
    to_confirm = _to_confirm(at, written)
    waiting = bool(to_confirm) and st.session_state.get(asked_about) == to_confirm
    slot = st.empty()
    pressed = _button(slot, entry, to_confirm if waiting else ())
    if pressed and to_confirm and not waiting:
        st.session_state[asked_about] = to_confirm
        _button(slot, entry, to_confirm)
    elif pressed:
        _submit(at, entry, chart, written, corrects)


def _button(slot: Any, entry: EntryForm, to_confirm: tuple[str, ...]) -> bool:
    with slot.container():
        if to_confirm:
            listed = "\n".join(f"- {show.plain_text(sentence)}" for sentence in to_confirm)
            st.warning(f"Please confirm before it is charted:\n\n{listed}")
        label = "It is right: save" if to_confirm else "Save entry"
        key = f"save-bedside-{entry.entry_id}-{bool(to_confirm)}"
        return st.button(label, type="primary", key=key, width="stretch")


def _to_confirm(at: Here, written: Written) -> tuple[str, ...]:
    """Only what was read from a device can be unusual."""
    if written["kind"] != LABS:
        return ()
    return readings_to_confirm(_observation(written), at.app.protocols.vital_limits)


def _observation(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name != "kind"}


def _submit(at: Here, entry: EntryForm, chart: Chart, written: Written, corrects: str) -> None:
    with show.refusals():
        judged = _keep(at, entry, chart, written, corrects)
        entry.finished()
        close(chart.episode_id)
        if judged:
            chart_result.show_after_rerun(chart.episode_id, judged)
        show.done_after_rerun("The entry was corrected." if corrects else "The entry was charted.")
        st.rerun()


def _keep(at: Here, entry: EntryForm, chart: Chart, written: Written, corrects: str) -> RecordId | None:
    """The set that the rules judged, if they did."""
    old = _entry(chart, corrects) or _set(chart, corrects)
    more: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "happened_at": old.at if old else moment_of(entry.values(), chart),
        "corrects": RecordId(corrects) if corrects else None,
        "reason": str(entry.value(_REASON) or ""),
    }
    if written["kind"] == LABS:
        return chart_observation(at.app, at.actor, chart.episode_id, _observation(written), **more).record_id
    kept = chart_bedside(at.app, at.actor, chart.episode_id, written, **more)
    return kept.judged.record_id if kept.judged else None
