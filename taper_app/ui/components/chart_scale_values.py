"""Between the widgets of the further scales and an observation: names, answers, and back.

A name is the path in the observation (``phq9.3``, ``cssrs.q2``); answers that are left blank are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from taper_app.clinical.charting.observation import Cssrs, Observation
from taper_app.clinical.charting.screens import NO, YES
from taper_app.clinical.charting.set_scales import PLACES
from taper_app.clinical.protocol.scales import Scale

Values = dict[str, Any]
CSSRS_REFUSED: Final = "cssrs_refused"
POSS: Final = "poss"
CATATONIA_SIGNS: Final = "signs.catatonia_signs"
_QUESTIONNAIRES: Final = ("phq-9", "gad-7")
#: Scales that are one answer have a name of their own in the set.
_ONE_ANSWER: Mapping[str, str] = {"poss": POSS, "catatonia": CATATONIA_SIGNS}


def name_in_form(scale_id: str, item_id: str) -> str:
    """The widget's name for an item: its path in the observation."""
    return _ONE_ANSWER.get(scale_id) or f"{PLACES[scale_id].field}.{item_id}"


def answers_typed(scale: Scale, values: Mapping[str, Any]) -> Values:
    """What the widgets say of a scale so far, by item id."""
    typed = {item.id: values.get(name_in_form(scale.id, item.id)) for item in scale.items}
    return {item: answer for item, answer in typed.items() if answer is not None}


def written_scales(values: Mapping[str, Any]) -> Values:
    """POSS, C-SSRS, PHQ-9 and GAD-7 in the shape of an observation; only what was answered."""
    written: Values = {}
    if values.get(POSS) is not None:
        written[POSS] = values[POSS]
    if values.get(CSSRS_REFUSED):
        written["cssrs"] = "refused"
    elif answers := _written_cssrs(values):
        written["cssrs"] = answers
    for scale_id in _QUESTIONNAIRES:
        place = PLACES[scale_id]
        numbered = [values.get(name_in_form(scale_id, item)) for item in place.items]
        if any(answer is not None for answer in numbered):
            written[place.field] = numbered
    return written


def _written_cssrs(values: Mapping[str, Any]) -> dict[str, bool]:
    answers = {question: values.get(f"cssrs.{question}") for question in Cssrs.model_fields}
    return {question: answer == YES for question, answer in answers.items() if answer in (YES, NO)}


def values_of_scales(observation: Observation) -> Values:
    """The widgets' values for these scales of an observation that was charted."""
    values: Values = {}
    if observation.poss is not None:
        values[POSS] = observation.poss
    if observation.cssrs == "refused":
        values[CSSRS_REFUSED] = True
    elif isinstance(observation.cssrs, Cssrs):
        values |= {
            f"cssrs.{question}": YES if answer else NO for question, answer in observation.cssrs if answer is not None
        }
    for scale_id in _QUESTIONNAIRES:
        given = PLACES[scale_id].given(observation)
        if isinstance(given, Mapping):
            values |= {name_in_form(scale_id, item): answer for item, answer in given.items()}
    return values
