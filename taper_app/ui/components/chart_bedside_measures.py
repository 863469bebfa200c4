"""Forms for what is measured: pain, intake and output, sleep, glucose and laboratory values."""

from __future__ import annotations

import streamlit as st

from taper_app.ui.components.chart_bedside_fields import (
    Asking,
    Written,
    calendar_day,
    choose,
    filled,
    note,
    number,
    whole,
    yes_no,
)
from taper_app.ui.components.show import plain_text

_PAIN_WORDS = {0: "0 none", **{score: str(score) for score in range(1, 10)}, 10: "10 worst"}
_WHY_NO_PAIN = {"asleep": "Asleep", "refused": "Refused", "cannot_say": "Cannot say"}
_IN_AND_OUT = {
    "drink": "Drank",
    "food": "Ate",
    "infusion": "Infusion",
    "urine": "Urine",
    "vomit": "Vomit",
    "stool": "Stool",
    "other_out": "Other output",
}
_TOLD_BY = {"observed": "Observed", "patient": "The patient says"}
_LABS = {
    "potassium_mmol_l": "Potassium, mmol/L",
    "magnesium_mmol_l": "Magnesium, mmol/L",
    "sodium_mmol_l": "Sodium, mmol/L",
}


def ask_pain(ask: Asking) -> Written:
    chosen = ask.form.chosen("score", list(_PAIN_WORDS))
    label = "The patient's own number, 0 no pain to 10 the worst there is"
    score = st.segmented_control(label, format_func=_PAIN_WORDS.__getitem__, wrap=True, **chosen)
    why_not = choose(ask, "why_not", "Could not be asked", _WHY_NO_PAIN)
    return {"score": score, "why_not": why_not, "where": note(ask, "where", "Where, and what kind")}


def ask_fluids(ask: Asking) -> Written:
    what = choose(ask, "what", "What went in or came out", _IN_AND_OUT)
    ml = whole(ask, "ml", "mL (blank: not measured)")
    st.markdown("Asked about the last 24 hours, only where somebody asked or looked")
    with st.container(horizontal=True, gap="large"):
        nothing = yes_no(ask, "nothing_by_mouth_24h", "Nothing by mouth for 24 h?")
        urine = yes_no(ask, "little_urine", "Little urine?")
    return {"what": what, "ml": ml, "nothing_by_mouth_24h": nothing, "little_urine": urine, "note": note(ask)}


def ask_sleep(ask: Asking) -> Written:
    with st.container(horizontal=True):
        hours = number(ask, "hours", "Hours slept")
        night_to = calendar_day(ask, "night_to", "Night to, such as 2026-11-21", ask.chart.today)
    told_by = choose(ask, "told_by", "By whose account", _TOLD_BY)
    return {"hours": hours, "night_to": night_to, "told_by": told_by, "note": note(ask)}


def ask_labs(ask: Asking) -> Written:
    """Glucose and what the rules ask of the laboratory, as a part of an observation set."""
    glucose = number(ask, "glucose_mmol_l", "Glucose, mmol/L")
    with st.container(horizontal=True):
        labs: Written = {name: number(ask, name, label) for name, label in _LABS.items()}
        labs["qtc_ms"] = whole(ask, "qtc_ms", "QTc, ms")
    limits = ask.at.app.protocols.vital_limits.glucose_mmol_l.probable
    st.markdown(
        f":small[{plain_text('Glucose is unusual beyond')} {limits.in_words} mmol/L: {plain_text(limits.where)}.]"
    )
    return filled({"signs": filled({"glucose_mmol_l": glucose}), "labs": filled(labs)})
