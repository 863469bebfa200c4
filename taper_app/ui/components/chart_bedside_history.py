"""Forms for what is asked and told: last use of each substance, the background, the talk after a refusal, leave."""

from __future__ import annotations

import streamlit as st

from taper_app.export.bedside_words import VERIFIED_WORDS
from taper_app.ui.components import show
from taper_app.ui.components.chart_bedside_fields import Asking, Written, choose, line, moment, note

_OTHER = "other"
_VERIFIED = {by: f"{words[0].upper()}{words[1:]}" for by, words in VERIFIED_WORDS.items()}
_STEPS = {"left": "Leaves the ward", "returned": "Is back"}


def ask_last_use(ask: Asking) -> Written:
    offered = ask.rules.last_use.labels
    start = str(ask.form.first("substance", "") or "")
    begin = start if start in offered else _OTHER if start else None
    which = choose(ask, "which", "Substance", {**offered, _OTHER: "Another"}, begin)
    substance = which
    if which == _OTHER:
        substance = line(ask, "substance", "Which one, by name")
    used_at = moment(ask, "used_at", "Last used at")
    about = "" if used_at else line(ask, "used_about", "Or what was said of it, such as yesterday evening")
    return {
        "substance": substance,
        "used_at": used_at,
        "used_about": about,
        "amount": line(ask, "amount", "How much"),
        "verified_by": choose(ask, "verified_by", "By whom", _VERIFIED),
        "verified_name": line(ask, "verified_name", "Their name, and how"),
        "note": note(ask),
    }


def ask_background(ask: Asking) -> Written:
    return {
        "indication": line(ask, "indication", "What the medicine is taken for"),
        "taper_wanted_by": line(ask, "taper_wanted_by", "Who wants the taper"),
        "earlier_withdrawals": note(ask, "earlier_withdrawals", "Earlier withdrawals: when, from what, how"),
        "worst_event": note(ask, "worst_event", "The worst that happened in one"),
    }


def ask_refusal_talk(ask: Asking) -> Written:
    rule = ask.rules.refusal_review
    whose = " or ".join(role.in_words for role in rule.spoken_by.roles)
    said = f"A {whose} speaks with the patient: why it was refused, what it is for, what is agreed."
    st.markdown(show.plain_text(said))
    return {"said": note(ask, "said", "What was said and agreed")}


def ask_leave(ask: Asking) -> Written:
    step = choose(ask, "step", "Leave", _STEPS)
    if step != "left":
        return {"step": step, "note": note(ask)}
    return {
        "step": step,
        "back_by": moment(ask, "back_by", "Back by"),
        "allowed_by": line(ask, "allowed_by", "Allowed by"),
        "with_whom": line(ask, "with_whom", "With whom"),
        "note": note(ask),
    }
