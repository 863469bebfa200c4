"""Which bedside forms there are, and what each of them keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from taper_app.clinical.charting.observation import Observation
from taper_app.export.bedside_words import KIND_WORDS
from taper_app.ui.components.chart_bedside_fields import Asking, Written
from taper_app.ui.components.chart_bedside_history import (
    ask_background,
    ask_last_use,
    ask_leave,
    ask_refusal_talk,
)
from taper_app.ui.components.chart_bedside_measures import ask_fluids, ask_labs, ask_pain, ask_sleep
from taper_app.ui.components.chart_bedside_safety import (
    ask_call_me_if,
    ask_level,
    ask_precautions,
    ask_search,
    ask_workup,
)
from taper_app.ui.components.chart_bedside_witnessed import (
    ask_count,
    ask_double_check,
    ask_settled,
    ask_signature,
)

#: Glucose and laboratory values are a part of an observation set, where the rules look for them.
LABS = "labs"
#: The weight is a record of its own, kept up on the Patient page too.
WEIGHT = "weight"
SECOND_OBSERVER = "second_observer"


@dataclass(frozen=True, slots=True)
class BedsideForm:
    """A form's button and its questions. ``is_offered``: False for what is opened only from what is due."""

    label: str
    ask: Callable[[Asking], Written]
    is_offered: bool = True


FORMS: Mapping[str, BedsideForm] = {
    "pain": BedsideForm("Pain", ask_pain),
    "intake_output": BedsideForm("Intake and output", ask_fluids),
    "sleep": BedsideForm("Sleep", ask_sleep),
    LABS: BedsideForm("Glucose and labs", ask_labs),
    "observation_level": BedsideForm("Observation level", ask_level),
    "seizure_precautions": BedsideForm("Seizure precautions", ask_precautions),
    "seizure_workup": BedsideForm("Work-up after a seizure", ask_workup),
    "own_supply_search": BedsideForm("Own-supply search", ask_search),
    "controlled_drug_count": BedsideForm("Controlled-drug count", ask_count),
    "double_check": BedsideForm("Double check", ask_double_check),
    "last_use": BedsideForm("Last use", ask_last_use),
    "leave": BedsideForm("Leave", ask_leave),
    "call_me_if": BedsideForm("Call me if", ask_call_me_if),
    "background": BedsideForm("Background", ask_background),
    "refusal_talk": BedsideForm(KIND_WORDS["refusal_talk"], ask_refusal_talk, is_offered=False),
    "second_signature": BedsideForm(KIND_WORDS["second_signature"], ask_signature, is_offered=False),
    "difference_settled": BedsideForm(KIND_WORDS["difference_settled"], ask_settled, is_offered=False),
}


def is_labs_alone(observation: Observation) -> bool:
    """Charted with the form for glucose and laboratory values, and so corrected with it."""
    dump = observation.model_dump(mode="json", exclude_defaults=True)
    asked = {name for name, value in dump.items() if value} - {"at", "doses", "dose_due", "correction_reason"}
    glucose_alone = set(dump.get("signs") or ()) <= {"glucose_mmol_l"}
    return bool(asked) and asked <= {"labs", "signs"} and glucose_alone


def labs_of(observation: Observation) -> Written:
    """What that form begins with when a set of it is corrected."""
    labs = observation.labs.model_dump(mode="json", exclude_none=True) if observation.labs else {}
    glucose = observation.signs.glucose_mmol_l if observation.signs else None
    found = labs | ({"glucose_mmol_l": glucose} if glucose is not None else {})
    return {name: str(value) for name, value in found.items()}
