"""Forms for safety: observation level, seizure precautions and work-up, own-supply search, "call me if"."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.protocol.bedside_rules import Choices
from taper_app.ui.components import show
from taper_app.ui.components.chart_bedside_fields import Asking, Written, checklist, choose, line, note
from taper_app.ui.components.protocol_words import cited_words

_IN_PLACE = {"yes": "Yes", "no": "No"}
_DONE = {"done": "Done", "not_done": "Not yet", "does_not_apply": "Does not apply"}
_SEARCH = {
    "found": "Found",
    "nothing_found": "Nothing found",
    "patient_refused": "Patient refused",
    "not_possible": "Not possible",
}


def ask_level(ask: Asking) -> Written:
    choices = ask.rules.observation_levels
    level = choose(ask, "level", "Observation level from now on", choices.labels)
    decided_by = line(ask, "decided_by", "Decided by")
    reason = note(ask, "reason", "Why")
    _source(ask, choices)
    return {"level": level, "decided_by": decided_by, "reason": reason}


def ask_precautions(ask: Asking) -> Written:
    choices = ask.rules.seizure_precautions
    items = checklist(ask, choices.labels, _IN_PLACE)
    _source(ask, choices)
    return {"items": items, "note": note(ask)}


def ask_workup(ask: Asking) -> Written:
    """What one leaves blank was not said; rule N07 speaks when one says that something is not done yet."""
    choices = ask.rules.seizure_workup
    items = checklist(ask, choices.labels, _DONE)
    _source(ask, choices)
    return {"items": items, "note": note(ask)}


def ask_search(ask: Asking) -> Written:
    outcome = choose(ask, "outcome", "The search", _SEARCH)
    found = done = ""
    if outcome == "found":
        found = note(ask, "found", "What, and how much")
        done = note(ask, "done_with_it", "What was done with it")
    return {"outcome": outcome, "found": found, "done_with_it": done, "note": note(ask)}


def ask_call_me_if(ask: Asking) -> Written:
    return {"when": note(ask, "when", "Call me if"), "how": line(ask, "how", "Whom, and how to reach")}


def _source(ask: Asking, choices: Choices) -> None:
    """Where the list is from, and that nobody has verified it."""
    st.markdown(f":small[{show.plain_text(f'The list: {cited_words(choices, ask.at.app.protocols)}')}]")
