"""The facts that an escalation rule may test: their names, their kind, and the input fields they are worked from.

The rules are data (``protocols/escalation/``); this list is the contract between them and the code that works the
facts out (``escalation/facts.py``). A rule that names any other fact is refused when the files are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact's value looks like, and so which tests make sense."""

    NUMBER = "number"
    ANSWER = "answer"
    TRUTH = "truth"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class FactName:
    """One fact; ``inputs`` are named when a rule could not be evaluated because they were not charted.

    ``whole``: a number that is always a whole one.
    """

    kind: FactKind
    inputs: tuple[str, ...]
    words: tuple[str, ...] = ()
    whole: bool = True


def _numbers(*names: str) -> dict[str, FactName]:
    return {name: FactName(FactKind.NUMBER, (name,)) for name in names}


def _answers(*names: str) -> dict[str, FactName]:
    return {name: FactName(FactKind.ANSWER, (name,), ("yes", "no")) for name in names}


def _truth(*inputs: str) -> FactName:
    return FactName(FactKind.TRUTH, inputs)


def _number(*inputs: str) -> FactName:
    return FactName(FactKind.NUMBER, inputs)


def _measured(*inputs: str) -> FactName:
    """A number with decimals."""
    return FactName(FactKind.NUMBER, inputs, whole=False)


_VITALS: Mapping[str, FactName] = {
    **_numbers("respiratory_rate", "spo2", "systolic", "diastolic", "pulse"),
    "temperature_c": _measured("temperature_c"),
    #: SpO2 under the scale that applies; under the other scale it does not apply and no test of it holds.
    "spo2_scale_1": _number("spo2"),
    "spo2_scale_2": _number("spo2"),
    "spo2_below_target": _truth("spo2", "spo2_target_low"),
    "on_oxygen": _truth("on_oxygen"),
    "acvpu": FactName(FactKind.WORD, ("acvpu",), ("A", "C", "V", "P", "U")),
    "rass": _number("rass"),
    "rass_changed": _truth("rass", "history"),
    "poss": FactName(FactKind.WORD, ("poss",), ("S", "1", "2", "3", "4")),
}
_SCORES: Mapping[str, FactName] = {
    #: Least possible totals: a test of one fires on the least, and is false only when the most rules it out.
    "news2_least": _number("news2"),
    "ciwa_b_least": _number("ciwa_b"),
    "four_at_least": _number("four_at"),
    #: Totals of complete scores only.
    "news2_total": _number("news2"),
    "ciwa_b_total": _number("ciwa_b"),
    "news2_highest_part": _number("news2"),
}
_SUICIDE: Mapping[str, FactName] = {
    "asq_refused": _truth("asq"),
    "asq_any_yes": _truth("asq"),
    "asq_q5": FactName(FactKind.ANSWER, ("asq.q5",), ("yes", "no")),
    **{f"cssrs_{question}": _truth(f"cssrs.{question}") for question in ("q1", "q2", "q3", "q4", "q5")},
    "cssrs_q6_ever": _truth("cssrs.q6_ever"),
    "cssrs_q6_within_3_months": _truth("cssrs.q6_within_3_months"),
    "suicide_screen_done": _truth("asq"),
    #: PHQ-9 item 9 where neither ASQ nor C-SSRS was answered at that time or since; 0 otherwise.
    "phq9_item9_unscreened": _number("phq9"),
    "suicidal_thoughts_unscreened": _truth("events"),
}
_SYMPTOMS: Mapping[str, FactName] = _numbers(
    "tremor", "muscle_cramps", "stomach_cramps", "light", "sound", "touch", "tinnitus", "craving"
)
_SIGNS: Mapping[str, FactName] = {
    **_answers(
        "ataxia",
        "slurred_speech",
        "nystagmus",
        "alcohol_on_breath",
        "rigidity",
        "akathisia",
        "confusion",
        "cam_icu",
        "chest_pain",
        "focal_neurology",
        "severe_headache",
        "no_oral_intake_24h",
        "urine_output_low",
        "intolerable",
        "worse_before_each_dose",
    ),
    **_numbers("catatonia_signs", "qtc_ms"),
    **{name: _measured(name) for name in ("glucose_mmol_l", "potassium_mmol_l", "magnesium_mmol_l", "sodium_mmol_l")},
}
_DOSES: Mapping[str, FactName] = {
    **_numbers(
        "late_minutes",
        "withheld_or_missed_24h",
        "prn_24h",
        "prn_days_running",
        "vomited_within_minutes",
        "vomited_doses_24h",
    ),
    "hours_since_last": _measured("hours_since_last"),
    **_answers("more_than_planned_24h", "own_supply_found"),
}
_PATIENT: Mapping[str, FactName] = {
    **_numbers("age_years", "pregnancy_weeks", "weeks_postpartum", "last_level"),
    "hours_since_last_drink": _measured("hours_since_last_drink"),
    **_answers(
        "pregnant",
        "opioid_co_use",
        "alcohol_co_use",
        "seizure_history",
        "anticoagulant",
        "antipsychotic_or_ssri",
        "interacting_drug_changed",
        "undeclared_drug_found",
        "seizure_bundle_complete",
        "benzodiazepine_dependent",
        "naloxone_available",
        "obstetric_plan_recorded",
        "short_acting",
    ),
    "hours_since_admission": _measured("admitted_at"),
    "days_since_last_cut": _number("last_cut_on"),
    "days_until_next_cut": _number("next_cut_on"),
    "days_since_last_dose": _number("last_dose_on"),
}
_SET: Mapping[str, FactName] = {
    "set_is_partial": _truth("observation"),
    "not_done_reason": FactName(FactKind.WORD, ("not_done",), ("asleep", "refused", "away", "other")),
    "overdue_minutes": _measured("last_set_due_at"),
    "overdue_percent_of_interval": _measured("last_set_due_at"),
}

#: The facts by topic: those of one topic are worked out together.
TOPICS: Mapping[str, Mapping[str, FactName]] = {
    "vitals": _VITALS,
    "scores": _SCORES,
    "suicide": _SUICIDE,
    "symptoms": _SYMPTOMS,
    "signs": _SIGNS,
    "doses": _DOSES,
    "patient": _PATIENT,
    "set": _SET,
}

#: Every fact of a set.
FACTS: Mapping[str, FactName] = {name: fact for facts in TOPICS.values() for name, fact in facts.items()}

#: Facts of one event, for the ``where`` of an event's condition.
EVENT_FACTS: Mapping[str, FactName] = {
    "duration_minutes": _measured("duration_minutes"),
    "ongoing": _truth("ongoing"),
    "recovered": _truth("recovered"),
    "insight": _truth("insight"),
    "head_strike": FactName(FactKind.ANSWER, ("head_strike",), ("yes", "no")),
    "hours_ago": _measured("at"),
    "followed_by_another": _truth("events"),
}
