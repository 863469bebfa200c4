"""Changing the signed plan: choose the kind, fill it in, see it beside the version in force, propose it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.plan_beside import show_beside
from taper_app.ui.components.plan_change_asked import asked
from taper_app.ui.components.plan_change_fields import Changing, fields
from taper_app.ui.components.plan_change_kinds import KINDS, kind_to_begin_with
from taper_app.ui.components.plan_result import show_refusal
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import readable_faults
from taper_app.ui.components.protocol_words import cited_words
from taper_app.ui.components.times import date_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.plan_taper import (
    earliest_cut_after_seizure,
    facts_for_plan,
    propose_change,
    try_change,
)
from taper_app.use_cases.rights import UseCase

FORM = "plan-change"


@st.fragment
def change(episode_id: EpisodeId) -> None:
    """Every kind is offered; the one to begin with is what the chart asks for."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        if chart.signed is None:
            return
        form = TypedForm(at, UseCase.AMEND_PLAN, episode_id, FORM)
        changing = Changing(form, chart, chart.signed.plan, at.app.protocols)
        st.subheader(f"Change version {chart.signed.number}", anchor=False)
        kind = _kind(chart, form)
        fields(changing, kind)
        st.button("Show the change", type="primary", key=form.key("show"), on_click=form.ask)
        if form.is_asked:
            _answer(at, changing, asked(changing, kind))


def _kind(chart: Chart, form: TypedForm) -> str:
    shown = form.chosen("kind", list(KINDS), kind_to_begin_with(chart))
    chosen = st.segmented_control(
        "What to change", format_func=lambda name: KINDS[name].label, required=True, wrap=True, **shown
    )
    kind = str(chosen)
    st.markdown(KINDS[kind].does)
    return kind


def _answer(at: Here, changing: Changing, written: dict[str, Any]) -> None:
    chart, form = changing.chart, changing.form
    try:
        outcome = try_change(at.app, at.actor, chart.episode_id, written)
    except InputRefused as refused:
        show.faults(readable_faults(refused.faults))
        return
    if isinstance(outcome, Refusal):
        show_refusal(outcome, at.app.protocols, key=form.key("result"))
        return
    with st.container(border=True):
        st.subheader("The change, not proposed yet", anchor=False)
        _not_to_be_signed(at, chart, outcome)
        show_beside(chart, outcome, at.app.protocols, key=form.key("result"))
    st.markdown("Proposing keeps this as the next version. No dose is given from it until a physician signs.")
    if st.button("Propose the change", type="primary", key=form.key("propose")):
        try:
            propose_change(at.app, at.actor, chart.episode_id, written, entry_id=form.entry_id)
        except InputRefused as refused:
            show.faults(readable_faults(refused.faults))
            return
        form.done()
        show.done_after_rerun("Proposed as the next version. It is not in force until a physician signs it.")
        st.rerun()


def _not_to_be_signed(at: Here, chart: Chart, plan: Plan) -> None:
    """Signing would refuse it; better said before."""
    earliest = earliest_cut_after_seizure(at.app, chart)
    first = next((step for step in plan.steps if step.kind in ("cut", "stop") and step.starts_on >= chart.today), None)
    if earliest and first and first.starts_on < earliest:
        st.error(
            f"The first cut on {date_text(first.starts_on)} comes too soon after the seizure: no cut before "
            f"{date_text(earliest)}. This cannot be signed; give more days without a cut."
        )
    is_restabilised = plan.amends is not None and plan.amends.change.get("kind") == "restabilise"
    if not is_restabilised and plan.request.patient != facts_for_plan(chart):
        st.error(
            "The charted facts have changed since this plan was built, so this cannot be signed. Restabilise takes "
            "the facts of now in; otherwise build a new plan."
        )


def after_seizure(at: Here, chart: Chart) -> None:
    """What a charted seizure means for every plan from now on."""
    earliest = earliest_cut_after_seizure(at.app, chart)
    if earliest is None:
        return
    limit = at.app.protocols.limits.after_seizure_no_cut
    named = chart.facts.specialist
    who = f"Specialist named: {named}." if named else "A specialist's name is needed; enter it under Restabilise."
    text = (
        f"After the seizure no cut before {date_text(earliest)} ({limit.days} days; "
        f"{cited_words(limit, at.app.protocols)}). {who}"
    )
    st.warning(show.plain_text(text))
