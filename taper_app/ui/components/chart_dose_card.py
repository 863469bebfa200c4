"""One planned dose at the bedside: give it with one tap when the check allows, or say what became of it.

What is typed beside it is a draft like that of every form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from taper_app.clinical.charting.after_a_gap import TakenUp
from taper_app.clinical.charting.doses import DoseStatus, DueDose, Route
from taper_app.clinical.charting.orders import DoseOrder
from taper_app.clinical.quantities import plain
from taper_app.export.plan_sheets import dose_pieces_text
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_dose_order import order_all_the_same, ordered_line
from taper_app.ui.components.chart_dose_outside import offer_outside_plan
from taper_app.ui.components.chart_due import dose_line
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_pieces import made_from
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.assessing import DoseGateNow
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_clearance import (
    gap_before,
    gate_in_words,
    may_override,
    prescriber_order_for,
    who_may_override,
    withheld_on_order_until,
)
from taper_app.use_cases.dose_entry import NotFromThePlan
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.rights import UseCase

NOT_GIVEN = {
    DoseStatus.WITHHELD: "Withhold this dose",
    DoseStatus.REFUSED: "Refused",
    DoseStatus.VOMITED: "Vomited",
    DoseStatus.PARTLY_GIVEN: "Partly given",
    DoseStatus.MISSED: "Missed",
    DoseStatus.LATE_ROUTE_TO_BE_ORDERED: "Late, route to be ordered",
}
WITHHELD_BY_ORDER = "Ordered by (needed when the check allows the dose)"
TABLET_SEEN = {"yes": "Tablet seen", "no": "Not seen", "not_assessed": "Nobody looked"}
_TIME_WIDTH = 260
#: What is folded away, with what it says unless somebody changes it.
_USUAL = {"when": "", "route": Route.MOUTH.value, "ordered_by": ""}


@dataclass(frozen=True, slots=True)
class DoseCard:
    """One planned dose with its form. ``day``: of an earlier dose, whose clock time is not of today."""

    at: Here
    chart: Chart
    due: DueDose
    entry: EntryForm
    day: str = ""

    @classmethod
    def of(cls, at: Here, chart: Chart, due: DueDose, *, is_earlier: bool = False) -> DoseCard:
        form = f"dose-{due.planned_for.isoformat()}-{due.dose.drug}"
        day = due.planned_for.astimezone(chart.zone).date().isoformat() if is_earlier else ""
        return cls(at, chart, due, open_entry(at, UseCase.CHART_DOSE, form, chart.episode_id), day)

    def submit(self, status: DoseStatus, done: str, **more: Any) -> None:
        """Chart it; a refusal leaves everything as it was typed."""
        with show.refusals():
            planned = {
                "medicine": self.due.dose.drug,
                "mg": plain(self.due.dose.mg),
                "planned_for": self.due.planned_for,
            }
            clock = str(self.entry.values().get("when") or "")
            happened_at = clock_moment(clock, self.chart, day_text=self.day if clock.strip() else "")
            try:
                kept = chart_dose(
                    self.at.app,
                    self.at.actor,
                    self.chart.episode_id,
                    planned | {"status": status} | more,
                    entry_id=self.entry.entry_id,
                    happened_at=happened_at,
                )
            except NotFromThePlan as refused:
                offer_outside_plan(self.at, self.chart, refused, clock)
                st.rerun()
            self.entry.finished()
            if kept.judged:
                chart_result.show_after_rerun(self.chart.episode_id, kept.judged.record_id)
            show.done_after_rerun(done)
            st.rerun()


def due_dose(at: Here, chart: Chart, due: DueDose, gate: DoseGateNow, *, may_chart: bool) -> None:
    """The newest due dose of a medicine: what it is, what the check says, and the buttons."""
    medicine = at.app.protocols.medicines.get(due.dose.drug)
    name = medicine.shown_name if medicine else due.dose.drug
    st.markdown(f"**{dose_line(due, chart)}**")
    st.markdown(f"{name}: {dose_pieces_text(due.dose, at.app.protocols)}, by mouth.")
    gate_box(at, gate)
    ordered = prescriber_order_for(at.app, chart, due, chart.now)
    gap = gap_before(at.app, chart, due, chart.now)
    if gap.taken_up is not TakenUp.AS_PLANNED:
        st.warning(f"▲ {show.plain_text(gap.sentence)} :small[({at.app.protocols.limits.missed_doses.evidence.mark})]")
    if ordered:
        ordered_line(chart, ordered)
    if not may_chart:
        return
    card = DoseCard.of(at, chart, due)
    until = withheld_on_order_until(due, chart.now)
    if until and not ordered:
        st.warning(f"▲ Withheld on an order until {clock_text(until, chart.unit.zone)}: earlier only on another order.")
    needs_word = bool(gap.taken_up is TakenUp.ON_PRESCRIBERS_WORD or until) and not ordered
    _give(card, gate, ordered, needs_word=needs_word)
    _not_given(card, gate)
    if gate.answer.override_role and not ordered:
        order_all_the_same(at, chart, due, card.entry, gate)
    card.entry.saved_line(chart.unit.zone)


def earlier_dose(at: Here, chart: Chart, due: DueDose) -> None:
    """It is not given any more, because the next one is due; what became of it still has to be charted."""
    card = DoseCard.of(at, chart, due, is_earlier=True)
    st.markdown(f"**{dose_line(due, chart)}**")
    label = "Given in time, at such as 08:05"
    clock = st.text_input(label, max_chars=5, width=_TIME_WIDTH, **card.entry.text("when"))
    pieces = _made_of(card)
    key = f"was-given-{card.entry.key('when')}"
    if st.button("Was given", key=key, disabled=not clock.strip(), width="stretch"):
        card.submit(DoseStatus.GIVEN, "The dose was charted as given.", pieces=pieces)
    _not_given(card, None)


def gate_box(at: Here, gate: DoseGateNow) -> None:
    """What the check says, who may decide otherwise, whose limits these are, and which signs nobody has looked for."""
    text = show.plain_text(f"{gate_in_words(gate.answer)} {who_may_override(gate.answer)}".strip())
    box = {"give": st.success, "assess_first": st.warning}.get(str(gate.answer.state), st.error)
    mark = {"give": "✓", "assess_first": "▲"}.get(str(gate.answer.state), "■")
    box(f"{mark} {text}")
    rules = at.app.protocols.rules.gate
    asked = f"Not looked for in the last {rules.oldest_reading_minutes} min: {', '.join(gate.signs_not_asked)}. "
    limits = (
        f"Limits: {at.app.protocols.source_short(rules.source)}; {rules.evidence.mark}." if rules.evidence.mark else ""
    )
    st.markdown(f":small[{asked if gate.signs_not_asked else ''}{show.plain_text(limits)}]")


def _give(card: DoseCard, gate: DoseGateNow, ordered: DoseOrder | None, *, needs_word: bool) -> None:
    """One tap when the check allows; everything that is seldom needed is folded away below."""
    entry, cleared = card.entry, gate.answer.state == "give"
    asked = not cleared and not ordered and may_override(card.at.actor, gate.answer)
    reason = st.text_input("Give it all the same, because", max_chars=300, **entry.text("override")) if asked else ""
    place = st.container()
    opened = any(entry.first(name, usual) != usual for name, usual in _USUAL.items())
    with st.expander("Other time, tablets or route", expanded=opened or needs_word):
        clock = st.text_input("At, such as 14:05 (blank: now)", max_chars=5, width=_TIME_WIDTH, **entry.text("when"))
        pieces = _made_of(card)
        routes = [ordered.body.route] if ordered else list(Route)
        words = [route.value for route in routes]
        route = st.selectbox("Route", **entry.listed("route", words, words[0])) or words[0]
        ordered_by = st.text_input("Ordered by", max_chars=120, **entry.text("ordered_by"))
    label = _give_label(cleared, asked, ordered)
    # An earlier clock time is judged by what was charted then, so the button stays usable with one.
    disabled = not (cleared or asked or ordered or clock.strip())
    kind: Literal["primary", "secondary"] = "primary" if (cleared and not needs_word) or ordered else "secondary"
    if place.button(label, key=f"give-{entry.key('give')}", type=kind, disabled=disabled, width="stretch"):
        more = {"pieces": pieces, "route": route, "ordered_by": ordered_by, "override_reason": reason}
        card.submit(DoseStatus.GIVEN, "The dose was charted as given.", **more)


def _give_label(cleared: bool, asked: bool, ordered: DoseOrder | None) -> str:
    if ordered:
        return f"Give as ordered, {ordered.body.route.value}"
    return "Give" if cleared else "Give all the same" if asked else "Give (after the assessment)"


def _made_of(card: DoseCard) -> list[dict[str, Any]] | None:
    dose = card.due.dose
    return made_from(card.entry, card.at.app.protocols, dose.drug, plain(dose.mg), planned=dose.pieces)


def _offered(gate: DoseGateNow | None) -> list[DoseStatus]:
    """After a seizure a dose that cannot be swallowed is late, never missed or withheld."""
    if gate and gate.route_to_be_ordered:
        return [found for found in NOT_GIVEN if found not in (DoseStatus.MISSED, DoseStatus.WITHHELD)]
    return [found for found in NOT_GIVEN if found is not DoseStatus.LATE_ROUTE_TO_BE_ORDERED]


def _not_given(card: DoseCard, gate: DoseGateNow | None) -> None:
    entry = card.entry
    offered = entry.chosen("not", [status.value for status in _offered(gate)])
    chosen = st.pills("Not given", format_func=lambda value: NOT_GIVEN[DoseStatus(value)], **offered)
    if chosen is None:
        return
    status = DoseStatus(chosen)
    more: dict[str, Any] = {"reason": st.text_input("Because", max_chars=400, **entry.text("because"))}
    if status is DoseStatus.WITHHELD:
        more["ordered_by"] = st.text_input(WITHHELD_BY_ORDER, max_chars=120, **entry.text("withheld_by"))
    if status is DoseStatus.PARTLY_GIVEN:
        more["mg"] = st.text_input("How many mg were taken", max_chars=12, **entry.text("part_mg"))
        more["pieces"] = made_from(
            entry, card.at.app.protocols, card.due.dose.drug, more["mg"], label="Of it were taken"
        )
    if status is DoseStatus.VOMITED:
        more |= _vomited_at_once(entry)
    if st.button(f"Save: {NOT_GIVEN[status].lower()}", key=f"save-{entry.key('not')}", type="primary", width="stretch"):
        card.submit(status, f"Charted: {status.in_words}.", **more)


def _vomited_at_once(entry: EntryForm) -> dict[str, Any]:
    minutes = st.text_input("Minutes after the dose (0: at once)", max_chars=4, **entry.text("minutes"))
    seen = st.segmented_control(
        "The tablet", format_func=TABLET_SEEN.__getitem__, **entry.chosen("seen", list(TABLET_SEEN))
    )
    return {
        "vomited_after_minutes": int(minutes) if minutes.isascii() and minutes.isdecimal() else None,
        "tablet_seen": seen,
    }
