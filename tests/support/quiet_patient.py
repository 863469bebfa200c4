"""A patient of whom everything is charted and nothing is wrong, and the same patient with chosen facts instead.

Facts are named as rules name them (``FACTS``); ``case_with`` writes them back into the shape that ``taper assess``
reads, so that what is generated from the rule files runs through everything from the input to the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

NOW = datetime.fromisoformat("2026-12-01T08:00:00-05:00")
BEFORE = NOW - timedelta(hours=4)
#: Nobody assessed it.
MISSING = object()
CIWA_ITEMS = [str(number) for number in (*range(1, 18), 20, 21, 22)]
_SYMPTOMS = ("tremor", "muscle_cramps", "stomach_cramps", "light", "sound", "touch", "tinnitus", "craving")
_SIGNS = (
    *("ataxia", "slurred_speech", "nystagmus", "alcohol_on_breath", "rigidity", "akathisia", "confusion", "cam_icu"),
    *("chest_pain", "focal_neurology", "severe_headache", "no_oral_intake_24h", "urine_output_low", "intolerable"),
    "worse_before_each_dose",
)
_ANSWERED_NO = (
    *("pregnant", "opioid_co_use", "alcohol_co_use", "seizure_history", "anticoagulant", "antipsychotic_or_ssri"),
    *("interacting_drug_changed", "undeclared_drug_found", "benzodiazepine_dependent"),
)
_VITALS = {
    "respiratory_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 120,
    "diastolic": 78,
    "pulse": 70,
    "temperature_c": Decimal("37.0"),
    "acvpu": "A",
}
_PATIENT: dict[str, Any] = {
    **dict.fromkeys(_ANSWERED_NO, "no"),
    "age_years": 44,
    "pregnancy_weeks": 0,
    "weeks_postpartum": 500,
    "hours_since_last_drink": Decimal(5000),
    "spo2_scale": 1,
    "spo2_target_low": 90,
    "last_level": 1,
    "seizure_bundle_complete": "yes",
    "naloxone_available": "yes",
    "obstetric_plan_recorded": "yes",
    "short_acting": "no",
}
_DOSES: dict[str, Any] = {
    "late_minutes": 0,
    "hours_since_last": Decimal(4),
    "withheld_or_missed_24h": 0,
    "prn_24h": 0,
    "prn_days_running": 0,
    "vomited_within_minutes": 600,
    "vomited_doses_24h": 0,
    "more_than_planned_24h": "no",
    "own_supply_found": "no",
}
_LABS: dict[str, Any] = {
    "qtc_ms": 420,
    "potassium_mmol_l": Decimal("4.2"),
    "magnesium_mmol_l": Decimal("0.9"),
    "sodium_mmol_l": Decimal(140),
}
_CSSRS = ("q1", "q2", "q3", "q4", "q5", "q6_ever", "q6_within_3_months")
#: Of a set that is late by some percent, and of one that is late by some minutes.
OVERDUE_MINUTES, OVERDUE_OF_MINUTES = Decimal(60), Decimal(240)
#: One reading for each part of NEWS2 by the score it has.
_NEWS2_PARTS: Mapping[str, Mapping[int, Any]] = {
    "respiratory_rate": {1: 10, 2: 22, 3: 26},
    "spo2": {1: 95, 2: 93, 3: 91},
    "systolic": {1: 105, 2: 95, 3: 85},
    "pulse": {1: 95, 2: 115, 3: 135},
    "temperature_c": {1: Decimal("38.5"), 2: Decimal("39.5"), 3: Decimal("34.5")},
    "on_oxygen": {2: True},
    "acvpu": {3: "C"},
}

#: Every fact that is not derived from others, as it is in the quiet patient.
QUIET: Mapping[str, Any] = {
    **_VITALS,
    "spo2_scale_1": 98,
    "spo2_scale_2": None,
    "spo2_below_target": False,
    "rass": 0,
    "rass_changed": False,
    "poss": "1",
    "news2_least": 0,
    "news2_total": 0,
    "news2_highest_part": 0,
    "ciwa_b_least": 0,
    "ciwa_b_total": 0,
    "four_at_least": 0,
    "asq_refused": False,
    "asq_any_yes": False,
    "asq_q5": "no",
    **{f"cssrs_{question}": False for question in _CSSRS},
    "suicide_screen_done": True,
    "phq9_item9_unscreened": 0,
    "suicidal_thoughts_unscreened": False,
    **dict.fromkeys(_SYMPTOMS, 0),
    **dict.fromkeys(_SIGNS, "no"),
    "catatonia_signs": 0,
    "glucose_mmol_l": Decimal("5.5"),
    **_LABS,
    **_DOSES,
    **{name: value for name, value in _PATIENT.items() if not name.startswith("spo2_")},
    "hours_since_admission": Decimal(100) * 24,
    "days_since_last_cut": 400,
    "days_until_next_cut": 90,
    "days_since_last_dose": 0,
    "set_is_partial": False,
    "not_done_reason": None,
    "overdue_minutes": Decimal(0),
    "overdue_percent_of_interval": Decimal(0),
}


def quiet_observation(at: datetime) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "vitals": {**_VITALS, "temperature_c": "37.0"},
        "ciwa_b": dict.fromkeys(CIWA_ITEMS, 0),
        "rass": 0,
        "poss": "1",
        "four_at": {"alertness": 0, "amt4": 0, "attention": 0, "acute_change": 0},
        "asq": {f"q{number}": "no" for number in range(1, 6)},
        "cssrs": dict.fromkeys(_CSSRS, False),
        "phq9": [0] * 9,
        "gad7": [0] * 7,
        "symptoms": dict.fromkeys(_SYMPTOMS, 0),
        "signs": {**dict.fromkeys(_SIGNS, "no"), "catatonia_signs": 0, "glucose_mmol_l": "5.5"},
        "labs": _as_json(_LABS),
        "doses": _as_json(_DOSES),
        "events": [],
        "dose_due": False,
    }


def case_with(
    facts: Mapping[str, Any],
    *,
    events: list[dict[str, Any]] | None = None,
    history: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The quiet patient with these facts instead. ``history``: further earlier sets, each with its own ``at``."""
    now = quiet_observation(NOW)
    case: dict[str, Any] = {
        "patient": {
            **_as_json(_PATIENT),
            "admitted_at": (NOW - timedelta(days=100)).isoformat(),
            "last_cut_on": str(NOW.date() - timedelta(days=400)),
            "next_cut_on": str(NOW.date() + timedelta(days=90)),
            "last_dose_on": str(NOW.date()),
            "last_set_due_at": NOW.isoformat(),
        },
        "history": [quiet_observation(BEFORE)],
        "observation": now,
    }
    if events is not None:
        now["events"] = events
    for name, value in facts.items():
        _write(name, value, case, facts)
    case["history"] = sorted([*case["history"], *deepcopy(history or [])], key=lambda earlier: earlier["at"])
    return case


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value is MISSING:
        return None
    return str(value) if isinstance(value, Decimal) else value


