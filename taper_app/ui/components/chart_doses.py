"""Doses at the bedside: what the signed plan wants now behind its gate, and doses outside the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from taper_app.clinical.charting.doses import DosePurpose, DoseStatus, DueDose, Route
from taper_app.clinical.quantities import mg_of, mg_text, plain
from taper_app.clinical.records import EpisodeId
from taper_app.export.plan_sheets import dose_pieces_text
from taper_app.ui import current
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_due import dose_line, newest_and_earlier
from taper_app.ui.components.chart_entry import entry_id_of, next_entry, open_entry
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.current import Here
from taper_app.use_cases.assessing import DoseGateNow
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_clearance import gate_in_words, gates_of_due_doses, may_override, who_may_override
from taper_app.use_cases.give_dose import DoseCharted, chart_dose
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_NOT_GIVEN = {
    DoseStatus.WITHHELD: "Withhold this dose",
    DoseStatus.REFUSED: "Refused",
    DoseStatus.VOMITED: "Vomited",
    DoseStatus.MISSED: "Missed",
    DoseStatus.PARTLY_GIVEN: "Partly given",
    DoseStatus.LATE_ROUTE_TO_BE_ORDERED: "Late, route to be ordered",
}
_PURPOSES = {
    DosePurpose.EMERGENCY.value: "Emergency",
    DosePurpose.ADMISSION.value: "Admission",
    DosePurpose.TRANSFER.value: "Transfer",
    DosePurpose.PRN.value: "As needed",
}
_TIME_WIDTH = 260
WITHHELD_BY_ORDER = "Ordered by (needed when the check allows the dose)"
OUTSIDE_FORM = "dose-outside-plan"


@st.fragment
def doses(episode_id: EpisodeId) -> None:
    """Due doses, and the form for others. Who acts and what is charted are asked anew."""
    at = current.here()
    st.subheader("Doses", anchor=False)
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        if chart.signed is None:
            st.info("There is no signed plan, so no planned dose is due. A dose that is ordered is charted below.")
        may_chart = grant_of(UseCase.CHART_DOSE, at.actor.role) is not Grant.NO
        gates = gates_of_due_doses(at.app, at.actor, chart)
        newest, earlier = newest_and_earlier(chart.due_doses)
        for due in newest:
            with st.container(border=True):
                _due_dose(at, chart, due, gates[(due.planned_for, due.dose.drug)], may_chart=may_chart)
        if earlier and may_chart:
            _earlier(at, chart, earlier)
        if chart.signed and not chart.due_doses:
            st.markdown("No planned dose is due.")
        if may_chart:
            _vomited_after_giving(at, chart)
            _outside_plan(at, chart)


@dataclass(frozen=True, slots=True)
class _DoseCard:
    """The widgets of one planned dose: its form, its entry, and what is charted with either button."""

    at: Here
    chart: Chart
    due: DueDose

    @property
    def form(self) -> str:
        return f"dose-{self.due.planned_for.isoformat()}-{self.due.dose.drug}"

    def key(self, part: str) -> str:
        return f"{self.form}|{part}|{self.chart.episode_id}|{entry_id_of(self.form, self.chart.episode_id)}"

    def clock(self) -> str:
        return st.text_input("At, such as 14:05 (blank: now)", key=self.key("when"), max_chars=5, width=_TIME_WIDTH)

    def submit(self, status: DoseStatus, clock: str, done: str, **more: Any) -> None:
        planned = {"medicine": self.due.dose.drug, "mg": plain(self.due.dose.mg), "planned_for": self.due.planned_for}
        _submit(self.at, self.chart, planned | {"status": status} | more, self.form, clock, done)


def _due_dose(at: Here, chart: Chart, due: DueDose, gate: DoseGateNow, *, may_chart: bool) -> None:
    medicine = at.app.protocols.medicines.get(due.dose.drug)
    name = medicine.shown_name if medicine else due.dose.drug
    st.markdown(f"**{dose_line(due, chart)}**")
    st.markdown(f"{name}: {dose_pieces_text(due.dose, at.app.protocols)}, by mouth.")
    _gate(gate)
    if may_chart:
        card = _DoseCard(at, chart, due)
        clock = card.clock()
        _give(card, gate, clock)
        _not_given(card, clock)


def _earlier(at: Here, chart: Chart, earlier: Sequence[DueDose]) -> None:
    """They are not given any more, because the next one is due; what became of them still has to be charted."""
    number = "1 earlier dose is" if len(earlier) == 1 else f"{len(earlier)} earlier doses are"
    with st.expander(f"{number} not charted"):
        for due in earlier:
            card = _DoseCard(at, chart, due)
            st.markdown(f"**{dose_line(due, chart)}**")
            clock = st.text_input(
                "Given in time, at such as 08:05", key=card.key("when"), max_chars=5, width=_TIME_WIDTH
            )
            day = due.planned_for.astimezone(chart.zone).date().isoformat()
            if st.button("Was given", key=f"was-given-{card.key('when')}", disabled=not clock.strip()):
                card.submit(DoseStatus.GIVEN, clock, "The dose was charted as given.", day=day)
            _not_given(card, "")


def _gate(gate: DoseGateNow) -> None:
    text = show.plain_text(f"{gate_in_words(gate.answer)} {who_may_override(gate.answer)}".strip())
    box = {"give": st.success, "assess_first": st.warning}.get(str(gate.answer.state), st.error)
    mark = {"give": "✓", "assess_first": "▲"}.get(str(gate.answer.state), "■")
    box(f"{mark} {text}")


def _give(card: _DoseCard, gate: DoseGateNow, clock: str) -> None:
    cleared = gate.answer.state == "give"
    asked = not cleared and may_override(card.at.actor, gate.answer)
    key = card.key("override")
    reason = st.text_input("Give it all the same, because", key=key, max_chars=300) if asked else ""
    label = "Give" if cleared else "Give all the same" if asked else "Give (after the assessment)"
    # An earlier clock time is judged by what was charted then, so the button stays usable with one.
    disabled = not (cleared or asked or clock.strip())
    if st.button(label, key=f"give-{key}", type="primary" if cleared else "secondary", disabled=disabled):
        card.submit(DoseStatus.GIVEN, clock, "The dose was charted as given.", override_reason=reason)


def _not_given(card: _DoseCard, clock: str) -> None:
    key = card.key("not")
    status = st.pills("Not given", list(_NOT_GIVEN), format_func=_NOT_GIVEN.__getitem__, key=key)
    if status is None:
        return
    more: dict[str, Any] = {"reason": st.text_input("Because", key=f"{key}-reason", max_chars=400)}
    if status is DoseStatus.WITHHELD:
        more["ordered_by"] = st.text_input(WITHHELD_BY_ORDER, key=f"{key}-ordered-by", max_chars=120)
    if status is DoseStatus.PARTLY_GIVEN:
        more["mg"] = st.text_input("How many mg were taken", key=f"{key}-mg", max_chars=12)
    if status is DoseStatus.VOMITED:
        minutes = st.text_input("Minutes after the dose (0: at once)", key=f"{key}-minutes", max_chars=4)
        more["vomited_after_minutes"] = int(minutes) if minutes.isascii() and minutes.isdecimal() else None
    if st.button(f"Save: {_NOT_GIVEN[status].lower()}", key=f"save-{key}", type="primary"):
        card.submit(status, clock, f"Charted: {status.in_words}.", **more)


def _submit(at: Here, chart: Chart, dose: dict[str, Any], form: str, clock: str, done: str) -> None:
    day = str(dose.pop("day", ""))
    with show.refusals():
        happened_at = clock_moment(clock, chart, day_text=day)
        entry_id = entry_id_of(form, chart.episode_id)
        kept = chart_dose(at.app, at.actor, chart.episode_id, dose, entry_id=entry_id, happened_at=happened_at)
        next_entry(form, chart.episode_id)
        _after(chart.episode_id, kept, done)


def _after(episode_id: EpisodeId, kept: DoseCharted, done: str) -> None:
    if kept.judged:
        chart_result.show_after_rerun(episode_id, kept.judged.record_id)
    show.done_after_rerun(done)
    st.rerun()


def _vomited_after_giving(at: Here, chart: Chart) -> None:
    """A dose of today that was given can still be vomited."""
    given = [
        due
        for due in chart.planned_between(chart.today, chart.today)
        if due.charted and due.charted.body.status in (DoseStatus.GIVEN, DoseStatus.PARTLY_GIVEN)
    ]
    if not given:
        return
    with st.expander("A given dose was vomited"):
        for due in given:
            _vomited(at, chart, due)


def _vomited(at: Here, chart: Chart, due: DueDose) -> None:
    form = f"vomited-{due.planned_for.isoformat()}-{due.dose.drug}"
    tail = f"{chart.episode_id}|{entry_id_of(form, chart.episode_id)}"
    st.markdown(dose_line(due, chart))
    clock = st.text_input("Vomited at, such as 14:05 (blank: now)", key=f"{form}|when|{tail}", max_chars=5)
    reason = st.text_input("A tablet seen? Anything else?", key=f"{form}|reason|{tail}", max_chars=400)
    if st.button("Save: vomited", key=f"save-{form}|{tail}") and due.charted:
        dose = {
            "status": DoseStatus.VOMITED,
            "medicine": due.dose.drug,
            "mg": plain(mg_of(due.charted.body.tenth_mcg)),
            "planned_for": due.planned_for,
            "reason": reason,
        }
        _submit(at, chart, dose, form, clock, "Charted: given and vomited.")


def _read_back(chart: Chart, values: dict[str, Any]) -> None:
    """What is about to be charted, and for whom, in words: a slip of the point is seen before it is kept."""
    mg, medicine = str(values.get("mg") or "").strip(), str(values.get("medicine") or "").strip()
    if mg and medicine:
        said = f"{medicine} {mg} mg {values.get('route') or ''}".strip()
        st.markdown(
            f"Read back before saving: **{show.plain_text(said)}** for **{show.plain_text(chart.patient.label)}**"
        )


def _outside_plan(at: Here, chart: Chart) -> None:
    with st.expander("Dose outside the plan"), show.refusals():
        entry = open_entry(at, UseCase.CHART_DOSE, OUTSIDE_FORM, chart.episode_id)
        st.segmented_control("Why", format_func=_PURPOSES.__getitem__, **entry.chosen("purpose", list(_PURPOSES)))
        left, right = st.columns(2)
        left.text_input("Medicine", max_chars=80, **entry.text("medicine"))
        right.text_input("Dose in mg, such as 0.5", max_chars=12, **entry.text("mg"))
        routes = [route.value for route in Route]
        left.selectbox("Route", placeholder="Choose the route", **entry.listed("route", routes))
        right.text_input("Ordered by", max_chars=120, **entry.text("ordered_by"))
        st.text_input("Given at, such as 14:05 (blank: now)", max_chars=5, **entry.text("when"))
        entry.saved_line(chart.unit.zone)
        _read_back(chart, entry.values())
        if not st.button("Save dose outside the plan", key=f"save-{entry.entry_id}", type="primary"):
            return
        values = entry.values()
        dose = {name: values.get(name) or "" for name in ("purpose", "medicine", "mg", "route", "ordered_by")}
        happened_at = clock_moment(str(values.get("when") or ""), chart)
        kept = chart_dose(
            at.app,
            at.actor,
            chart.episode_id,
            dose | {"status": DoseStatus.GIVEN},
            entry_id=entry.entry_id,
            happened_at=happened_at,
        )
        entry.finished()
        given = f"{kept.body.medicine} {mg_text(mg_of(kept.body.tenth_mcg))} {kept.body.route.value}"
        done = f"The dose outside the plan was charted for {chart.patient.label}: {given}. Not so? Correct the entry."
        _after(chart.episode_id, kept, done)
