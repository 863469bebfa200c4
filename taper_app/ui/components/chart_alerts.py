"""Alerts on the chart: on top what nobody has acknowledged, further down each in full; and a wish to keep the dose."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.alert_actions import acknowledge_button, may_acknowledge
from taper_app.ui.components.alert_card import card, level_words
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.plan_taper import request_plan_change
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.shift import answers_of

#: While somebody has to answer, the clock beside the alert goes on by itself.
_CLOCK_EVERY = "15s"


def unacknowledged(chart: Chart) -> None:
    """On top of the chart; drawn again by itself only while there is something to acknowledge."""
    waiting = any(alert.is_open and not alert.acknowledged for alert in chart.alerts)
    st.fragment(_unacknowledged, run_every=_CLOCK_EVERY if waiting else None)(chart.episode_id)


def _unacknowledged(episode_id: EpisodeId) -> None:
    """One line each: by now who has to answer. Details stand further down."""
    show.draw_whole_page_if_done()
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        answers = answers_of(at.app, chart)
        for alert in chart.alerts:
            if not alert.is_open or alert.acknowledged:
                continue
            told, act = st.columns([5, 1.4], vertical_alignment="center")
            headline = f"{level_words(alert, answers[alert.id])} · {show.plain_text(alert.body.headline)}"
            told.markdown(f"**{headline}** {show.plain_text(answers[alert.id].in_words)}")
            if may_acknowledge(at):
                acknowledge_button(act, alert, f"acknowledge-top-{alert.id}", width="stretch")


@st.fragment
def open_alerts(episode_id: EpisodeId) -> None:
    """Newest first. Who acts and what is charted are asked anew."""
    show.draw_whole_page_if_done()
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        answers = answers_of(at.app, chart)
        if answers:
            st.subheader("Open alerts", anchor=False)
        for alert in chart.alerts:
            if alert.is_open:
                card(at, chart, alert, answers[alert.id])


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
