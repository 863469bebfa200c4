"""Forms of the Handoff page: who prescribes next, the first visit, where the patient goes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.handoff.release_items import FirstVisitItem, LeavingItem, NextPrescriberItem
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.handoff_fields import answer, moment, moment_values, submit, text
from taper_app.ui.current import Here
from taper_app.use_cases.aftercare import record_release_item
from taper_app.use_cases.handoff_view import HandoffView
from taper_app.use_cases.rights import UseCase


def opened_form(at: Here, view: HandoffView, form: str, start: dict[str, Any] | None = None) -> EntryForm:
    """The form with its draft, or with what is recorded so far."""
    return open_entry(at, UseCase.ASSESS_FOR_AFTERCARE, f"handoff-{form}", view.chart.episode_id, start)


def keep(at: Here, view: HandoffView, entry: EntryForm, written: dict[str, Any], done: str) -> None:
    """The form's one button."""

    def work() -> None:
        record_release_item(at.app, at.actor, view.chart.episode_id, written, entry_id=entry.entry_id)

    submit(entry, "Save", work, done)
    entry.saved_line(view.chart.unit.zone)


def next_prescriber(at: Here, view: HandoffView) -> None:
    """Accepted needs when, and who heard it."""
    known, zone = view.kept.item(NextPrescriberItem), view.chart.zone
    start: dict[str, Any] = {}
    if known is not None:
        start = known.prescriber.model_dump(include={"name", "where", "phone", "accepted_heard_by"})
        start["accepted"] = known.prescriber.accepted.value
        start |= moment_values("accepted_at", known.prescriber.accepted_at, zone)
    entry = opened_form(at, view, "next-prescriber", start)
    left, right = st.columns(2)
    with left:
        name = text(entry, "name", "Name", placeholder="Dr A. Reyes", most=120)
        phone = text(entry, "phone", "Phone", most=60)
    with right:
        where = text(entry, "where", "Where")
        accepted = answer(entry, "accepted", "Has accepted to prescribe")
    told: dict[str, Any] = {}
    if accepted == "yes":
        told["accepted_at"] = moment(entry, "accepted_at", "Accepted", view.chart.unit.zone) or None
        told["accepted_heard_by"] = text(entry, "accepted_heard_by", "Who heard it", most=120)
    prescriber = {"name": name, "where": where, "phone": phone, "accepted": accepted, **told}
    written = {"form": "next_prescriber", "prescriber": prescriber}
    keep(at, view, entry, written, "The next prescriber is recorded.")


def first_visit(at: Here, view: HandoffView) -> None:
    known = view.kept.item(FirstVisitItem)
    start: dict[str, Any] = {}
    if known is not None:
        start = known.visit.model_dump(include={"who", "where", "phone", "booked_by"})
        start |= {"confirmed": known.visit.confirmed.value, **moment_values("at", known.visit.at, view.chart.zone)}
    entry = opened_form(at, view, "first-visit", start)
    at_moment = moment(entry, "at", "First visit", view.chart.unit.zone)
    left, right = st.columns(2)
    with left:
        who = text(entry, "who", "Who sees the patient", most=120)
        where = text(entry, "where", "Where")
    with right:
        phone = text(entry, "phone", "Phone", most=60)
        booked_by = text(entry, "booked_by", "Booked by", most=120)
    confirmed = answer(entry, "confirmed", "Confirmed by the other side")
    visit = {"who": who, "where": where, "phone": phone, "booked_by": booked_by, "confirmed": confirmed}
    visit["at"] = at_moment
    keep(at, view, entry, {"form": "first_visit", "visit": visit}, "The first visit is recorded.")


def leaving(at: Here, view: HandoffView) -> None:
    known = view.kept.item(LeavingItem)
    start: dict[str, Any] = {}
    if known is not None:
        start = {"goes_to": known.goes_to, **moment_values("leaves_at", known.leaves_at, view.chart.zone)}
    entry = opened_form(at, view, "leaving", start)
    goes_to = text(entry, "goes_to", "Goes to", placeholder="Home, with her sister")
    leaves_at = moment(entry, "leaves_at", "Leaves", view.chart.unit.zone)
    written = {"form": "leaving", "goes_to": goes_to, "leaves_at": leaves_at}
    keep(at, view, entry, written, "Where and when the patient leaves is recorded.")
