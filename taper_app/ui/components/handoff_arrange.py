"""Arrange: what is recorded so far, then one form at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.release_items import FirstVisitItem, LeavingItem, NextPrescriberItem, SupplyItem
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import handoff_people, handoff_services, handoff_supply, handoff_topics, show
from taper_app.ui.components.handoff_head import DONE
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.rights import Grant, UseCase, grant_of

Form = Callable[[Here, HandoffView], None]

FORMS: Mapping[str, Form] = {
    "Next prescriber": handoff_people.next_prescriber,
    "First visit": handoff_people.first_visit,
    "Leaving": handoff_people.leaving,
    "Services": handoff_services.services,
    "Supply": handoff_supply.supply,
    "Checks": handoff_supply.checks,
    "Topics": handoff_topics.topics,
    "Diagnoses": handoff_topics.diagnoses,
    "Medicines": handoff_topics.medicines,
    "Pending tests": handoff_topics.pending_tests,
}


def arrange(view: HandoffView) -> None:
    """The overview, and the form that was chosen."""
    st.subheader("Arranged so far", anchor=False)
    st.markdown("\n".join(f"- {line}" for line in _overview(view)))
    at = current.here()
    if view.is_released or grant_of(UseCase.ASSESS_FOR_AFTERCARE, at.actor.role) is Grant.NO:
        return
    episode_id = view.chart.episode_id
    chosen = st.pills("Record", list(FORMS), default=next(iter(FORMS)), key=f"handoff-form-{episode_id}", required=True)
    if chosen:
        st.subheader(chosen, anchor=False)
        one_form(chosen, episode_id)


@st.fragment
def one_form(name: str, episode_id: EpisodeId) -> None:
    """One form; who acts and what is recorded are asked anew."""
    at = current.here()
    with show.refusals():
        FORMS[name](at, open_summary(at.app, at.actor, episode_id, audited=False))


def _overview(view: HandoffView) -> list[str]:
    return [
        _line("Next prescriber", _prescriber(view)),
        _line("First visit", _visit(view)),
        _line("Leaving", _leaving(view)),
        _line("Supply", _supply(view)),
        _line("Services", _services(view)),
    ]


def _line(title: str, words: str) -> str:
    return f"{DONE if words else '○'} **{title}**: {show.plain_text(words) if words else 'not recorded'}"


def _prescriber(view: HandoffView) -> str:
    item = view.kept.item(NextPrescriberItem)
    if item is None:
        return ""
    accepted = {
        Answer.YES: "accepted",
        Answer.NO: "HAS NOT ACCEPTED",
        Answer.NOT_ASSESSED: "no answer yet",
    }[item.prescriber.accepted]
    return f"{item.prescriber.name}, {item.prescriber.where}, {item.prescriber.phone}: {accepted}"


def _visit(view: HandoffView) -> str:
    item = view.kept.item(FirstVisitItem)
    if item is None:
        return ""
    when = moment_text(item.visit.at, view.chart.unit.zone)
    confirmed = "confirmed" if item.visit.confirmed is Answer.YES else "not confirmed"
    return f"{when}, {item.visit.who}, {item.visit.where}, booked by {item.visit.booked_by}, {confirmed}"


def _leaving(view: HandoffView) -> str:
    item = view.kept.item(LeavingItem)
    return f"{moment_text(item.leaves_at, view.chart.unit.zone)}, {item.goes_to}" if item else ""


def _supply(view: HandoffView) -> str:
    item = view.kept.item(SupplyItem)
    if item is None:
        return ""
    return f"{item.days} days, {item.handed_over}" if item.days else f"no tablets: {item.none_because}"


def _services(view: HandoffView) -> str:
    entries = (*view.composed.services.entries, *view.composed.support_groups.entries)
    return "; ".join(service.what for service in entries)
