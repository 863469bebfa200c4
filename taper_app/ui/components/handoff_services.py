"""Aftercare services on the Handoff page: the list, cancelling one, arranging another."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.kept import KeptService
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import open_entry
from taper_app.ui.components.handoff_fields import answer, choice, moment, submit, text
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.aftercare import arrange_service
from taper_app.use_cases.handoff_view import HandoffView
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def services(at: Here, view: HandoffView) -> None:
    """What is arranged, then the form for one more."""
    may_arrange = grant_of(UseCase.ARRANGE_SERVICE, at.actor.role) is not Grant.NO
    for service in view.kept.services:
        _row(at, view, service, may_arrange=may_arrange)
    if may_arrange:
        _form(at, view)
    else:
        st.info("The discharge planner, a charge nurse or a physician arranges services.")


def _row(at: Here, view: HandoffView, service: KeptService, *, may_arrange: bool) -> None:
    body = service.body
    found = at.app.protocols.aftercare.named(body.service)
    when = moment_text(body.starts_at, view.chart.unit.zone) if body.starts_at else "no date"
    confirmed = "confirmed" if body.confirmed is Answer.YES else "not confirmed"
    words = [found.name if found else body.service, body.what, body.who, body.where, when, body.how_often, confirmed]
    with st.container(border=True, key=f"service-{service.record.id}"):
        told, act = st.columns([5, 1], vertical_alignment="center")
        told.markdown(show.plain_text(" · ".join(word for word in words if word)))
        if may_arrange and act.button("Cancel it", key=f"cancel-{service.record.id}", width="stretch"):
            cancelled = {**body.model_dump(mode="json"), "cancelled": True}
            with show.refusals():
                arrange_service(
                    at.app,
                    at.actor,
                    view.chart.episode_id,
                    cancelled,
                    entry_id=f"{service.record.id}-cancelled",
                    corrects=service.record.id,
                )
                show.done_after_rerun("The service is cancelled; the older entry stays readable.")
                st.rerun()


def _form(at: Here, view: HandoffView) -> None:
    entry = open_entry(at, UseCase.ARRANGE_SERVICE, "handoff-service", view.chart.episode_id)
    names = {service.id: service.name for service in at.app.protocols.aftercare.services}
    service = choice(entry, "service", "Kind of service", list(names), names.__getitem__)
    left, right = st.columns(2)
    with left:
        what = text(entry, "what", "Which one", placeholder="SMART Recovery")
        who = text(entry, "who", "Who provides it", most=120)
        where = text(entry, "where", "Where, or online or by phone")
    with right:
        phone = text(entry, "phone", "Phone", most=60)
        how_often = text(entry, "how_often", "How often", placeholder="once a week", most=120)
        booked_by = text(entry, "booked_by", "Booked by", most=120)
    starts_at = moment(entry, "starts_at", "First date", view.chart.unit.zone)
    confirmed = answer(entry, "confirmed", "Confirmed")
    written: dict[str, Any] = {
        "service": service,
        "what": what,
        "who": who,
        "where": where,
        "phone": phone,
        "how_often": how_often,
        "booked_by": booked_by,
        "starts_at": starts_at or None,
        "confirmed": confirmed,
    }

    def work() -> None:
        arrange_service(at.app, at.actor, view.chart.episode_id, written, entry_id=entry.entry_id)

    submit(entry, "Add the service", work, "The service is arranged.")
    entry.saved_line(view.chart.unit.zone)
