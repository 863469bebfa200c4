"""The Review page: the verdict with its reasons, the taper plot, the alerts."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import alert_actions, frame, review_alerts, review_plot, review_verdict, show, taper_link
from taper_app.use_cases.rights import Grant, UseCase, grant_of

at = current.here()
frame.top(at, "Review")
with show.refusals():
    chart = alert_actions.seen(at, current.chart_or_stop(at))
    frame.patient_banner(chart)
    review_verdict.verdict(at, chart)
    taper_link.proposal(at, chart)
    with st.container(horizontal=True):
        st.page_link(current.PLAN, label="Plan: restabilise or keep the dose", icon=":material/edit_calendar:")
        may_hand_off = (UseCase.DRAFT_SUMMARY, UseCase.ASSESS_FOR_AFTERCARE)
        if any(grant_of(use_case, at.actor.role) is not Grant.NO for use_case in may_hand_off):
            st.page_link(current.HANDOFF, label="Handoff", icon=":material/output:")
    review_plot.plot(chart.episode_id)
    review_alerts.alerts(chart.episode_id)
frame.bottom(at.app.protocols)
