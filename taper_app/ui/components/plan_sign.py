"""Signing the newest proposal: each warning is accepted by its name, once, with the steps it concerns."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.versions import PlanVersion, VersionState
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.plan_beside import show_beside
from taper_app.ui.components.plan_result import show_plan
from taper_app.ui.components.plan_versions import why_this_version
from taper_app.ui.components.plan_words import (
    code_words,
    readable_faults,
    steps_words,
    warnings_by_code,
)
from taper_app.ui.components.protocol_words import source_words
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.plan_taper import sign_plan
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def newest_proposal(chart: Chart) -> PlanVersion | None:
    """The version that may be signed: the newest, when nobody has signed it yet."""
    newest = chart.versions[-1] if chart.versions else None
    return newest if newest and newest.state is VersionState.PROPOSED else None


@st.fragment
def proposal(episode_id: EpisodeId) -> None:
    """The newest proposal beside the version in force, and its signature for those who may sign."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        version = newest_proposal(chart)
        if version is None:
            return
        st.subheader(f"Version {version.number}: proposed, not signed", anchor=False)
        when = moment_text(version.proposed_at, chart.unit.zone)
        st.markdown(f"Proposed by {show.plain_text(version.proposed_by.signature)} on {show.plain_text(when)}.")
        why_this_version(version)
        key = f"proposal-{version.record_id}"
        if chart.signed is None:
            show_plan(version.plan, at.app.protocols, key=key)
        else:
            show_beside(chart, version.plan, at.app.protocols, key=key)
        if grant_of(UseCase.SIGN_PLAN, at.actor.role) is Grant.SIGN:
            _sign(at, chart, version)
        else:
            st.info("A physician signs it; until then no dose is given from it.")


def _sign(at: Here, chart: Chart, version: PlanVersion) -> None:
    accepted = _accepted_codes(at, version)
    key = f"sign-{version.record_id}-{chart.episode_id}"
    entry_id = st.session_state.setdefault(f"entry-{key}", new_id())
    if st.button(f"Sign version {version.number}", type="primary", key=key):
        try:
            sign_plan(at.app, at.actor, chart.episode_id, version.record_id, accepted, entry_id=entry_id)
        except InputRefused as refused:
            show.faults(readable_faults(refused.faults))
            return
        st.session_state.pop(f"entry-{key}", None)
        show.done_after_rerun(f"Version {version.number} is signed by {at.actor.signature} and in force.")
        st.rerun()


def _accepted_codes(at: Here, version: PlanVersion) -> list[str]:
    """One box a code. Boxes begin empty each time: an acceptance is never restored from a draft."""
    grouped = warnings_by_code(version.plan.to_sign)
    if not grouped:
        return []
    st.markdown("**Accept each warning by its name:**")
    accepted = []
    for code, found in grouped.items():
        steps = [warning.step for warning in found if warning.step]
        label = f'I accept "{code_words(code)}" for {steps_words(steps)}'
        if st.checkbox(label, key=f"accept-{code}-{version.record_id}"):
            accepted.append(code)
        messages = dict.fromkeys(f"{w.message} ({source_words(w.source, at.app.protocols)})" for w in found)
        st.markdown("\n".join(f"- {show.plain_text(message)}" for message in messages))
    return accepted
