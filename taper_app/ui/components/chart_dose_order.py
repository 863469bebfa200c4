"""A prescriber's word on one due dose that the check does not clear: its route and why, for the nurse who gives it."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.doses import DueDose, Route
from taper_app.clinical.charting.orders import DoseOrder
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.assessing import DoseGateNow
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.orders import order_dose
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def ordered_line(chart: Chart, ordered: DoseOrder) -> None:
    """Who ordered this dose all the same, when, by which route and why."""
    when = clock_text(ordered.record.happened_at, chart.unit.zone)
    st.info(
        f"Ordered {when} by {show.plain_text(ordered.record.author.signature)}: give it {ordered.body.route.value}. "
        f"{show.plain_text(ordered.body.reason)}"
    )


def order_all_the_same(at: Here, chart: Chart, due: DueDose, entry: EntryForm, gate: DoseGateNow) -> None:
    """A prescriber's word on this dose: by which route, and why; a nurse then gives it with one tap."""
    if grant_of(UseCase.OVERRIDE_DOSE_GATE, at.actor.role) is not Grant.SIGN:
        return
    with st.expander("Order this dose and its route", expanded=gate.route_to_be_ordered):
        words = [route.value for route in Route]
        route = st.selectbox("By which route", placeholder="Choose the route", **entry.listed("ordered_route", words))
        reason = st.text_input("Because (for the nurse)", max_chars=300, **entry.text("ordered_because"))
        if not st.button("Order it", key=f"order-{entry.key('order')}", type="primary", width="stretch"):
            return
        with show.refusals():
            order = {"planned_for": due.planned_for, "medicine": due.dose.drug, "reason": reason}
            order_dose(
                at.app,
                at.actor,
                chart.episode_id,
                order | {"route": route or ""},
                entry_id=f"{entry.entry_id}-order",
            )
            entry.finished()
            show.done_after_rerun("The dose was ordered; it can be given as ordered now.")
            st.rerun()
