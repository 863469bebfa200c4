"""Open alerts with what to do, and acknowledging or resolving them."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.escalation.alerts import Alert, AlertReason
from taper_app.clinical.people import Role
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.protocol_words import UNVERIFIED
from taper_app.ui.components.times import ago, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.alerts import acknowledge_alert, resolve_alert
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of


@st.fragment
def alerts(episode_id: EpisodeId) -> None:
    """The highest level first; those that were resolved are listed below."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Alerts", anchor=False)
        open_alerts = sorted((a for a in chart.alerts if a.is_open), key=lambda a: -a.body.level)
        if not open_alerts:
            st.markdown("No alert is open.")
        for alert in open_alerts:
            with st.container(border=True):
                _one(at, chart, alert)
        closed = [alert for alert in chart.alerts if not alert.is_open]
        if closed:
            with st.expander(f"Resolved alerts: {len(closed)}"):
                st.markdown("\n".join(f"- {show.plain_text(_closed_words(chart, alert))}" for alert in closed))


def _one(at: Here, chart: Chart, alert: Alert) -> None:
    raised = f"{moment_text(alert.record.happened_at, chart.unit.zone)}, {ago(alert.record.happened_at, chart.now)}"
    st.markdown(f"**{level_text(alert.body.level)}: {show.plain_text(alert.body.headline)}** · {raised}")
    st.markdown("\n".join(_reason(at, reason) for reason in alert.body.reasons))
    if alert.acknowledged:
        who, when = alert.acknowledged.author.signature, alert.acknowledged.recorded_at
        st.markdown(show.plain_text(f"Acknowledged by {who}, {moment_text(when, chart.unit.zone)}."))
    else:
        st.markdown(f"Nobody has acknowledged it; raised {ago(alert.raised_at, chart.now)}.")
    if chart.row.status == "open":
        _actions(at, chart, alert)


def _reason(at: Here, reason: AlertReason) -> str:
    unverified = f"; {UNVERIFIED}" if reason.is_unverified else ""
    source = f"{reason.rule}, {at.app.protocols.source_short(reason.source)}{unverified}"
    return f"- {show.plain_text(reason.message)} {show.plain_text(reason.action)} ({show.plain_text(source)})"


def _actions(at: Here, chart: Chart, alert: Alert) -> None:
    role = at.actor.role
    if alert.acknowledged is None and grant_of(UseCase.ACKNOWLEDGE_ALERT, role) is not Grant.NO:
        key = f"acknowledge-{alert.id}-{chart.episode_id}"
        if st.button("Acknowledge", key=key):
            acknowledge_alert(at.app, at.actor, chart.episode_id, alert.id, entry_id=f"{alert.id}-acknowledged")
            show.done_after_rerun("Acknowledged.")
            st.rerun()
    if grant_of(UseCase.RESOLVE_ALERT, role) is not Grant.NO:
        form = TypedForm(at, UseCase.RESOLVE_ALERT, chart.episode_id, f"resolve-{alert.id}")
        st.text_input("What was done", max_chars=400, **form.text("action_taken"))
        if alert.body.suspends_next_cut and role is not Role.PHYSICIAN:
            st.markdown("Resolving it here does not let cuts go on: that takes a physician's word.")
        if st.button("Resolve", key=form.key("resolve")):
            _resolve(at, chart, alert, form)


def _resolve(at: Here, chart: Chart, alert: Alert, form: TypedForm) -> None:
    resolve_alert(at.app, at.actor, chart.episode_id, alert.id, form.typed("action_taken"), entry_id=form.entry_id)
    form.done()
    show.done_after_rerun("Resolved.")
    st.rerun()


def _closed_words(chart: Chart, alert: Alert) -> str:
    assert alert.resolved is not None
    who, when = alert.resolved.author.signature, moment_text(alert.resolved.recorded_at, chart.unit.zone)
    done = str(alert.resolved.body.get("action_taken", ""))
    return f"{level_text(alert.body.level)}: {alert.body.headline} Resolved by {who}, {when}: {done}"
