"""A given dose was vomited: when, whether the tablet was seen, and whether it may be given once more."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, DoseStatus, Route
from taper_app.clinical.charting.vomiting import Repeat, repeat_of
from taper_app.clinical.quantities import mg_of, mg_text, plain
from taper_app.ui.components import show
from taper_app.ui.components.chart_dose_card import TABLET_SEEN
from taper_app.ui.components.chart_dose_outside import after_charting
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.assessing import gate_at
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_clearance import gate_in_words, who_may_override
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.rights import UseCase

_GIVEN = (DoseStatus.GIVEN, DoseStatus.PARTLY_GIVEN)


def vomited_doses(at: Here, chart: Chart) -> None:
    """Today's given doses, any of which can still be vomited; and those that were, with what may be done now."""
    today = [dose for dose in chart.doses if dose.at.astimezone(chart.zone).date() == chart.today]
    for vomited in [dose for dose in today if dose.body.status is DoseStatus.VOMITED]:
        with show.refusals():
            _repeat(at, chart, vomited)
    given = [dose for dose in today if dose.body.status in _GIVEN]
    if not given:
        return
    if st.toggle("A given dose was vomited", key=f"vomited-{chart.episode_id}"):
        for dose in reversed(given):
            with st.container(border=True), show.refusals():
                _vomited(at, chart, dose)


def _line(chart: Chart, dose: ChartedDose) -> str:
    return f"{clock_text(dose.at, chart.unit.zone)}: {show.plain_text(dose.body.in_words)}"


def _vomited(at: Here, chart: Chart, dose: ChartedDose) -> None:
    entry = open_entry(at, UseCase.CHART_DOSE, f"vomited-{dose.record.id}", chart.episode_id)
    st.markdown(_line(chart, dose))
    clock = st.text_input("Vomited at, such as 14:05 (blank: now)", max_chars=5, **entry.text("when"))
    seen = st.segmented_control(
        "The tablet", format_func=TABLET_SEEN.__getitem__, **entry.chosen("seen", list(TABLET_SEEN))
    )
    reason = st.text_input("What happened, in a few words", max_chars=400, **entry.text("reason"))
    if not st.button("Save: vomited", key=f"save-{entry.key('save')}", width="stretch"):
        return
    body = dose.body
    by_plan = body.purpose is DosePurpose.PLANNED
    kept = chart_dose(
        at.app,
        at.actor,
        chart.episode_id,
        {
            "status": DoseStatus.VOMITED,
            "purpose": body.purpose,
            "medicine": body.medicine,
            "mg": plain(mg_of(body.tenth_mcg)),
            "planned_for": body.planned_for,
            "ordered_by": body.ordered_by,
            "reason": reason,
            "tablet_seen": seen,
            "vomited_dose": None if by_plan else dose.record.id,
        },
        entry_id=entry.entry_id,
        happened_at=clock_moment(clock, chart),
    )
    entry.finished()
    after_charting(chart.episode_id, kept, "Charted: given and vomited.")


def _repeat(at: Here, chart: Chart, vomited: ChartedDose) -> None:
    """What may be done about it; nothing is offered once it was given again, or when it is too late."""
    repeat = repeat_of(vomited, chart.doses, at.app.protocols.rules.gate.vomited)
    with st.container(border=True):
        mark = at.app.protocols.rules.gate.vomited.evidence.mark
        st.markdown(f"**{_line(chart, vomited)}**  \n{show.plain_text(repeat.sentence)} :small[({mark})]")
        if not repeat.is_possible:
            return
        gate = gate_at(at.app, chart, chart.now, vomiting_is_answered=True).answer
        if gate.state != "give":
            st.warning(f"▲ {show.plain_text(f'{gate_in_words(gate)} {who_may_override(gate)}')}")
        entry = open_entry(at, UseCase.CHART_DOSE, f"repeat-{vomited.record.id}", chart.episode_id)
        _repeat_form(at, chart, vomited, repeat, entry)


def _repeat_form(at: Here, chart: Chart, vomited: ChartedDose, repeat: Repeat, entry: EntryForm) -> None:
    left, right = st.columns(2)
    ordered_by = left.text_input("Repeat ordered by", max_chars=120, **entry.text("ordered_by"))
    routes = [route.value for route in Route if not (repeat.not_by_mouth and route is Route.MOUTH)]
    begin = None if repeat.not_by_mouth else Route.MOUTH.value
    route = right.selectbox("Route", placeholder="Choose the route", **entry.listed("route", routes, begin))
    dose = f"{vomited.body.medicine} {mg_text(mg_of(vomited.body.tenth_mcg))}"
    if not st.button(f"Give {dose} once more", key=f"save-{entry.key('save')}", width="stretch"):
        return
    kept = chart_dose(
        at.app,
        at.actor,
        chart.episode_id,
        {
            "status": DoseStatus.GIVEN,
            "purpose": DosePurpose.REPEAT,
            "medicine": vomited.body.medicine,
            "mg": plain(mg_of(vomited.body.tenth_mcg)),
            "route": route or "",
            "ordered_by": ordered_by,
            "repeats": vomited.record.id,
        },
        entry_id=entry.entry_id,
        happened_at=chart.now,
    )
    entry.finished()
    after_charting(chart.episode_id, kept, "The repeated dose was charted as given.")
