"""Two candidates side by side: one kept, one in the fields. The kept one is a draft of this patient, never a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.candidates import CandidateFigures, figures_of
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import percent_text
from taper_app.clinical.records import EpisodeId
from taper_app.ui.components import show
from taper_app.ui.components.medicine_words import product_words
from taper_app.ui.components.plan_request import asked
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import code_words, readable_faults
from taper_app.ui.components.times import date_text
from taper_app.ui.current import Here
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.two_plans import KEPT, NOW, two_plans_alt, two_plans_figure
from taper_app.use_cases.plan_taper import try_plan

NO_DIFFERENCE = "Both are the same in all of these."


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
            rows = difference_rows(kept, now, protocols)
            st.markdown(f"**{show.plain_text(in_a_sentence(kept, now))}**")
            figure = two_plans_figure(kept, now)
            st.plotly_chart(figure, theme=None, config=CONFIG, key=form.key("both-chart"), alt=two_plans_alt(kept, now))
            safe = [{name: show.plain_text(text) for name, text in row.items()} for row in rows]
            st.table(safe, hide_index=True, alt="What differs between the two candidates")
        _buttons(form)


def in_a_sentence(kept: Plan, now: Plan) -> str:
    """Which of the two ends first, and by how much."""
    days = (now.steps[-1].starts_on - kept.steps[-1].starts_on).days
    if days == 0:
        return "Both make their last change on the same day."
    first, words = (KEPT, NOW) if days > 0 else (NOW, KEPT)
    return f"{first[0].upper()}{first[1:]} makes its last change {abs(days)} days before {words}."


def difference_rows(kept: Plan, now: Plan, protocols: Protocols) -> list[dict[str, str]]:
    """One row a figure, with both candidates' values; a mark where they differ."""
    left, right = _row_values(kept, protocols), _row_values(now, protocols)
    return [
        {
            "": name,
            _heading(KEPT): left[name],
            _heading(NOW): right[name],
            "Differs": "" if left[name] == right[name] else "≠",
        }
        for name in left
    ]


def _heading(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _row_values(plan: Plan, protocols: Protocols) -> Mapping[str, str]:
    found = figures_of(plan, protocols)
    taper = protocols.tapers.get(plan.protocol.id)
    return {
        "Protocol": taper.name if taper else plan.protocol.id,
        "Ends": _end_words(found),
        "Days until the last change": str((found.last_change_on - plan.starts_on).days),
        "Steps": str(found.steps),
        "Biggest cut before the end": _cut_words(found),
        "Most pieces in a day": str(found.most_pieces_a_day),
        "Warnings to sign": ", ".join(code_words(code) for code in found.codes_to_sign) or "none",
        "Products needed": ", ".join(product_words(product, protocols) for product in found.products) or "none",
    }


def _end_words(found: CandidateFigures) -> str:
    if found.first_day_without_drug:
        return f"first day without {date_text(found.first_day_without_drug)}"
    return f"keeps its last dose from {date_text(found.last_change_on)}"


def _cut_words(found: CandidateFigures) -> str:
    cut = found.biggest_cut
    return f"{percent_text(cut.cut_percent_of_current)} % (step {cut.number})" if cut else "no cut"


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
