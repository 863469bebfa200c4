"""Doses at the bedside: what the signed plan wants now behind its gate, what was vomited, orders, what is left over.

What is seldom needed is drawn only when it is opened, so that the page stays quick.
"""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.doses import DoseStatus, moment_of
from taper_app.clinical.planning.answer import DoseAt
from taper_app.clinical.planning.versions import PlanVersion, VersionState
from taper_app.clinical.quantities import mg_text, plain
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_dose_card import due_dose, earlier_dose
from taper_app.ui.components.chart_dose_outside import OUTSIDE_FORM, offer_outside_plan, outside_plan
from taper_app.ui.components.chart_dose_vomited import vomited_doses
from taper_app.ui.components.chart_due import DOSES_ANCHOR, newest_and_earlier
from taper_app.ui.components.chart_entry import entry_id_of
from taper_app.ui.components.chart_orders import ordered_medicines
from taper_app.ui.components.chart_waste import controlled_waste
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_clearance import gates_of_due_doses
from taper_app.use_cases.dose_entry import NotFromThePlan
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.rights import Grant, UseCase, grant_of

__all__ = ["OUTSIDE_FORM", "doses"]


@st.fragment
def doses(episode_id: EpisodeId) -> None:
    """Due doses, orders, and what was left over, all of one look at the chart. Who acts is asked anew."""
    at = current.here()
    st.subheader("Doses", anchor=DOSES_ANCHOR)
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        may_chart = grant_of(UseCase.CHART_DOSE, at.actor.role) is not Grant.NO
        if chart.signed is None:
            _without_a_signed_plan(at, chart, may_chart=may_chart)
        _due(at, chart, may_chart=may_chart)
        if may_chart:
            vomited_doses(at, chart)
            outside_plan(at, chart)
        ordered_medicines(at, chart)
        if may_chart:
            controlled_waste(at, chart)


def _due(at: Here, chart: Chart, *, may_chart: bool) -> None:
    gates = gates_of_due_doses(at.app, at.actor, chart)
    newest, earlier = newest_and_earlier(chart.due_doses)
    for due in newest:
        with st.container(border=True), show.refusals():
            due_dose(at, chart, due, gates[(due.planned_for, due.dose.drug)], may_chart=may_chart)
    if earlier and may_chart:
        number = "1 earlier dose is" if len(earlier) == 1 else f"{len(earlier)} earlier doses are"
        with st.expander(f"{number} not charted"):
            for due in earlier:
                with show.refusals():
                    earlier_dose(at, chart, due)
    if chart.signed and not chart.due_doses:
        st.markdown("No planned dose is due.")


def _without_a_signed_plan(at: Here, chart: Chart, *, may_chart: bool) -> None:
    """Nothing is due; what a proposed version would give today can be charted outside the plan when it is ordered."""
    st.info("There is no signed plan, so no planned dose is due. A dose that is ordered is charted below.")
    proposed = [version for version in chart.versions if version.state is VersionState.PROPOSED]
    step = proposed[-1].step_on(chart.today) if proposed else None
    if step is None or not may_chart:
        return
    with st.container(border=True):
        st.markdown(f"**{proposed[-1].in_words}**")
        for dose in step.doses:
            label = f"Chart {dose.time}: {dose.drug} {mg_text(dose.mg)}"
            form = f"unsigned-{dose.time}-{dose.drug}"
            if st.button(label, key=f"{form}-{chart.episode_id}", width="stretch"):
                _chart_unsigned(at, chart, proposed[-1], dose, form)


def _chart_unsigned(at: Here, chart: Chart, version: PlanVersion, dose: DoseAt, form: str) -> None:
    """It is refused, because nobody has signed the plan, and offered as a dose outside the plan."""
    with show.refusals():
        try:
            chart_dose(
                at.app,
                at.actor,
                chart.episode_id,
                {
                    "status": DoseStatus.GIVEN,
                    "medicine": dose.drug,
                    "mg": plain(dose.mg),
                    "planned_for": moment_of(chart.today, dose.time, chart.unit.zone),
                    "reason": f"as version {version.number}, not signed, would give it",
                },
                entry_id=entry_id_of(form, chart.episode_id),
                happened_at=chart.now,
            )
        except NotFromThePlan as refused:
            offer_outside_plan(at, chart, refused, "")
        st.rerun()
