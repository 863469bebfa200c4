"""Facts as a clinician says them: their names, and the units of those that are measured."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from taper_app.clinical.quantities import plain

#: Where the fact's own name does not read as words.
_NAMES: Mapping[str, str] = {
    "spo2": "SpO2",
    "spo2_scale_1": "SpO2 (first scale)",
    "spo2_scale_2": "SpO2 (second scale)",
    "spo2_below_target": "SpO2 below the ordered target",
    "systolic": "systolic pressure",
    "diastolic": "diastolic pressure",
    "temperature_c": "temperature",
    "acvpu": "ACVPU",
    "rass": "RASS",
    "rass_changed": "RASS other than last time",
    "poss": "POSS",
    "news2_least": "NEWS2, the least it can be",
    "news2_total": "NEWS2, complete",
    "news2_highest_part": "the highest single sign of NEWS2",
    "ciwa_b_least": "CIWA-B, the least it can be",
    "ciwa_b_total": "CIWA-B, complete",
    "four_at_least": "4AT, the least it can be",
    "asq_refused": "ASQ refused",
    "asq_any_yes": "ASQ, a yes to questions 1 to 4",
    "asq_q5": "ASQ question 5 (now)",
    "cssrs_q6_ever": "C-SSRS question 6, ever",
    "cssrs_q6_within_3_months": "C-SSRS question 6, within 3 months",
    "suicide_screen_done": "a suicide screen was answered",
    "phq9_item9_unscreened": "PHQ-9 item 9, with no suicide screen since",
    "suicidal_thoughts_unscreened": "suicidal thoughts told, with no suicide screen since",
    "light": "over-sensitive to light",
    "sound": "over-sensitive to sound",
    "touch": "over-sensitive to touch",
    "cam_icu": "CAM-ICU",
    "no_oral_intake_24h": "nothing by mouth for 24 h",
    "urine_output_low": "little urine",
    "intolerable": "the patient says it is intolerable",
    "glucose_mmol_l": "glucose",
    "qtc_ms": "QTc",
    "potassium_mmol_l": "potassium",
    "magnesium_mmol_l": "magnesium",
    "sodium_mmol_l": "sodium",
    "late_minutes": "how late a planned dose is",
    "hours_since_last": "time since the last benzodiazepine dose",
    "withheld_or_missed_24h": "doses withheld, refused or missed in 24 h",
    "prn_24h": "doses as needed in 24 h",
    "prn_days_running": "days running with a dose as needed",
    "vomited_within_minutes": "time from a dose to vomiting",
    "vomited_doses_24h": "doses vomited in 24 h",
    "more_than_planned_24h": "more than planned in 24 h",
    "own_supply_found": "own supply found",
    "age_years": "age",
    "pregnancy_weeks": "weeks of pregnancy",
    "weeks_postpartum": "weeks after a birth",
    "hours_since_last_drink": "time since the last drink",
    "last_level": "level of the last set",
    "opioid_co_use": "takes opioids",
    "alcohol_co_use": "takes alcohol",
    "seizure_history": "earlier seizures",
    "anticoagulant": "takes an anticoagulant",
    "antipsychotic_or_ssri": "takes an antipsychotic or an SSRI",
    "interacting_drug_changed": "an interacting medicine was started or ended",
    "undeclared_drug_found": "a medicine that was not declared was found",
    "seizure_bundle_complete": "work-up after the seizure complete",
    "naloxone_available": "naloxone at hand",
    "obstetric_plan_recorded": "obstetric plan recorded",
    "short_acting": "the medicine is short-acting",
    "hours_since_admission": "time since the admission",
    "days_since_last_cut": "time since the last cut",
    "days_until_next_cut": "time until the next cut",
    "days_since_last_dose": "time since the last dose",
    "set_is_partial": "the set is partial",
    "not_done_reason": "why the set was not done",
    "overdue_minutes": "how overdue the set is",
    "overdue_percent_of_interval": "how overdue the set is, of its interval",
    "duration_minutes": "length",
    "ongoing": "still going on",
    "recovered": "recovered afterwards",
    "insight": "knows that it is not real",
    "head_strike": "blow to the head",
    "hours_ago": "how long ago",
    "followed_by_another": "another one followed",
}
#: Of numbers; a score or a count has none.
_UNITS: Mapping[str, str] = {
    "respiratory_rate": "a minute",
    "pulse": "a minute",
    "spo2": "%",
    "spo2_scale_1": "%",
    "spo2_scale_2": "%",
    "systolic": "mmHg",
    "diastolic": "mmHg",
    "temperature_c": "°C",
    "glucose_mmol_l": "mmol/L",
    "potassium_mmol_l": "mmol/L",
    "magnesium_mmol_l": "mmol/L",
    "sodium_mmol_l": "mmol/L",
    "qtc_ms": "ms",
    "overdue_percent_of_interval": "%",
    "late_minutes": "minutes",
    "overdue_minutes": "minutes",
    "vomited_within_minutes": "minutes",
    "duration_minutes": "minutes",
    "hours_since_last": "hours",
    "hours_since_last_drink": "hours",
    "hours_since_admission": "hours",
    "hours_ago": "hours",
    "days_since_last_cut": "days",
    "days_until_next_cut": "days",
    "days_since_last_dose": "days",
    "age_years": "years",
}


def name_in_words(fact: str) -> str:
    """``systolic pressure`` for ``systolic``; the file's own name where it reads as words."""
    return _NAMES.get(fact, fact.replace("_", " ").replace("cssrs q", "C-SSRS question "))


def measured(fact: str, number: Decimal) -> str:
    """``1 hour``, ``2 hours``, ``8 a minute``; a score has no unit."""
    unit = _UNITS.get(fact, "")
    if number == 1 and unit in ("hours", "minutes", "days", "years"):
        unit = unit.removesuffix("s")
    return f"{plain(number)} {unit}".rstrip()
