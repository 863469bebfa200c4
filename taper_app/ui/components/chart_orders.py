"""Medicines as needed and for comfort: what may still be given and when, and a prescriber's orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from taper_app.clinical.charting.doses import DoseStatus
from taper_app.clinical.charting.orders import OrderKind, taken_in_window
from taper_app.clinical.quantities import mg_of, mg_text, plain
from taper_app.ui.components import show
from taper_app.ui.components.chart_dose_card import gate_box
from taper_app.ui.components.chart_dose_outside import after_charting
from taper_app.ui.components.chart_entry import open_entry
from taper_app.ui.components.chart_order_form import order_form
from taper_app.ui.components.chart_pieces import made_from
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.components.times import ago, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.assessing import DoseGateNow
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_clearance import advised_against, gate_as_needed, may_override
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.orders import StandingOrder, end_order, may_order, standing_orders
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def ordered_medicines(at: Here, chart: Chart) -> None:
    """Every order in force; a prescriber also writes and ends them."""
    st.subheader("As needed and comfort", anchor=False)
    standing = standing_orders(chart)
    if not standing:
        st.markdown("No order is in force. A prescriber orders each with its maximum in 24 hours.")
    if taken := taken_in_window(chart.doses, chart.now):
        amounts = ", ".join(f"{medicine} {mg_text(mg_of(amount))}" for medicine, amount in taken.items())
        st.markdown(f"Taken in the last 24 hours, everything counted: **{show.plain_text(amounts)}**.")
    gate = gate_as_needed(at.app, at.actor, chart) if _any_benzodiazepine(standing) else None
    for order in standing:
        with st.container(border=True), show.refusals():
            _order(at, chart, order, gate)
    if may_order(at.actor, chart):
        order_form(at, chart)


def _any_benzodiazepine(standing: Sequence[StandingOrder]) -> bool:
    return any(found.order.body.kind is OrderKind.AS_NEEDED for found in standing)


def _order(at: Here, chart: Chart, standing: StandingOrder, gate: DoseGateNow | None) -> None:
    body = standing.order.body
    author = standing.order.record.author.signature
    when = moment_text(standing.order.record.happened_at, chart.unit.zone)
    st.markdown(
        f"**{show.plain_text(body.in_words)}**  \nOrdered {when} by {show.plain_text(author)}, {body.kind.in_words}"
    )
    st.markdown(_still_allowed(chart, standing))
    is_benzodiazepine = body.kind is OrderKind.AS_NEEDED
    if is_benzodiazepine and gate and standing.allowance.is_possible(chart.now):
        gate_box(at, gate)
    advice = "" if is_benzodiazepine else advised_against(chart, body.medicine)
    if advice:
        st.warning(f"▲ An open alert says: {show.plain_text(advice)} A prescriber decides.")
    if grant_of(UseCase.CHART_DOSE, at.actor.role) is not Grant.NO:
        _give(at, chart, standing, gate if is_benzodiazepine else None, advice)
    if may_order(at.actor, chart):
        _end(at, chart, standing)


def _still_allowed(chart: Chart, standing: StandingOrder) -> str:
    """``0.5 mg of at most 2 mg taken in the last 24 h; the next one is possible now.``"""
    found, body = standing.allowance, standing.order.body
    taken = f"{mg_text(mg_of(found.taken_tenth_mcg))} of at most {mg_text(mg_of(body.most_tenth_mcg))}"
    if found.is_possible(chart.now):
        return f"{taken} taken in the last 24 hours. **The next one is possible now.**"
    when = f"{moment_text(found.possible_at, chart.unit.zone)} ({ago(found.possible_at, chart.now)})"
    return f"{taken} taken in the last 24 hours. ■ **Not now: the next one is possible {when}.**"


def _give(at: Here, chart: Chart, standing: StandingOrder, gate: DoseGateNow | None, advice: str) -> None:
    body = standing.order.body
    entry = open_entry(at, UseCase.CHART_DOSE, f"by-order-{standing.order.id}", chart.episode_id)
    cleared = not advice and (gate is None or gate.answer.state == "give")
    asked = not cleared and _may_decide(at, gate)
    override = st.text_input("Give it all the same, because", max_chars=300, **entry.text("override")) if asked else ""
    place = st.container()
    with st.expander("Other time or tablets", expanded=bool(entry.first("when"))):
        clock = st.text_input("At, such as 14:05 (blank: now)", max_chars=5, width=260, **entry.text("when"))
        pieces = made_from(entry, at.app.protocols, body.medicine, plain(mg_of(body.tenth_mcg))) if gate else None
    label = f"Give {body.medicine} {mg_text(mg_of(body.tenth_mcg))}"
    possible = (cleared or asked) and standing.allowance.is_possible(chart.now)
    kind: Literal["primary", "secondary"] = "primary" if cleared and possible else "secondary"
    disabled = not (possible or clock.strip())
    if not place.button(label, key=f"give-{entry.key('give')}", type=kind, disabled=disabled, width="stretch"):
        return
    dose = {
        "status": DoseStatus.GIVEN,
        "order": standing.order.id,
        "pieces": pieces,
        "reason": body.reason,
        "override_reason": override,
    }
    kept = chart_dose(
        at.app, at.actor, chart.episode_id, dose, entry_id=entry.entry_id, happened_at=clock_moment(clock, chart)
    )
    entry.finished()
    after_charting(chart.episode_id, kept, f"{label}: charted as given, {body.kind.in_words}.")


def _may_decide(at: Here, gate: DoseGateNow | None) -> bool:
    """Whether this person may give it although the check, or an open alert, says otherwise."""
    if gate is not None:
        return may_override(at.actor, gate.answer)
    return grant_of(UseCase.OVERRIDE_DOSE_GATE, at.actor.role) is Grant.SIGN


def _end(at: Here, chart: Chart, standing: StandingOrder) -> None:
    if not st.toggle("End this order", key=f"ending-{standing.order.id}-{chart.episode_id}"):
        return
    entry = open_entry(at, UseCase.AMEND_PLAN, f"end-order-{standing.order.id}", chart.episode_id)
    reason = st.text_input("Because", max_chars=200, **entry.text("reason"))
    if st.button("End the order", key=f"end-{entry.key('end')}", width="stretch"):
        end_order(at.app, at.actor, chart.episode_id, standing.order.id, reason, entry_id=entry.entry_id)
        entry.finished()
        show.done_after_rerun("The order was ended: nothing more is given by it.")
        st.rerun()
