"""The facts that rules test, worked out of a case: one function a topic, None wherever nobody assessed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.case import PatientFacts
from taper_app.clinical.charting.observation import (
    DosesSoFar,
    Labs,
    Observation,
    Signs,
    Symptoms,
    Vitals,
)
from taper_app.clinical.charting.partial import is_partial
from taper_app.clinical.escalation.screen_facts import suicide_facts
from taper_app.clinical.escalation.situation import (
    NOT_APPLICABLE,
    Blank,
    Bounded,
    FactValue,
    ScoredSet,
    hours_between,
)
from taper_app.clinical.protocol.escalation_rules import ObservationInterval
from taper_app.clinical.protocol.fact_names import FACTS, TOPICS

Facts = dict[str, FactValue]
_TOPIC_OF: Mapping[str, str] = {name: topic for topic, facts in TOPICS.items() for name in facts}
_PATIENT_FIELDS = (
    "age_years",
    "pregnant",
    "pregnancy_weeks",
    "weeks_postpartum",
    "opioid_co_use",
    "alcohol_co_use",
    "hours_since_last_drink",
    "seizure_history",
    "anticoagulant",
    "antipsychotic_or_ssri",
    "interacting_drug_changed",
    "undeclared_drug_found",
    "last_level",
    "seizure_bundle_complete",
    "benzodiazepine_dependent",
    "naloxone_available",
    "obstetric_plan_recorded",
    "short_acting",
)


class FactsOfSet(Mapping[str, FactValue]):
    """Every fact of ``fact_names.FACTS``, each topic worked out when one of its facts is first asked for."""

    def __init__(self, topics: Mapping[str, Callable[[], Facts]]) -> None:
        self._topics = topics
        self._found: dict[str, Facts] = {}

    def __getitem__(self, name: str) -> FactValue:
        topic = _TOPIC_OF[name]
        if topic not in self._found:
            self._found[topic] = self._topics[topic]()
        return self._found[topic][name]

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


def facts_of(
    now: ScoredSet,
    earlier: Sequence[ScoredSet],
    patient: PatientFacts,
    interval: ObservationInterval,
    *,
    news2_is_valid: bool,
) -> FactsOfSet:
    """The facts of one set; ``earlier`` is newest first."""
    observation = now.observation
    return FactsOfSet(
        {
            "vitals": lambda: _vitals(observation.vitals or Vitals(), patient) | _sedation(observation, earlier),
            "scores": lambda: _news2(now, is_valid=news2_is_valid) | _scores(now),
            "suicide": lambda: suicide_facts(observation, earlier),
            "symptoms": lambda: _fields(observation.symptoms or Symptoms()),
            "signs": lambda: _fields(observation.signs or Signs()) | _fields(observation.labs or Labs()),
            "doses": lambda: _fields(observation.doses or DosesSoFar()),
            "patient": lambda: _patient(patient) | _calendar(observation, patient),
            "set": lambda: _set(now, earlier, patient, interval),
        }
    )


def _value(field: object) -> FactValue:
    """A field as a fact: an answer is yes or no, "not assessed" is None."""
    if isinstance(field, Answer):
        return None if field is Answer.NOT_ASSESSED else field.value
    return field if isinstance(field, (int, Decimal, str)) else None


def _fields(block: Symptoms | Signs | Labs | DosesSoFar) -> Facts:
    return {name: _value(field) for name, field in block}


def _patient(patient: PatientFacts) -> Facts:
    return {name: _value(getattr(patient, name)) for name in _PATIENT_FIELDS}


def _vitals(vitals: Vitals, patient: PatientFacts) -> Facts:
    target = patient.spo2_target_low
    on_first_scale = patient.spo2_scale == 1
    return {
        "respiratory_rate": vitals.respiratory_rate,
        "spo2": vitals.spo2,
        "spo2_scale_1": vitals.spo2 if on_first_scale else NOT_APPLICABLE,
        "spo2_scale_2": NOT_APPLICABLE if on_first_scale else vitals.spo2,
        "spo2_below_target": None if vitals.spo2 is None or target is None else vitals.spo2 < target,
        "on_oxygen": vitals.on_oxygen,
        "systolic": vitals.systolic,
        "diastolic": vitals.diastolic,
        "pulse": vitals.pulse,
        "temperature_c": vitals.celsius,
        "acvpu": vitals.acvpu,
    }


def _sedation(observation: Observation, earlier: Sequence[ScoredSet]) -> Facts:
    last = next((found.observation.rass for found in earlier if found.observation.rass is not None), None)
    known = observation.rass is not None and last is not None
    return {
        "rass": observation.rass,
        "rass_changed": observation.rass != last if known else None,
        "poss": observation.poss,
    }


def _scores(now: ScoredSet) -> Facts:
    ciwa_b, four_at = now.ciwa_b, now.four_at
    ciwa_missing = ("ciwa_b",) if now.observation.ciwa_b is None else tuple(f"ciwa_b.{n}" for n in ciwa_b.missing)
    four_at_missing = ("four_at",) if now.observation.four_at is None else four_at.missing
    return {
        "ciwa_b_least": _bounded(ciwa_b.least, ciwa_b.most, ciwa_missing),
        "ciwa_b_total": Blank(ciwa_missing) if ciwa_b.total is None else ciwa_b.total,
        "four_at_least": _bounded(four_at.least, four_at.most, four_at_missing),
    }


def _bounded(least: int, most: int, missing: tuple[str, ...]) -> FactValue:
    return Bounded(least, most, missing) if missing else least


def _news2(now: ScoredSet, *, is_valid: bool) -> Facts:
    if not is_valid:
        return dict.fromkeys(("news2_least", "news2_total", "news2_highest_part"))
    news2 = now.news2
    return {
        "news2_least": _bounded(news2.least, news2.most, news2.missing),
        "news2_total": Blank(news2.missing) if news2.missing else news2.least,
        "news2_highest_part": _bounded(news2.highest_known_part, news2.highest_possible_part, news2.missing),
    }


def _calendar(observation: Observation, patient: PatientFacts) -> Facts:
    today = observation.at.date() if observation.at else None
    return {
        "hours_since_admission": hours_between(patient.admitted_at, observation.at),
        "days_since_last_cut": _days_between(patient.last_cut_on, today),
        "days_until_next_cut": _days_between(today, patient.next_cut_on),
        "days_since_last_dose": _days_between(patient.last_dose_on, today),
    }


def _days_between(first: date | None, last: date | None) -> int | None:
    return None if first is None or last is None else (last - first).days


def _set(now: ScoredSet, earlier: Sequence[ScoredSet], patient: PatientFacts, interval: ObservationInterval) -> Facts:
    observation = now.observation
    last_at = earlier[0].observation.at if earlier else None
    return {
        "set_is_partial": is_partial(observation, ciwa_b_is_complete=now.ciwa_b.complete),
        "not_done_reason": observation.not_done.reason if observation.not_done else NOT_APPLICABLE,
        **lateness(last_at, patient.last_set_due_at, observation.at, patient.last_level, interval),
    }


def lateness(
    last_at: datetime | None,
    due_at: datetime | None,
    now: datetime | None,
    last_level: int | None,
    interval: ObservationInterval,
) -> Facts:
    """How late a set is that was due at ``due_at``: minutes, and percent of the interval that was wanted."""
    overdue_hours = hours_between(due_at, now)
    overdue = None if overdue_hours is None else max(Decimal(0), overdue_hours * 60)
    expected = _interval_minutes(last_at, due_at, last_level, interval)
    return {
        "overdue_minutes": overdue,
        "overdue_percent_of_interval": None if overdue is None or not expected else overdue * 100 / expected,
    }


def _interval_minutes(
    last_at: datetime | None, due_at: datetime | None, last_level: int | None, interval: ObservationInterval
) -> Decimal | None:
    """From the last set to when this one was due; without an earlier set, the interval of the last level."""
    hours = hours_between(last_at, due_at)
    if hours is not None and hours > 0:
        return hours * 60
    by_level: Mapping[str, int] = {str(level): minutes for level, minutes in interval.by_last_level.items()}
    return None if last_level is None else Decimal(by_level[str(last_level)])
