"""A change as it is proposed, beside the plan in force: both curves, what differs, why, and what has to be signed."""

from __future__ import annotations

from datetime import date

import streamlit as st

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.ui.components import plan_differences as differences
from taper_app.ui.components import show
from taper_app.ui.components.plan_change_kinds import change_in_words
from taper_app.ui.components.plan_result import plan_numbers, plan_sentence, protocol_line, warnings
from taper_app.ui.components.plan_words import code_words, name_in_force
from taper_app.ui.components.protocol_words import source_words
from taper_app.ui.components.schedule_table import schedule
from taper_app.ui.components.times import with_dates
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.plan_band import end_zone_of
from taper_app.ui.figures.plan_steps import plan_alt, plan_figure
from taper_app.use_cases.chart import Chart

PROPOSAL = "the proposal"


def show_beside(chart: Chart, proposal: Plan, protocols: WardProtocols, *, key: str) -> None:
    """The reasons and the warnings first, then the figure with both, the table of differences, and every step."""
    assert chart.signed is not None, "beside nothing there is only the plan"
    in_force = chart.signed.plan
    changed_on = first_difference(in_force, proposal)
    names = (f"version {chart.signed.number}", PROPOSAL)
    st.markdown(f"**{show.plain_text(plan_sentence(proposal))}**")
    st.markdown(show.plain_text(plan_numbers(proposal, protocols)))
    _why(in_force, proposal, changed_on, protocols)
    warnings(proposal, protocols)
    st.markdown(f"**{show.plain_text(differences.in_a_sentence(in_force, proposal, names=names))}**")
    figure = plan_figure(
        proposal,
        beside=in_force,
        beside_name=name_in_force(chart),
        end_zone=end_zone_of(proposal, protocols),
        changed_on=changed_on,
    )
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"{key}-chart", alt=plan_alt(proposal))
    rows = differences.difference_rows(in_force, proposal, protocols, names=names, since=changed_on)
    differences.table(rows, alt=f"What differs between {names[0]} and {names[1]}")
    with st.expander("Daily dose of both, date by date"):
        rows = differences.dose_rows(in_force, proposal, names=names, since=changed_on)
        differences.table(rows, alt="The daily dose of both on each day of a change")
    protocol_line(proposal, protocols)
    with st.expander("Every step of the proposal"):
        schedule(proposal, protocols, alt="Every step of the proposal")


def first_difference(in_force: Plan, proposal: Plan) -> date:
    """The day from which the two go apart: that of the change, or of a plan that was built anew its first day."""
    if proposal.amends is not None:
        return date.fromisoformat(str(proposal.amends.change["on"]))
    return max(in_force.starts_on, proposal.starts_on)


def _why(in_force: Plan, proposal: Plan, changed_on: date, protocols: Protocols) -> None:
    """What the new steps say of themselves, and which warnings come and go."""
    first = next((step for step in proposal.steps if step.starts_on >= changed_on), None)
    said = first.reasons if first else ()
    reasons = [f"{with_dates(reason.text)} ({source_words(reason.source, protocols)})" for reason in said]
    amends = proposal.amends
    if amends is not None and not any(str(amends.change.get("reason")) in reason.text for reason in said):
        reasons.insert(0, change_in_words(amends.change))
    before, now = in_force.codes_to_sign, proposal.codes_to_sign
    if new := [code_words(code) for code in now if code not in before]:
        reasons.append(f"New to sign: {', '.join(new)}.")
    if gone := [code_words(code) for code in before if code not in now]:
        reasons.append(f"Nothing to sign any more for: {', '.join(gone)}.")
    st.markdown("\n".join(f"- {show.plain_text(reason)}" for reason in reasons))
