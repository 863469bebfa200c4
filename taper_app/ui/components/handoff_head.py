"""The top of the Handoff page: how far the release has come, what is missing and who owes it; choosing a patient."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from taper_app.clinical.handoff.release_gate import Missing, ReleaseGate
from taper_app.clinical.handoff.release_items import FirstVisitItem
from taper_app.clinical.records import EpisodeId, LatestRow
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.handoff_fields import evidence_sign, legend, offer_file
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.hand_over import bridging_sheet
from taper_app.use_cases.handoff_view import HandoffView, handoff_patients
from taper_app.use_cases.rights import Grant, UseCase, grant_of

DONE = "✓"


class Step(StrEnum):
    """The way to release, in order."""

    ARRANGE = "Arrange"
    CONSENT = "Consent"
    SUMMARY = "Summary"
    RELEASE = "Release"


def chosen_step(episode_id: EpisodeId) -> Step:
    """Which step is open; the first one until somebody chooses."""
    names = [step.value for step in Step]
    chosen = st.segmented_control(
        "Step",
        names,
        default=names[0],
        width="stretch",
        key=f"handoff-step-{episode_id}",
        required=True,
        label_visibility="collapsed",
    )
    return Step(chosen or names[0])


def progress(view: HandoffView) -> None:
    """A sentence, a number, then what is missing by name."""
    if view.is_released:
        _released(view)
        return
    gate = view.gate
    with st.container(border=True, key=f"gate-{view.chart.episode_id}"):
        percent = gate.percent_complete
        left, right = st.columns(2)
        left.markdown(f"**{percent}% of what a release needs** · {_first_visit(view)}")
        right.markdown(f"**{_verdict(gate)}**")
        st.progress(percent)
        if owed := _owed(gate):
            st.markdown("\n".join(f"- ■ **{owner}**, missing: {'; '.join(titles)}" for owner, titles in owed.items()))
        if gate.missing:
            _details(gate)


def _owed(gate: ReleaseGate) -> dict[str, list[str]]:
    """What keeps the release back, by who owes it."""
    owed: dict[str, list[str]] = {}
    if gate.veto.stands:
        owed["Physician"] = ["clearing of the release veto (see Release)"]
    for missing in gate.blocking:
        owner = show.plain_text(missing.owed_by.capitalize())
        owed.setdefault(owner, []).append(show.plain_text(missing.title[0].lower() + missing.title[1:]))
    return owed


def _details(gate: ReleaseGate) -> None:
    wanted = [missing for missing in gate.missing if not missing.blocks]
    more = f", and {len(wanted)} more that keep nobody here" if wanted else ""
    with st.expander(f"What exactly is missing{more}"):
        st.markdown(_lines(gate.blocking, "■"))
        if wanted:
            st.markdown("**Wanted, but no reason to stay:**")
            st.markdown(_lines(wanted, "○"))
        legend(missing.evidence_mark for missing in gate.missing)


def _released(view: HandoffView) -> None:
    release = view.kept.release
    if release is None:
        return
    record, body = release
    when = moment_text(record.happened_at, view.chart.unit.zone)
    how = "left against advice" if body.against_advice else "released"
    st.info(show.plain_text(f"{how.capitalize()} {when} by {record.author.signature}: {body.disposition}."))


def _verdict(gate: ReleaseGate) -> str:
    if gate.is_open:
        return "✓ May be released"
    count = len(gate.blocking) + (1 if gate.veto.stands else 0)
    return f"■ Not yet: {count} thing{'s' if count > 1 else ''} to do first"


def _first_visit(view: HandoffView) -> str:
    item, days = view.kept.item(FirstVisitItem), view.gate.days_to_first_visit
    if item is None or days is None:
        return "no first visit yet"
    when = show.plain_text(moment_text(item.visit.at, view.chart.unit.zone))
    in_days = f"{days} day{'' if days == 1 else 's'} after leaving"
    return f"first visit {in_days} ({when})"


def _lines(missing: Sequence[Missing], mark: str) -> str:
    return "\n".join(
        f"- {mark} **{show.plain_text(found.title)}**: {show.plain_text(found.why)} "
        f"Owed by: {show.plain_text(found.owed_by)}.{evidence_sign(found.evidence_mark)}"
        for found in missing
    )


@st.fragment
def bridging(episode_id: EpisodeId) -> None:
    """The bridging sheet can always be printed: no consent, no signature and no gate is asked for."""
    at = current.here()
    if grant_of(UseCase.ASSESS_FOR_AFTERCARE, at.actor.role) is Grant.NO:
        return
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown("**Bridging sheet**: last tolerated dose, no cut, whom to call. It can always be printed.")
    if right.button("Make bridging sheet", key=f"bridging-{episode_id}", width="stretch"):
        with show.refusals():
            offer_file(at, bridging_sheet(at.app, at.actor, episode_id))


def choose_patient(at: Here) -> None:
    """Who is here, and who has left: a summary is handed over after release too."""
    unit = current.unit_or_stop(at)
    here, left = handoff_patients(at.app, at.actor, unit.id)
    if not here and not left:
        st.info("No patient is admitted yet. Handoff begins once somebody is.")
    if here:
        st.subheader("On the unit", anchor=False)
        _rows(here)
    if left:
        st.subheader("Released", anchor=False)
        _rows(left)


def _rows(rows: Sequence[LatestRow]) -> None:
    for row in rows:
        with st.container(border=True, key=f"handoff-row-{row.episode_id}"):
            who, plan, opener = st.columns([3, 4, 1.4], vertical_alignment="center")
            bed, label, number = (show.plain_text(words) for words in (row.bed, row.label, row.record_number))
            who.markdown(f"**{bed}** · **{label}** · {number}")
            plan.markdown(show.plain_text(row.plan_line))
            if opener.button("Open handoff", key=f"handoff-open-{row.episode_id}", width="stretch"):
                current.open_patient(row.episode_id)
                st.rerun()


def another_patient(episode_id: EpisodeId) -> None:
    """Back to the list, for those who have no ward board open."""
    if st.button("Choose another patient", key=f"handoff-another-{episode_id}"):
        current.close_patient()
        st.rerun()
