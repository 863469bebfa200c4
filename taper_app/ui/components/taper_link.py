"""What findings mean for the taper, on Chart, Plan and Review: which suspend the next cut, and a proposal."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.quantities import plain
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.plan_change_kinds import KINDS
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import daily_words
from taper_app.ui.components.times import date_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.taper_proposal import SuspendingFinding, TaperProposal, proposal_for, suspending_findings

#: The form of the Plan page that a proposal fills in.
_CHANGE_FORM = "plan-change"
_EFFECTS = {
    Effect.NO_FURTHER_CUT: "no cut until reviewed",
    Effect.ASSESS_THEN_DOSE: "no cut; this dose waits: rouse and rescore, then give it",
    Effect.CONTINUE_AND_CALL: "no cut; do not omit the dose, a prescriber orders it now; the plan is not current",
    Effect.WITHHOLD_AND_CALL: "no cut; withhold this dose until a prescriber orders it",
}


def what_suspends(at: Here, chart: Chart) -> None:
    """Each finding that suspends the next cut or delays a dose, with its rule; nothing while there is none."""
    found = suspending_findings(chart)
    if not found:
        return
    st.markdown("**What stands against the next cut, until a prescriber resolves it or signs a new version:**")
    st.markdown("\n".join(f"- {_finding(at, chart, one)}" for one in found))


def _finding(at: Here, chart: Chart, found: SuspendingFinding) -> str:
    since = moment_text(found.since, chart.unit.zone)
    mark = f"{level_text(found.level)}: " if found.rule else ""
    said = f"{mark}{show.plain_text(found.message)} → {_EFFECTS[found.effect]} (since {since})"
    if not found.rule:
        return said
    unverified = f" ({Evidence.UNVERIFIED.mark})" if found.is_unverified else ""
    source = show.plain_text(at.app.protocols.source_short(found.source))
    return f"{said} :small[{found.rule}, {source}{unverified}]"


def proposal(at: Here, chart: Chart) -> None:
    """What a prescriber could do about the plan. Who may amend it opens it as a filled-in change on Plan."""
    proposed = proposal_for(chart)
    if proposed is None or chart.row.status != "open":
        return
    with st.container(border=True, key=f"proposal-{chart.episode_id}"):
        st.markdown(f"**Proposal to the prescriber: {show.plain_text(_in_words(proposed))}**")
        st.markdown(
            f"Because: {show.plain_text(proposed.reason)} Nothing changes until a physician signs a new version."
        )
        if grant_of(UseCase.AMEND_PLAN, at.actor.role) is Grant.NO:
            return
        if st.button("Open it as a change of the plan", key=f"open-proposal-{chart.episode_id}"):
            _open(at, chart, proposed)


def _in_words(proposed: TaperProposal) -> str:
    """``Restabilise: clonazepam 2 mg a day, the dose before the cut of Mon 11 Jan 2027``."""
    label = KINDS[proposed.kind].label
    if proposed.daily_mg is None:
        return f"{label}."
    before = proposed.before_cut_on
    which = f", the dose before the cut of {date_text(before)}" if before else ""
    return f"{label}: {daily_words(proposed.daily_mg)} a day{which}."


def _open(at: Here, chart: Chart, proposed: TaperProposal) -> None:
    """What somebody has half written there is theirs and stays."""
    form = TypedForm(at, UseCase.AMEND_PLAN, chart.episode_id, _CHANGE_FORM)
    if form.draft.body:
        show.done_after_rerun("A change was half written here already; it stands as it was left.")
    else:
        filled = {"kind": proposed.kind, "reason": proposed.reason}
        if proposed.daily_mg is not None and len(proposed.daily_mg) == 1:
            filled["daily_mg"] = plain(next(iter(proposed.daily_mg.values())))
        form.set_values(filled, built=False)
        show.done_after_rerun("The proposal is filled in below. Look at it, change what has to be changed, propose it.")
    st.switch_page(current.PLAN)
