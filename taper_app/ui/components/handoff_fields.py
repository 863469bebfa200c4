"""What the forms of the Handoff page share: moments and answers as widgets, one submit, one file to fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.release_items import TextTopic
from taper_app.clinical.protocol.citation import Evidence
from taper_app.ui.components import show
from taper_app.ui.components.admit_form import local_moment
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.current import Here
from taper_app.ui.server import downloads

_ANSWERS = {Answer.YES.value: "Yes", Answer.NO.value: "No", Answer.NOT_ASSESSED.value: "Not assessed"}
File = tuple[str, str, bytes]


def text(entry: EntryForm, name: str, label: str, *, begin: str = "", placeholder: str = "", most: int = 200) -> str:
    """A line of text."""
    typed = st.text_input(label, placeholder=placeholder, max_chars=most, **entry.text(name, begin))
    return str(typed or "").strip()


def area(entry: EntryForm, name: str, label: str, *, placeholder: str = "") -> tuple[str, ...]:
    """Lines of text, empty ones left out."""
    typed = st.text_area(label, placeholder=placeholder, max_chars=4000, **entry.text(name))
    return tuple(line.strip() for line in str(typed or "").splitlines() if line.strip())


def answer(entry: EntryForm, name: str, label: str) -> str:
    """Yes, no or not assessed; nothing chosen is not assessed."""
    chosen = st.segmented_control(label, format_func=_ANSWERS.__getitem__, **entry.chosen(name, list(_ANSWERS)))
    return str(chosen or Answer.NOT_ASSESSED.value)


def choice(entry: EntryForm, name: str, label: str, options: Sequence[str], words: Callable[[str], str] = str) -> str:
    """One of a list; empty when nothing was chosen."""
    chosen = st.selectbox(label, format_func=words, placeholder="Choose", **entry.listed(name, options))
    return str(chosen or "")


def moment(entry: EntryForm, name: str, label: str, zone: str) -> str:
    """A day and a time on the ward's clock; empty when neither was written."""
    left, right = st.columns(2)
    with left:
        day = text(entry, f"{name}-day", f"{label}: day", placeholder="2027-01-21", most=10)
    with right:
        hour = text(entry, f"{name}-time", "Time (ward clock)", placeholder="10:00", most=5)
    return local_moment(day, hour, zone) if day or hour else ""


def moment_values(name: str, at: datetime | None, zone: Any) -> dict[str, str]:
    """The widgets' values of a recorded moment."""
    if at is None:
        return {}
    local = at.astimezone(zone)
    return {f"{name}-day": f"{local:%Y-%m-%d}", f"{name}-time": f"{local:%H:%M}"}


def submit(entry: EntryForm, label: str, work: Callable[[], None], done: str) -> None:
    """One button, one record. On refusal everything typed stays; afterwards the next entry starts empty."""
    # Not one of the entry's keys: a button's press is no part of what is kept as a draft.
    if st.button(label, type="primary", key=f"submit-{entry.form}-{entry.draft.episode_id}-{entry.entry_id}"):
        with show.refusals():
            work()
            entry.finished()
            show.done_after_rerun(done)
            st.rerun()


def offer_file(at: Here, made: File) -> None:
    """The link to a file: it opens once, for this session, within 15 minutes."""
    name, media_type, content = made
    address = downloads.offer(at.signed_in.session_id, name, media_type, content)
    st.link_button(f"Download {name}", address, type="primary")
    st.markdown("The link opens once, within 15 minutes.")


def evidence_sign(mark: str) -> str:
    """The sign of a rule that nobody read in a source; ``legend`` says what each means."""
    return f" {_SIGNS[mark]}" if mark in _SIGNS else ""


def legend(marks: Iterable[str]) -> None:
    """What the signs above mean."""
    found = [f"{_SIGNS[mark]} {mark}" for mark in dict.fromkeys(marks) if mark in _SIGNS]
    if found:
        st.markdown(f":small[{show.plain_text(' · '.join(found))}]")


_SIGNS = {Evidence.UNVERIFIED.mark: "†", Evidence.DERIVED.mark: "‡", Evidence.SECOND_HAND.mark: "§"}
TOPIC_WORDS = {
    TextTopic.REASON_FOR_ADMISSION: "Reason for admission",
    TextTopic.SEVERITY: "How ill, in a few words (drafted from the record unless written)",
    TextTopic.SYNOPSIS: "Hospital course (drafted from the record unless written)",
    TextTopic.SEIZURE_CAUSE: "Cause of the seizure or delirium (physician)",
    TextTopic.PROCEDURES: "Procedures",
    TextTopic.CONSULTATIONS: "Consultations",
    TextTopic.RESULTS: "Results",
    TextTopic.CONDITION_AT_RELEASE: "Condition at release (drafted from the record unless written)",
    TextTopic.CO_OCCURRING: "Co-occurring disorders",
    TextTopic.OPIOID_TREATMENT: "Medicines for opioid use disorder",
    TextTopic.CARE_TEAM: "Care team",
    TextTopic.HOUSING: "Housing",
    TextTopic.SUPPORT_NETWORK: "Support at home",
    TextTopic.GOALS: "Patient's goals",
    TextTopic.RELAPSE_PLAN: "Relapse plan",
    TextTopic.READINESS: "Readiness",
    TextTopic.TRANSPORT: "Transport",
    TextTopic.PAYER: "Insurance",
    TextTopic.ADVANCE_DIRECTIVE: "Advance directive",
    TextTopic.TEACH_BACK: "Explained and repeated back",
}
