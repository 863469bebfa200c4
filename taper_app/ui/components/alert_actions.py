"""What one does about an alert: acknowledge it, record what was done, resolve it. What is typed is kept as a draft."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from taper_app.clinical.errors import StateConflict
from taper_app.clinical.escalation.alerts import Alert
from taper_app.clinical.people import Role
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.current import Here
from taper_app.use_cases.alerts import (
    LONGEST_ACTION,
    AcknowledgedAlready,
    AlertResolved,
    acknowledge_alert,
    note_seen,
    record_action,
    resolve_alert,
    unseen_by,
)
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def seen(at: Here, chart: Chart) -> Chart:
    """The open alerts are on this person's screen: noted once each. Answers the chart as it then is."""
    if not unseen_by(at.actor, chart):
        return chart
    with suppress(StateConflict):  # released, or resolved by a colleague, between the reading and now
        note_seen(at.app, at.actor, chart.episode_id)
    return open_chart(at.app, at.actor, chart.episode_id, audited=False)


def may_acknowledge(at: Here) -> bool:
    return grant_of(UseCase.ACKNOWLEDGE_ALERT, at.actor.role) is not Grant.NO


def acknowledge_button(place: DeltaGenerator, alert: Alert, key: str, **looks: Any) -> None:
    """Its press is answered also when the alert was acknowledged or resolved by somebody else meanwhile."""
    place.button("Acknowledge", key=key, on_click=_acknowledge, args=(alert.record.episode_id, alert.id), **looks)


def _acknowledge(episode_id: EpisodeId, alert_id: RecordId) -> None:
    """Before the page is drawn: of two people at once the second is told that there was a first."""
    at = current.here()
    try:
        acknowledge_alert(at.app, at.actor, episode_id, alert_id, entry_id=f"{alert_id}-acknowledged")
        show.done_after_rerun("The alert was acknowledged.")
    except (AcknowledgedAlready, AlertResolved) as too_late:
        show.done_after_rerun(f"{too_late} {too_late.next_step}")


def actions(at: Here, chart: Chart, alert: Alert) -> None:
    """The buttons and the field of an open alert, for those who may."""
    if chart.row.status != "open":
        return
    if alert.acknowledged is None and may_acknowledge(at):
        acknowledge_button(st.container(), alert, f"acknowledge-{alert.id}-{chart.episode_id}", type="primary")
    if grant_of(UseCase.RESOLVE_ALERT, at.actor.role) is Grant.NO:
        return
    form = TypedForm(at, UseCase.RESOLVE_ALERT, chart.episode_id, f"resolve-{alert.id}")
    st.text_input("What was done", max_chars=LONGEST_ACTION, **form.text("action_taken"))
    with st.container(horizontal=True):
        if st.button("Record action", key=form.key("act")):
            _record(at, chart, alert, form)
        if st.button("Resolve", key=form.key("resolve")):
            _resolve(at, chart, alert, form)
    if alert.suspends_next_cut and at.actor.role is not Role.PHYSICIAN:
        st.markdown(":small[Resolving it here does not let cuts go on: that takes a physician's word.]")


def _record(at: Here, chart: Chart, alert: Alert, form: TypedForm) -> None:
    with show.refusals():
        record_action(at.app, at.actor, chart.episode_id, alert.id, form.typed("action_taken"), entry_id=form.entry_id)
        form.done()
        show.done_after_rerun("What was done is recorded; the alert stays open.")
        st.rerun()


def _resolve(at: Here, chart: Chart, alert: Alert, form: TypedForm) -> None:
    with show.refusals():
        resolve_alert(at.app, at.actor, chart.episode_id, alert.id, form.typed("action_taken"), entry_id=form.entry_id)
        form.done()
        show.done_after_rerun("The alert was resolved.")
        st.rerun()
