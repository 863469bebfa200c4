"""Five seconds: keep the dose or cut as planned, and everything that speaks against the next cut."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.planning.answer import Step
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.quantities import percent_text
from taper_app.ui.components import show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.plan_words import daily_words
from taper_app.ui.components.protocol_words import UNVERIFIED, UNVERIFIED_MEANS
from taper_app.ui.components.times import date_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.next_cut import Against, against_next_cut, next_cut_step


def verdict(at: Here, chart: Chart) -> None:
    """The standing in one line, the next cut in one line, then the reasons with their sources."""
    reasons = against_next_cut(chart, at.app.protocols)
    st.header(_headline(chart, has_reasons=bool(reasons)), anchor=False)
    st.markdown(f"**This dose:** {_dose_words(chart)}")
    st.markdown(show.plain_text(_next_cut_words(chart, next_cut_step(chart))))
    if reasons:
        st.markdown("**What speaks against the next cut:**\n" + "\n".join(f"- {_reason(reason)}" for reason in reasons))
        if any(reason.is_unverified for reason in reasons):
            st.markdown(UNVERIFIED_MEANS)
    else:
        st.markdown("Nothing charted speaks against the next cut. Look at the patient, then decide.")


def _headline(chart: Chart, *, has_reasons: bool) -> str:
    if chart.standing.suspensions:
        return "◆ Keep dose, no cut"
    if chart.signed is None:
        return "○ No plan in force"
    if has_reasons:
        return "△ Next cut as planned, with open questions"
    return "○ Next cut as planned"


def _dose_words(chart: Chart) -> str:
    """What the findings say of the dose; they never take the place of the check before it."""
    if chart.standing.effect not in (Effect.NONE, Effect.NO_FURTHER_CUT):
        return chart.standing.dose_in_words
    if chart.signed is None:
        return "No plan is signed, so none is planned; a dose outside the plan can be ordered and charted."
    return f"{chart.standing.dose_in_words} The check before each dose still decides at the bedside."


def _next_cut_words(chart: Chart, step: Step | None) -> str:
    if chart.signed is None:
        return "No plan is signed, so no cut is planned."
    if step is None:
        return f"Plan version {chart.signed.number} has no further cut."
    to = daily_words(step.daily_mg)
    size = f"{percent_text(step.cut_percent_of_current)} % below the dose before it"
    text = f"Next cut by plan version {chart.signed.number}: {date_text(step.starts_on)}, to {to} a day, {size}."
    return f"{text} It is suspended until a prescriber has reviewed." if chart.standing.suspensions else text


def _reason(reason: Against) -> str:
    mark = f"{level_text(reason.level)}: " if reason.level > 1 else "? "
    unverified = f"; {UNVERIFIED}" if reason.is_unverified else ""
    return f"{mark}{show.plain_text(reason.text)} ({show.plain_text(reason.source + unverified)})"
