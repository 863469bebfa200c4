"""Building a plan: the form, its answer at once, and proposing it as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import plan_form, show
from taper_app.ui.components.plan_result import show_plan, show_refusal
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import readable_faults
from taper_app.ui.current import Here
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.plan_taper import propose_plan, try_plan
from taper_app.use_cases.rights import UseCase

FORM = "plan"


@st.fragment
def build(episode_id: EpisodeId) -> None:
    """The three blocks, [Build], and what comes out of them."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        form = TypedForm(at, UseCase.DRAFT_PLAN, episode_id, FORM)
        plan_form.blocks(form, chart, at.app.protocols)
        st.button("Build", type="primary", key=form.key("build"), on_click=form.ask)
        if form.is_asked:
            _answer(at, form, episode_id)
        elif form.draft.body:
            st.markdown("Typed and kept as a draft. Build to see the plan.")


def _answer(at: Here, form: TypedForm, episode_id: EpisodeId) -> None:
    protocols = at.app.protocols
    written = plan_form.asked(form, protocols)
    try:
        outcome = try_plan(at.app, at.actor, episode_id, written)
    except InputRefused as refused:
        show.faults(readable_faults(refused.faults))
        return
    if isinstance(outcome, Refusal):

        def apply(change: Mapping[str, Any]) -> None:
            form.set_values(plan_form.values_of(change, form, protocols), built=True)

        show_refusal(outcome, protocols, key=form.key("result"), apply=apply)
        return
    show_plan(outcome, protocols, key=form.key("result"))
    _propose(at, form, episode_id, written, outcome)


def _propose(at: Here, form: TypedForm, episode_id: EpisodeId, written: dict[str, Any], plan: Plan) -> None:
    st.markdown("Proposing keeps this plan as the next version. No dose is given from it until a physician signs.")
    if st.button("Propose", type="primary", key=form.key("propose")):
        try:
            propose_plan(at.app, at.actor, episode_id, written, entry_id=form.entry_id)
        except InputRefused as refused:
            show.faults(readable_faults(refused.faults))
            return
        form.done()
        show.done_after_rerun("Proposed as the next version. It is not in force until a physician signs it.")
        st.rerun()
