"""Topics of the summary that are written by hand: sentences, diagnoses, medicines, pending tests."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.handoff.release_items import ListTopic, TextTopic
from taper_app.clinical.handoff.summary_parts import MedicineChange
from taper_app.clinical.handoff.topics import Absence
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, entry_id_of, next_entry, open_entry
from taper_app.ui.components.handoff_fields import TOPIC_WORDS, area, choice, submit, text
from taper_app.ui.components.handoff_people import keep, opened_form
from taper_app.ui.current import Here
from taper_app.use_cases.aftercare import mark_topics_not_assessed, record_release_item
from taper_app.use_cases.handoff_view import HandoffView
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_WRITTEN = "Written"
_MOST_ROWS = 6


def topics(at: Here, view: HandoffView) -> None:
    """One topic: sentences, or why there are none. No notes of counselling sessions belong here."""
    st.markdown("Not for counselling notes: they are kept apart from this record.")
    entry_start: dict[str, Any] = {}
    entry = opened_form(at, view, "topic", entry_start)
    words = {topic.value: _topic_label(topic, view) for topic in _offered(at)}
    topic = choice(entry, "topic", "Topic", list(words), words.__getitem__)
    state = st.segmented_control(
        "What stands there",
        format_func=lambda value: value if value == _WRITTEN else Absence(value).in_words.capitalize(),
        **entry.chosen("state", [_WRITTEN, *(absence.value for absence in Absence)]),
    )
    lines = area(entry, "lines", "In sentences") if state == _WRITTEN else ()
    if topic:
        written: dict[str, Any] = {"form": "text", "topic": topic, "lines": list(lines)}
        if state and state != _WRITTEN:
            written["absence"] = state
        keep(at, view, entry, written, "The topic is recorded.")
    _say_not_assessed(at, view)


def _offered(at: Here) -> list[TextTopic]:
    """A cause is a physician's word."""
    is_physician = grant_of(UseCase.SIGN_SUMMARY, at.actor.role) is not Grant.NO
    return [topic for topic in TextTopic if is_physician or topic is not TextTopic.SEIZURE_CAUSE]


def _topic_label(topic: TextTopic, view: HandoffView) -> str:
    mark = "✓" if view.kept.text(topic) is not None else "○"
    return f"{mark} {TOPIC_WORDS[topic]}"


def _say_not_assessed(at: Here, view: HandoffView) -> None:
    if grant_of(UseCase.DRAFT_SUMMARY, at.actor.role) is Grant.NO:
        return
    form, episode_id = "handoff-not-assessed", view.chart.episode_id
    st.markdown("Nobody asked about the topics that are left? Say so, under your name:")
    if st.button('Say "not assessed" for every topic that nobody has written', key=f"{form}-{episode_id}"):
        with show.refusals():
            count = mark_topics_not_assessed(at.app, at.actor, episode_id, entry_id=entry_id_of(form, episode_id))
            next_entry(form, episode_id)
            show.done_after_rerun(f'{count} topics now read "not assessed".')
            st.rerun()


def diagnoses(at: Here, view: HandoffView) -> None:
    """As a physician enters them. None is inferred from a prescription."""
    if grant_of(UseCase.SIGN_SUMMARY, at.actor.role) is Grant.NO:
        st.info("A physician enters diagnoses.")
        return
    st.markdown("Dependence on a prescribed medicine is not by itself a substance use disorder.")
    entry = open_entry(at, UseCase.SIGN_SUMMARY, "handoff-diagnoses", view.chart.episode_id)
    found = []
    for row in range(_rows(entry)):
        left, right = st.columns([3, 1])
        with left:
            said = text(entry, f"text-{row}", "Principal diagnosis" if row == 0 else "Further diagnosis")
        with right:
            code = text(entry, f"code-{row}", "Code", most=12)
        if said or code:
            found.append({"text": said, "code": code, "kind": "principal" if row == 0 else "other"})
    written: dict[str, Any] = {"form": "diagnoses", "diagnoses": found}

    def work() -> None:
        record_release_item(at.app, at.actor, view.chart.episode_id, written, entry_id=entry.entry_id)

    submit(entry, "Save", work, "The diagnoses are recorded.")
    _none_at_all(at, view, ListTopic.DIAGNOSES)


def medicines(at: Here, view: HandoffView) -> None:
    """Every medicine at release but the tapered one, which comes from the plan."""
    entry = opened_form(at, view, "medicines")
    found = []
    for row in range(_rows(entry)):
        name_column, change_column, dose_column = st.columns([3, 2, 2])
        with name_column:
            name = text(entry, f"name-{row}", "Medicine", most=80)
            indication = text(entry, f"for-{row}", "For")
        with change_column:
            changes = [change.value for change in MedicineChange]
            change = choice(entry, f"change-{row}", "New, changed, continued or stopped", changes)
            note = text(entry, f"note-{row}", "Note")
        with dose_column:
            mg = text(entry, f"mg-{row}", "Dose in mg", placeholder="50", most=10)
            directions = text(entry, f"directions-{row}", "When", placeholder="in the morning")
        if name:
            line: dict[str, Any] = {"name": name, "change": change, "mg": mg or None}
            found.append(line | {"directions": directions, "indication": indication, "note": note})
    keep(at, view, entry, {"form": "medicines", "medicines": found}, "The medicines are recorded.")
    _none_at_all(at, view, ListTopic.MEDICINES)


def pending_tests(at: Here, view: HandoffView) -> None:
    entry = opened_form(at, view, "pending-tests")
    found = []
    for row in range(_rows(entry)):
        left, middle, right = st.columns(3)
        with left:
            test = text(entry, f"test-{row}", "Test")
        with middle:
            chased_by = text(entry, f"by-{row}", "Who chases the result", most=120)
        with right:
            expected = text(entry, f"on-{row}", "Expected on", placeholder="2027-01-25", most=10)
        if test:
            found.append({"test": test, "chased_by": chased_by, "expected_on": expected or None})
    keep(at, view, entry, {"form": "pending_tests", "tests": found}, "The pending tests are recorded.")
    _none_at_all(at, view, ListTopic.PENDING_TESTS)


def _rows(entry: EntryForm) -> int:
    chosen = st.segmented_control("Lines", **entry.chosen("rows", range(1, _MOST_ROWS + 1)))
    return int(chosen or 1)


def _none_at_all(at: Here, view: HandoffView, topic: ListTopic) -> None:
    """The list is empty for a reason that somebody gives."""
    form, episode_id = f"handoff-none-{topic.value}", view.chart.episode_id
    if st.button("There are none", key=f"{form}-{episode_id}"):
        written = {"form": "empty_list", "topic": topic.value, "absence": Absence.NONE.value}
        with show.refusals():
            record_release_item(at.app, at.actor, episode_id, written, entry_id=entry_id_of(form, episode_id))
            next_entry(form, episode_id)
            show.done_after_rerun("Recorded: none.")
            st.rerun()
