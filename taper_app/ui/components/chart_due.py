"""What is due now, at the top of the chart: the observation set, and the doses of the signed plan."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from taper_app.clinical.charting.doses import DoseStatus, DueDose
from taper_app.clinical.escalation.next_due import NextDue
from taper_app.clinical.quantities import mg_text
from taper_app.ui.components import show
from taper_app.ui.components.chart_result import who_in_words
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import ago, clock_text, minutes_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.overdue import overdue_set

#: Where the parts of the long page begin, so that one tap leads there.
SET_ANCHOR, DOSES_ANCHOR, MORE_ANCHOR, DAY_ANCHOR = "observation-set", "doses", "more-to-chart", "last-24-hours"
_PARTS = {"Observation set": SET_ANCHOR, "Doses": DOSES_ANCHOR, "More": MORE_ANCHOR, "Last 24 hours": DAY_ANCHOR}


def what_is_due(at: Here, chart: Chart) -> None:
    """One line for the set and one for each dose, with the time that has passed; and the way to where it is charted."""
    with st.container(border=True, key=f"due-{chart.episode_id}"):
        st.markdown(f"**Due: {_set_line(chart)}**")
        for late in overdue_set(at.app, chart):
            told = f" Tell {who_in_words(late.notify)}." if late.notify else ""
            said = f"{level_text(late.level)} · {late.message} {late.action}{told}"
            st.markdown(f"**{show.plain_text(said)}** :small[{late.rule}]")
        newest, earlier = newest_and_earlier(chart.due_doses)
        # A withheld dose whose time has come stands before the others.
        for due in sorted(newest, key=lambda due: not due.is_to_be_looked_at_again(chart.now)):
            st.markdown(f"**Due: dose {dose_line(due, chart)}**")
        if earlier:
            st.markdown(f"**Not charted: {len(earlier)} earlier {'dose' if len(earlier) == 1 else 'doses'}**")
        if not chart.due_doses:
            st.markdown(_no_dose_line(chart))
        with st.container(key=f"parts-{chart.episode_id}"):
            st.markdown(" ".join(f"[{words}](#{anchor})" for words, anchor in _PARTS.items()))


def newest_and_earlier(due: Sequence[DueDose]) -> tuple[list[DueDose], list[DueDose]]:
    """Of each medicine the newest due dose; and those before it, which are not given any more."""
    newest = {dose.dose.drug: dose for dose in due}
    return list(newest.values()), [dose for dose in due if dose not in newest.values()]


def _set_line(chart: Chart) -> str:
    due = chart.next_due
    first = "" if chart.sets else "first "
    overdue = due.overdue_minutes(chart.now)
    when = f"overdue {minutes_text(overdue)}" if overdue else ago(due.at, chart.now)
    return f"{first}observation set {clock_text(due.at, chart.unit.zone)} ({when}){_why(due)}"


def _why(due: NextDue) -> str:
    """``, every 1 h: Hallucination with insight. (R07)``: the finding that asks for it, or the ward's own interval."""
    if due.after_minutes is None:
        return ""
    every = f"within {minutes_text(due.after_minutes)}" if due.after_minutes else "at once"
    asked = f"{show.plain_text(due.because.rstrip('.'))} ({due.rule})" if due.rule else "the ward's own interval"
    return f" · wanted {every}: {asked}"


def dose_line(due: DueDose, chart: Chart) -> str:
    """``20:00 (34 min ago): clonazepam 1 mg · late``, and what was charted of it so far."""
    when = f"{clock_text(due.planned_for, chart.unit.zone)} ({ago(due.planned_for, chart.now)})"
    late = " · late" if due.minutes_late(chart.now) else ""
    return f"{when}: {due.dose.drug} {mg_text(due.dose.mg)}{late}{_so_far(due, chart)}{_suspended(chart)}"


def _suspended(chart: Chart) -> str:
    """After a seizure or the like the planned dose is only the least that is given."""
    return (
        "" if chart.standing.plan_is_current else " · plan suspended: at least this, a prescriber orders dose and route"
    )


def _so_far(due: DueDose, chart: Chart) -> str:
    if due.charted is None:
        return ""
    body = due.charted.body
    at = clock_text(due.charted.at, chart.unit.zone)
    if body.status is DoseStatus.WITHHELD and body.recheck_at:
        again = clock_text(body.recheck_at, chart.unit.zone)
        if due.is_to_be_looked_at_again(chart.now):
            return f" · withheld at {at}: LOOK AGAIN NOW (since {again}), then give it or ask the prescriber"
        return f" · withheld at {at}, look again at {again}"
    return f" · {body.status.in_words} since {at}"


def _no_dose_line(chart: Chart) -> str:
    if chart.signed is None:
        return "No planned dose: there is no signed plan."
    ahead = [due for due in chart.planned_between(chart.today, chart.today) if due.planned_for > chart.now]
    open_ones = [due for due in ahead if due.is_open]
    if not open_ones:
        return "No dose is due; no more today."
    following = open_ones[0]
    when = clock_text(following.planned_for, chart.unit.zone)
    return f"No dose is due; next {when}: {following.dose.drug} {mg_text(following.dose.mg)}{_suspended(chart)}."
