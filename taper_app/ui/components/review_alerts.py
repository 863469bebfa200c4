"""The alerts on Review: the open ones with what to do, the highest level first; then those that were resolved."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.alert_card import card, resolved_line
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.shift import answers_of


@st.fragment
def alerts(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    show.draw_whole_page_if_done()
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        st.subheader("Alerts", anchor=False)
        answers = answers_of(at.app, chart)
        found = [alert for alert in chart.alerts if alert.is_open]
        if not found:
            st.markdown("No alert is open.")
        for alert in sorted(found, key=lambda alert: -answers[alert.id].climb.level):
            card(at, chart, alert, answers[alert.id])
        closed = [alert for alert in chart.alerts if not alert.is_open]
        if closed:
            with st.expander(f"Resolved alerts: {len(closed)}"):
                st.markdown("\n".join(f"- {resolved_line(chart, alert)}" for alert in closed))
