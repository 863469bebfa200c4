"""Open alerts on the chart: acknowledge, resolve with what was done; and a nurse's wish to keep the dose."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.escalation.alerts import Alert, AlertReason
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.ui.components.chart_result import who_in_words
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import ago, clock_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.alerts import acknowledge_alert, resolve_alert
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.plan_taper import request_plan_change
from taper_app.use_cases.rights import Grant, UseCase, grant_of


@st.fragment
def unacknowledged(episode_id: EpisodeId) -> None:
    """One line each, on top of the chart: what nobody has acknowledged yet. Details stand further down."""
    at = current.here()
    may = grant_of(UseCase.ACKNOWLEDGE_ALERT, at.actor.role) is not Grant.NO
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        for alert in chart.alerts:
            if not alert.is_open or alert.acknowledged:
                continue
            told, act = st.columns([5, 1.4], vertical_alignment="center")
            waited = ago(alert.raised_at, chart.now)
            told.markdown(
                f"**{level_text(alert.body.level)} · {show.plain_text(alert.body.headline)}** "
                f"Raised {waited}; nobody has acknowledged it."
            )
            if may and act.button("Acknowledge", key=f"acknowledge-top-{alert.id}", width="stretch"):
                _acknowledge(at, chart, alert)


def _acknowledge(at: Here, chart: Chart, alert: Alert) -> None:
    with show.refusals():
        acknowledge_alert(at.app, at.actor, chart.episode_id, alert.id, entry_id=f"{alert.id}-acknowledged")
        show.done_after_rerun("The alert was acknowledged.")
        st.rerun()


@st.fragment
def open_alerts(episode_id: EpisodeId) -> None:
    """Newest first. Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        found = [alert for alert in chart.alerts if alert.is_open]
        if found:
            st.subheader("Open alerts", anchor=False)
        for alert in found:
            with st.container(border=True):
                _alert(at, chart, alert)


def _alert(at: Here, chart: Chart, alert: Alert) -> None:
    zone = chart.unit.zone
    st.markdown(f"**{level_text(alert.body.level)} · {show.plain_text(alert.body.headline)}**")
    respond = f" · answer wanted by {clock_text(alert.body.respond_by, zone)}" if alert.body.respond_by else ""
    if alert.body.level == 4:
        st.markdown(f"**Emergency number {show.plain_text(chart.unit.emergency_number)}.**")
    st.markdown(f"Raised {moment_text(alert.raised_at, zone)} ({ago(alert.raised_at, chart.now)}){respond}")
    st.markdown("\n".join(f"- {_reason(at, reason)}" for reason in alert.body.reasons))
    if alert.acknowledged:
        who = show.plain_text(alert.acknowledged.author.signature)
        st.markdown(f"Acknowledged {clock_text(alert.acknowledged.recorded_at, zone)} by {who}.")
    elif grant_of(UseCase.ACKNOWLEDGE_ALERT, at.actor.role) is not Grant.NO and st.button(
        "Acknowledge", key=f"acknowledge-{alert.id}"
    ):
        _acknowledge(at, chart, alert)
    if grant_of(UseCase.RESOLVE_ALERT, at.actor.role) is not Grant.NO:
        _resolve(at, chart, alert)


def _resolve(at: Here, chart: Chart, alert: Alert) -> None:
    action = st.text_input("What was done", key=f"action-{alert.id}-{chart.episode_id}", max_chars=400)
    if st.button("Resolve", key=f"resolve-{alert.id}"):
        with show.refusals():
            resolve_alert(at.app, at.actor, chart.episode_id, alert.id, action, entry_id=f"{alert.id}-resolved")
            show.done_after_rerun("The alert was resolved.")
            st.rerun()
    if alert.body.suspends_next_cut:
        st.markdown(":small[Only a prescriber who resolves it, or signs a new version, lets cuts go on.]")


def _reason(at: Here, reason: AlertReason) -> str:
    told = who_in_words(reason.notify)
    minutes = reason.respond_within_minutes
    when = "" if minutes is None else ", now" if minutes == 0 else f", within {minutes} min"
    mark = f" ({Evidence.UNVERIFIED.mark})" if reason.is_unverified else ""
    source = show.plain_text(at.app.protocols.source_short(reason.source))
    said = f"{show.plain_text(reason.message)} {show.plain_text(reason.action)}"
    return f"{said} Tell {told}{when}. :small[{reason.rule}, {source}{mark}]" if told else said


@st.fragment
def keep_the_dose(episode_id: EpisodeId) -> None:
    """Ask that the dose is kept until a prescriber has reviewed: no cut from now on, and no dose is changed."""
    at = current.here()
    if grant_of(UseCase.REQUEST_PLAN_CHANGE, at.actor.role) is Grant.NO:
        return
    form = "keep-the-dose"
    entry_id = entry_id_of(form, episode_id)
    with st.expander("Keep the dose until reviewed"):
        st.markdown("Suspends the next cut at once. The dose that is given stays the same.")
        reason = st.text_input("Because", key=f"{form}|reason|{episode_id}|{entry_id}", max_chars=400)
        if st.button("Keep the dose until reviewed", key=f"save-{form}-{episode_id}"):
            with show.refusals():
                request_plan_change(at.app, at.actor, episode_id, reason, entry_id=entry_id)
                next_entry(form, episode_id)
                show.done_after_rerun("The next cut is suspended until a prescriber has reviewed.")
                st.rerun()
