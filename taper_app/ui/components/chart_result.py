"""What the rules say of the set that was just charted: level, why, what to do, who is told, and the two decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from taper_app.clinical.charting.scores import CIWA_B
from taper_app.clinical.escalation.answer import Assessment, Finding, NextCut, ThisDose
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui import current
from taper_app.ui.components import frame, show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.dose_clearance import gate_in_words, who_may_override

DOSE_WORDS = {
    ThisDose.GIVE: "give it as planned, when it is due and the check before it allows.",
    ThisDose.ASSESS_FIRST: "assess first, then give it. Do not skip it.",
    ThisDose.GIVE_DO_NOT_OMIT: (
        "do not omit the benzodiazepine: it is the treatment. A prescriber orders dose and route now."
    ),
    ThisDose.WITHHOLD: "do not give it until a prescriber orders it. Emergency.",
}
_WHO = {
    "nurse": "the patient's nurse",
    "charge_nurse": "the nurse in charge",
    "mental_health": "mental health",
    "emergency_team": "the emergency team",
}


def show_after_rerun(episode_id: EpisodeId, record_id: RecordId) -> None:
    """Show this set's answer from the next run on, and once in front of everything."""
    st.session_state[_flag(episode_id)] = record_id
    st.session_state[_unread(episode_id)] = record_id


def answer_in_front(at: Here, chart: Chart) -> bool:
    """The answer once in front of the page, wherever it was scrolled to; whether a dialog was opened for it.

    A routine answer passes by, and so does one that repeats what an open alert says; anything else that calls for
    somebody has to be put away by hand.
    """
    charted = _charted(chart, _unread(chart.episode_id))
    if charted is None:
        return False
    answer = Assessment.model_validate(charted.assessment)
    if not any(alert.adds_with(charted.record.id) for alert in chart.alerts):
        st.session_state.pop(_unread(chart.episode_id), None)
        due_at = clock_text(charted.at + timedelta(minutes=answer.next_due_minutes), chart.unit.zone)
        st.toast(
            f"Charted. {level_text(answer.level)}{_nothing_new(chart, charted)}. Next set {due_at}.", duration="long"
        )
        return False
    dialog = st.dialog(level_text(answer.level), width="medium", on_dismiss=lambda: mark_read(chart.episode_id))
    dialog(_in_front)(chart.episode_id)
    return True


def _nothing_new(chart: Chart, charted: ChartedSet) -> str:
    """Why a set that calls for somebody interrupts nobody."""
    again = any(
        raising.body.observation == charted.record.id for alert in chart.alerts for raising in alert.found_again
    )
    return ", found again: its alert is open" if again else ""


