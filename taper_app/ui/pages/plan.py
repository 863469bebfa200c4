"""The Plan page: what is in force, what is proposed, a change of it, and a new plan in three blocks."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import frame, plan_build, plan_change, plan_sign, plan_versions, show, taper_link
from taper_app.ui.components.chart_bedside_due import baseline_line
from taper_app.ui.components.facts_form import facts
from taper_app.use_cases.rights import Grant, UseCase, grant_of

at = current.here()
frame.top(at, "Plan")
with show.refusals():
    chart = current.chart_or_stop(at)
    frame.patient_banner(chart)
    is_open = chart.row.status == "open"
    may_draft = is_open and grant_of(UseCase.DRAFT_PLAN, at.actor.role) is not Grant.NO
    may_amend = is_open and grant_of(UseCase.AMEND_PLAN, at.actor.role) is not Grant.NO
    if is_open:
        baseline_line(chart)
    plan_change.after_seizure(at, chart)
    taper_link.what_suspends(at, chart)
    taper_link.proposal(at, chart)
    if plan_sign.newest_proposal(chart) is not None:
        plan_sign.proposal(chart.episode_id)
    plan_versions.in_force(at, chart)
    if may_amend and chart.signed is not None:
        plan_change.change(chart.episode_id)
    if may_draft:
        facts(chart.episode_id)
        heading = "Build a new plan" if chart.versions else "Build the plan"
        with st.expander(heading, expanded=not chart.versions):
            plan_build.build(chart.episode_id)
    elif is_open:
        st.info("You can read the plan here. A physician builds and signs it; a pharmacist may propose one.")
    plan_versions.all_versions(at, chart)
frame.bottom(at.app.protocols)
