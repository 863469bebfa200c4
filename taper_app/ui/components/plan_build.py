"""Building a plan: the fields, the answer at once, another candidate beside it, and proposing one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Refusal
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import plan_blocks, plan_candidates, show
from taper_app.ui.components.plan_request import asked, filled_in
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
    """The blocks, [Build], and what comes out of them."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        form = TypedForm(at, UseCase.DRAFT_PLAN, episode_id, FORM)
        plan_blocks.blocks(form, chart, at.app.protocols)
        st.text_input("Why this plan (kept with the version)", max_chars=400, **form.text("note"))
        st.button("Build", type="secondary" if form.is_asked else "primary", key=form.key("build"), on_click=form.ask)
        if form.is_asked:
            _answer(at, form, episode_id)
        elif form.draft.body:
            st.markdown("Typed and kept as a draft. Build to see the plan.")
            plan_candidates.kept_one(form)


def _answer(at: Here, form: TypedForm, episode_id: EpisodeId) -> None:
    protocols = at.app.protocols
    written = asked(form.values(), protocols)
    try:
        outcome = try_plan(at.app, at.actor, episode_id, written)
    except InputRefused as refused:
        show.faults(readable_faults(refused.faults))
        return
    if isinstance(outcome, Refusal):

        def apply(change: Mapping[str, Any]) -> None:
            form.set_values(filled_in(change, form.values(), protocols), built=True)

        show_refusal(outcome, protocols, key=form.key("result"), apply=apply)
        plan_candidates.kept_one(form)
        return
    plan_candidates.beside(at, form, outcome, episode_id)
    show_plan(outcome, protocols, key=form.key("result"))
    _propose(at, form, episode_id, written)


def _propose(at: Here, form: TypedForm, episode_id: EpisodeId, written: dict[str, Any]) -> None:
    st.markdown("Proposing keeps this plan as the next version. No dose is given from it until a physician signs.")
    with st.container(horizontal=True):
        pressed = st.button("Propose", type="primary", key=form.key("propose"))
        if form.beside is None:
            st.button("Compare with another", key=form.key("compare"), on_click=form.keep_beside)
    if pressed:
        try:
            propose_plan(at.app, at.actor, episode_id, written, entry_id=form.entry_id, note=form.typed("note"))
        except InputRefused as refused:
            show.faults(readable_faults(refused.faults))
            return
        form.done()
        show.done_after_rerun("Proposed as the next version. It is not in force until a physician signs it.")
        st.rerun()