def _in_front(episode_id: EpisodeId) -> None:
    """Runs on its own: who looks and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        charted = _charted(chart, _unread(episode_id))
        if charted is None:
            return
        st.markdown(frame.patient_line(chart))
        answer_lines(at, chart, charted.at, Assessment.model_validate(charted.assessment))
        if st.button("Read", type="primary", key=f"read-{episode_id}", width="stretch"):
            mark_read(episode_id)
            st.rerun()


def newest_answer(at: Here, chart: Chart) -> None:
    """The answer to what was just charted here, until it is put away."""
    charted = _charted(chart, _flag(chart.episode_id))
    if charted is None:
        return
    with st.container(border=True, key=f"answer-{chart.episode_id}"):
        answer_lines(at, chart, charted.at, Assessment.model_validate(charted.assessment))
        st.button("Put away", key=f"put-away-{chart.episode_id}", on_click=_put_away, args=(chart.episode_id,))


def _charted(chart: Chart, flag: str) -> ChartedSet | None:
    record_id = st.session_state.get(flag)
    return next((found for found in chart.sets if found.record.id == record_id and found.assessment), None)


def _flag(episode_id: EpisodeId) -> str:
    return f"just_charted|{episode_id}"


def _unread(episode_id: EpisodeId) -> str:
    return f"just_charted_unread|{episode_id}"


def mark_read(episode_id: EpisodeId) -> None:
    """The dialog was closed; the answer stays on the page."""
    st.session_state.pop(_unread(episode_id), None)


def _put_away(episode_id: EpisodeId) -> None:
    mark_read(episode_id)
    st.session_state.pop(_flag(episode_id), None)


def answer_lines(at: Here, chart: Chart, moment: datetime, answer: Assessment) -> None:
    """Everything that the rules say of a set of that moment."""
    why = answer.findings[0].message if answer.level > 1 else "Nothing in it calls for somebody."
    headline = f"**{level_text(answer.level)}** · {show.plain_text(why)}"
    box = {1: st.success, 2: st.warning, 3: st.warning, 4: st.error}[answer.level]
    box(f"Charted {clock_text(moment, chart.unit.zone)}. {headline}")
    for finding in answer.findings:
        if finding.level > 1 or finding is answer.findings[0]:
            st.markdown(f"- {_finding_text(at, chart, finding)}")
    due_at = moment + timedelta(minutes=answer.next_due_minutes)
    st.markdown(f"**This dose:** {show.plain_text(_dose_words(answer))}")
    st.markdown(f"**Next cut:** {_cut_words(chart, answer)}")
    st.markdown(f"**Next set:** {clock_text(due_at, chart.unit.zone)}. {_scores(at, answer)}")
    _not_evaluated(answer)


def _finding_text(at: Here, chart: Chart, finding: Finding) -> str:
    told = who_in_words(finding.notify)
    when = "now" if not finding.respond_within_minutes else f"within {finding.respond_within_minutes} min"
    who = f" Tell {told}, {when}." if told else ""
    number = f" Emergency number {show.plain_text(chart.unit.emergency_number)}." if finding.level == 4 else ""
    unverified = "K" in (finding.trigger_evidence, finding.time_evidence)
    mark = f" ({Evidence.UNVERIFIED.mark})" if unverified else ""
    source = f" :small[{finding.rule}, {show.plain_text(at.app.protocols.source_short(finding.source))}{mark}]"
    said = f"**{show.plain_text(finding.message)}** {show.plain_text(finding.action)}"
    return f"{level_text(finding.level)} · {said}{who}{number}{source}"


def who_in_words(notify: Sequence[str]) -> str:
    """``the nurse in charge and prescriber``."""
    return " and ".join(_WHO.get(role, f"the {role.replace('_', ' ')}") for role in notify)


def _dose_words(answer: Assessment) -> str:
    """What the findings say of the dose; when they say to give it, what the check before the dose says."""
    gate = answer.dose_gate
    if answer.taper.this_dose is ThisDose.GIVE and gate.state in ("assess_first", "withhold"):
        return f"{gate_in_words(gate)} {who_may_override(gate)}"
    return DOSE_WORDS[answer.taper.this_dose]


def _cut_words(chart: Chart, answer: Assessment) -> str:
    if answer.taper.next_cut is NextCut.SUSPENDED or chart.standing.suspensions:
        return "none until a prescriber has reviewed. Keep the dose."
    return "as planned."


def _scores(at: Here, answer: Assessment) -> str:
    news2, ciwa = answer.scores.news2, answer.scores.ciwa_b
    parts = []
    if news2.total is not None:
        parts.append(f"NEWS2 {news2.total}.")
    elif any(part is not None for part in news2.parts.values()):
        parts.append(f"NEWS2 incomplete: at least {news2.least}.")
    if ciwa.total is not None:
        parts.append(f"CIWA-B {ciwa.total}, {ciwa.band}.")
    elif len(ciwa.missing) < len(at.app.protocols.scales[CIWA_B].scored_items):
        parts.append(
            f"CIWA-B incomplete: at least {ciwa.least}, at most {ciwa.most}; missing {', '.join(ciwa.missing)}."
        )
    return " ".join(parts)


def _not_evaluated(answer: Assessment) -> None:
    if not answer.not_evaluated:
        return
    with st.expander(f"Not evaluated, because something was not charted: {len(answer.not_evaluated)} rules"):
        lines = [
            f"- {rule.rule}: {show.plain_text(', '.join(name.replace('_', ' ') for name in rule.missing))}"
            for rule in answer.not_evaluated
        ]
        st.markdown("\n".join(lines))