def _write(name: str, value: Any, case: dict[str, Any], facts: Mapping[str, Any]) -> None:
    now, patient = case["observation"], case["patient"]
    plain = _plain(value)
    if name in _VITALS:
        now["vitals"][name] = plain
        if name == "diastolic" and value is not MISSING and "systolic" not in facts:
            now["vitals"]["systolic"] = max(now["vitals"]["systolic"], value + 25)
    elif name in now["symptoms"]:
        now["symptoms"][name] = plain
    elif name in now["signs"]:
        now["signs"][name] = plain
    elif name in now["labs"]:
        now["labs"][name] = plain
    elif name in now["doses"]:
        now["doses"][name] = plain
    elif name in patient:
        patient[name] = plain
    elif name in ("rass", "poss"):
        now[name] = plain
    else:
        _WRITERS[name](value, case, facts)


def _spo2_on(scale: int) -> Any:
    def write(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
        case["patient"].update(spo2_scale=scale, spo2_target_low=None)
        case["observation"]["vitals"]["spo2"] = _plain(value)

    return write


def _below_target(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    spo2 = case["observation"]["vitals"]["spo2"]
    case["patient"]["spo2_target_low"] = None if value is MISSING else spo2 + (1 if value else -1)


def _rass_changed(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    if value is MISSING:
        case["observation"]["rass"] = None
    elif value:
        case["observation"]["rass"] = 1


@cache
def _news2_readings(total: int, highest_part: int | None = None) -> dict[str, Any]:
    for most in (highest_part,) if highest_part is not None else (2, 3):
        for chosen in product(*([0, *(score for score in each if score <= most)] for each in _NEWS2_PARTS.values())):
            if sum(chosen) == total and (highest_part is None or max(chosen) == highest_part):
                readings = {
                    part: _NEWS2_PARTS[part][score] for part, score in zip(_NEWS2_PARTS, chosen, strict=True) if score
                }
                vitals = {**_VITALS, **readings}
                return {**vitals, "temperature_c": str(vitals["temperature_c"])}
    raise AssertionError(f"no vital signs with NEWS2 {total}, highest part {highest_part}")


def news2_vitals(total: int, highest_part: int | None = None) -> dict[str, Any]:
    """Vital signs with this NEWS2; no part above 2 unless ``highest_part`` says so or the total needs it."""
    return dict(_news2_readings(total, highest_part))


def scores_by_reading(part: str) -> dict[Any, int]:
    """What the readings of ``news2_vitals`` score, as they stand in a case."""
    return {str(each) if isinstance(each, Decimal) else each: score for score, each in _NEWS2_PARTS[part].items()}


def _news2(_value: Any, case: dict[str, Any], facts: Mapping[str, Any]) -> None:
    wanted = {name: facts[name] for name in ("news2_least", "news2_total", "news2_highest_part") if name in facts}
    if MISSING in wanted.values():
        case["observation"]["vitals"] = None
        return
    highest = wanted.get("news2_highest_part")
    totals = [int(wanted[name]) for name in ("news2_least", "news2_total") if name in wanted]
    total = max(totals, default=0)
    highest = None if highest is None else int(highest)
    case["observation"]["vitals"] = news2_vitals(max(total, highest or 0), highest)


def ciwa_items(total: int) -> dict[str, int]:
    """Complete items with this total."""
    return {item: max(0, min(4, total - 4 * place)) for place, item in enumerate(CIWA_ITEMS)}


def _ciwa_b(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    case["observation"]["ciwa_b"] = None if value is MISSING else ciwa_items(int(value))
    if value is MISSING:
        for earlier in case["history"]:
            earlier["ciwa_b"] = None


def _four_at(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    if value is MISSING:
        case["observation"]["four_at"] = None
        return
    left, found = int(value), {}
    for item, scores in (
        ("alertness", (4, 0)),
        ("acute_change", (4, 0)),
        ("amt4", (2, 1, 0)),
        ("attention", (2, 1, 0)),
    ):
        found[item] = next(score for score in scores if score <= left)
        left -= found[item]
    case["observation"]["four_at"] = found


def _asq(_value: Any, case: dict[str, Any], facts: Mapping[str, Any]) -> None:
    any_yes, refused, q5 = facts.get("asq_any_yes"), facts.get("asq_refused"), facts.get("asq_q5", "no")
    if MISSING in (any_yes, refused):
        case["observation"]["asq"] = None
    elif refused:
        case["observation"]["asq"] = "refused"
    else:
        yes = bool(any_yes) or q5 is MISSING or q5 == "yes"
        case["observation"]["asq"] = {
            "q1": "yes" if yes else "no",
            "q2": "no",
            "q3": "no",
            "q4": "no",
            "q5": _plain(q5),
        }


def _cssrs(question: str) -> Any:
    def write(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
        screen = case["observation"]["cssrs"]
        screen[question] = _plain(value)
        if question in ("q3", "q4", "q5"):
            screen["q2"] = True if value is MISSING else screen["q2"]
        if question == "q6_within_3_months" and value is MISSING:
            screen["q6_ever"] = True

    return write


def _without_screens(case: dict[str, Any]) -> None:
    for observation in (case["observation"], *case["history"]):
        observation.update(asq=None, cssrs=None)


def _screened(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    if not value:
        _without_screens(case)


def _item9(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    _without_screens(case)
    case["observation"]["phq9"] = None if value is MISSING else [0] * 8 + [int(value)]


def _thoughts(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    _without_screens(case)
    told = [{"kind": "suicidal_thoughts"}] if value else []
    case["observation"]["events"] = None if value is MISSING else told


def _hours_before(field: str) -> Any:
    def write(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
        moment = None if value is MISSING else (NOW - timedelta(minutes=float(value * 60))).isoformat()
        case["patient"][field] = moment

    return write


def _day(field: str, sign: int) -> Any:
    def write(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
        case["patient"][field] = None if value is MISSING else str(NOW.date() + sign * timedelta(days=int(value)))

    return write


def _partial(value: Any, case: dict[str, Any], facts: Mapping[str, Any]) -> None:
    if value and "not_done_reason" not in facts:
        case["observation"]["not_done"] = {"reason": "other"}


def _not_done(value: Any, case: dict[str, Any], _facts: Mapping[str, Any]) -> None:
    case["observation"]["not_done"] = {"reason": value}


def _overdue(_value: Any, case: dict[str, Any], facts: Mapping[str, Any]) -> None:
    minutes, percent = facts.get("overdue_minutes", OVERDUE_MINUTES), facts.get("overdue_percent_of_interval")
    if MISSING in (minutes, percent):
        case["patient"]["last_set_due_at"] = None
        return
    due = NOW - timedelta(minutes=float(minutes))
    case["patient"]["last_set_due_at"] = due.isoformat()
    interval = float(minutes * 100 / percent) if percent else float(OVERDUE_OF_MINUTES)
    case["history"][0] = quiet_observation(due - timedelta(minutes=interval))


_WRITERS: dict[str, Any] = {
    "spo2_scale_1": _spo2_on(1),
    "spo2_scale_2": _spo2_on(2),
    "spo2_below_target": _below_target,
    "rass_changed": _rass_changed,
    **dict.fromkeys(("news2_least", "news2_total", "news2_highest_part"), _news2),
    **dict.fromkeys(("ciwa_b_least", "ciwa_b_total"), _ciwa_b),
    "four_at_least": _four_at,
    **dict.fromkeys(("asq_refused", "asq_any_yes", "asq_q5"), _asq),
    **{f"cssrs_{question}": _cssrs(question) for question in _CSSRS},
    "suicide_screen_done": _screened,
    "phq9_item9_unscreened": _item9,
    "suicidal_thoughts_unscreened": _thoughts,
    "hours_since_admission": _hours_before("admitted_at"),
    "days_since_last_cut": _day("last_cut_on", -1),
    "days_until_next_cut": _day("next_cut_on", 1),
    "days_since_last_dose": _day("last_dose_on", -1),
    "set_is_partial": _partial,
    "not_done_reason": _not_done,
    **dict.fromkeys(("overdue_minutes", "overdue_percent_of_interval"), _overdue),
}
