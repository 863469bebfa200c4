"""What stands on every page: the synthetic ward's notice, the patient banner, the rules not yet active."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.allergies import AllergyStatus
from taper_app.clinical.charting.body_weight import WeightSource
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.ui.components import show
from taper_app.ui.components.levels import row_badge
from taper_app.ui.components.times import date_text
from taper_app.ui.current import Here
from taper_app.ui.session_binding import sign_out
from taper_app.use_cases.board import flags_of
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.silent_rules import rules_that_cannot_speak

SYNTHETIC = "Synthetic ward: no patient here is real."
#: The banner stays in view while the page scrolls under it, except where an open keyboard leaves little room. What a
#: keyboard reaches is scrolled out from under it; a tap must not scroll, or it would miss what it was meant for.
_BANNER_STAYS = """<style>
@media (min-height: 560px) {
  [data-testid="stMain"]:has([class*="st-key-banner-"]):has(:focus-visible) { scroll-padding-top: 14rem; }
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-banner-"]) {
    position: sticky; top: 3.75rem; z-index: 90;
    background-color: Canvas; background-color: light-dark(#FFFFFF, #0F172A);
  }
}
</style>"""
#: What is ticked is read to its end, on a phone too, and is big enough for a thumb.
_BOXES_IN_FULL = """<style>
[data-testid="stCheckbox"] label { min-height: 2.75rem; align-items: center; }
[data-testid="stCheckbox"] :is(.stMarkdownEllipsis, .stMarkdownEllipsis p) { white-space: normal; overflow: visible; }
</style>"""
DECISION_SUPPORT = "Decision support: it proposes and shows why; a clinician decides and signs. It prescribes nothing."


def top(at: Here, title: str) -> None:
    """The page's first lines."""
    st.html(_BOXES_IN_FULL)
    if at.signed_in.is_demo:
        st.warning(SYNTHETIC)
    heading, person, leave = st.columns([5, 3, 1.2], vertical_alignment="bottom")
    heading.title(title)
    person.markdown(f"Signed in: **{show.plain_text(at.actor.signature)}**")
    if leave.button("Sign out", key="sign-out", width="stretch"):
        sign_out()
    show.done()


def patient_banner(chart: Chart) -> None:
    """Name, date of birth, record number, bed, allergies and risks: on each page of a patient, always in view."""
    st.html(_BANNER_STAYS)
    patient = chart.patient
    age = patient.age_on(chart.today)
    who = f"**{show.plain_text(patient.label)}** · {patient.sex} · {age} years · born {date_text(patient.born_on)}"
    numbers = ", also ".join(show.plain_text(number) for number in (patient.record_number, *chart.other_numbers))
    where = f"record {numbers} · bed {show.plain_text(chart.bed)}"
    with st.container(border=True, key=f"banner-{chart.episode_id}"):
        st.markdown(f"{who} · {where} · day {chart.day_of_stay(chart.now)}")
        st.markdown(f"{_allergies(chart)} · {_weight(chart)}" + _flags(chart))
    st.markdown(f"{row_badge(chart.row)} · {show.plain_text(chart.row.headline)}")
    if chart.row.status == "released":
        st.warning("Released: this episode has ended and can only be read.")
    standing_line(chart)


def patient_line(chart: Chart) -> str:
    """``DOE, Jane · bed 07``: whose entry this is, where the banner cannot be seen."""
    return f"**{show.plain_text(chart.patient.label)}** · bed {show.plain_text(chart.bed)}"


def _allergies(chart: Chart) -> str:
    """Not assessed stands out as much as a list: it is not the same as none known."""
    words = show.plain_text(chart.allergies.in_words)
    if chart.allergies.status is AllergyStatus.NONE_KNOWN:
        return f"Allergies: {words}"
    not_asked = "" if chart.allergies.asked else " (not asked again in this stay)"
    return f"Allergies: **{words}**{not_asked}"


def _weight(chart: Chart) -> str:
    """The newest weight with its day; one that nobody read from a scale says so."""
    if chart.weight is None:
        return "not weighed"
    body, on = chart.weight.body, chart.weight.at.astimezone(chart.zone).date()
    how = "" if body.source is WeightSource.MEASURED else f" {body.source}"
    return f"{show.plain_text(body.in_words)}{how} ({date_text(on)})"


def _flags(chart: Chart) -> str:
    flags = flags_of(chart)
    return "".join(f" · **{show.plain_text(flag)}**" for flag in flags)


def standing_line(chart: Chart) -> None:
    """The two decisions, apart: the next cut, and this dose."""
    standing = chart.standing
    if not standing.suspensions:
        return
    text = f"**{standing.cut_in_words}.** {standing.dose_in_words} Because: {show.plain_text(standing.because)}"
    if standing.plan_is_current:
        st.warning(text)
    else:
        number = chart.signed.number if chart.signed else None
        suspended = (
            f" Plan version {number} is suspended: it cannot be printed or exported as current." if number else ""
        )
        st.error(text + suspended)


def bottom(protocols: WardProtocols) -> None:
    """Which rules are shipped but cannot speak yet, and what this application is."""
    silent = rules_that_cannot_speak(protocols)
    if silent:
        st.markdown(f":small[Escalation rules not yet active here: {', '.join(silent)}.]")
    st.markdown(f":small[{DECISION_SUPPORT}]")
