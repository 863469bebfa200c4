"""Two candidates side by side: one kept, one in the fields. The kept one is a draft of this patient, never a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.records import EpisodeId
from taper_app.ui.components import plan_differences as differences
from taper_app.ui.components import show
from taper_app.ui.components.plan_request import asked
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import readable_faults
from taper_app.ui.current import Here
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.two_plans import KEPT, NOW, two_plans_alt, two_plans_figure
from taper_app.use_cases.plan_taper import try_plan

NAMES = (KEPT, NOW)


def kept_one(form: TypedForm) -> None:
    """Says that a candidate is kept while the fields have no plan to show beside it."""
    if form.beside is None:
        return
    st.markdown("One candidate is kept. Build to see both side by side.")
    _buttons(form)


def beside(at: Here, form: TypedForm, now: Plan, episode_id: EpisodeId) -> None:
    """Both curves in one figure and what differs between them; nothing while no candidate is kept.

    The kept candidate is built anew from what was asked, so that it answers for the facts as they are charted now.
    """
    if form.beside is None:
        return
    with st.container(border=True):
        st.subheader("Two candidates side by side", anchor=False)
        kept = _built(at, form.beside, episode_id)
        if kept is not None:
            protocols = at.app.protocols
            rows = differences.difference_rows(kept, now, protocols, names=NAMES)
            st.markdown(f"**{show.plain_text(differences.in_a_sentence(kept, now, names=NAMES))}**")
            figure = two_plans_figure(kept, now)
            st.plotly_chart(figure, theme=None, config=CONFIG, key=form.key("both-chart"), alt=two_plans_alt(kept, now))
            differences.table(rows, alt="What differs between the two candidates")
        _buttons(form)


def _built(at: Here, fields: Mapping[str, Any], episode_id: EpisodeId) -> Plan | None:
    try:
        outcome = try_plan(at.app, at.actor, episode_id, asked(fields, at.app.protocols))
    except InputRefused as refused:
        show.faults(readable_faults(refused.faults))
        return None
    if isinstance(outcome, Refusal):
        st.error(f"The kept candidate is refused now. {show.plain_text(outcome.message)}")
        return None
    return outcome


def _buttons(form: TypedForm) -> None:
    with st.container(horizontal=True):
        st.button("Use the kept one", key=form.key("use-kept"), on_click=form.use_beside)
        st.button("Use this one, let the kept one go", key=form.key("use-this"), on_click=form.drop_beside)
