"""What was asked at admission and later: the patient's facts and present use, as they stand in the record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting import case
from taper_app.clinical.planning.request import CurrentDose, PatientFacts
from taper_app.clinical.records import Frozen
from taper_app.clinical.typed_text import ONE_LINE

Asked = Answer
_NOT_ASSESSED = Answer.NOT_ASSESSED


class FactsBody(Frozen):
    """Body of a FACTS record. A newer record replaces the answers of an older one; both stay readable."""

    months_of_use: int | None = Field(default=None, ge=0, le=1200)
    use_verified: Asked = _NOT_ASSESSED
    seizure_history: Asked = _NOT_ASSESSED
    taken_for_epilepsy: Asked = _NOT_ASSESSED
    hepatic_impairment: Asked = _NOT_ASSESSED
    pregnant: Asked = _NOT_ASSESSED
    pregnancy_weeks: int | None = Field(default=None, ge=0, le=50)
    weeks_postpartum: int | None = Field(default=None, ge=0, le=520)
    opioid_co_use: Asked = _NOT_ASSESSED
    alcohol_co_use: Asked = _NOT_ASSESSED
    other_sedatives: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] | None = None
    specialist: str | None = Field(default=None, max_length=120)
    obstetric_contact: str | None = Field(default=None, max_length=120)
    anticoagulant: Asked = _NOT_ASSESSED
    antipsychotic_or_ssri: Asked = _NOT_ASSESSED
    interacting_drug_changed: Asked = _NOT_ASSESSED
    undeclared_drug_found: Asked = _NOT_ASSESSED
    naloxone_available: Asked = _NOT_ASSESSED
    obstetric_plan_recorded: Asked = _NOT_ASSESSED
    spo2_scale: int = Field(default=1, ge=1, le=2)
    spo2_target_low: int | None = Field(default=None, ge=0, le=100)

    def for_plan(self, age_years: int) -> PatientFacts:
        """What a plan request needs of them."""
        shared = {name: getattr(self, name) for name in PatientFacts.model_fields if name != "age_years"}
        return PatientFacts(age_years=age_years, **shared)

    def for_assessment(self, **known: Any) -> case.PatientFacts:
        """What escalation needs of them, together with what the ward knows (``age_years``, ``last_cut_on`` …)."""
        shared = {
            name: getattr(self, name) for name in case.PatientFacts.model_fields if name in type(self).model_fields
        }
        return case.PatientFacts.model_validate(shared | known)


class CurrentUseBody(Frozen):
    """Body of a CURRENT_USE record: what the patient takes at admission, by whose word, and when last."""

    lines: tuple[CurrentDose, ...] = Field(min_length=1)
    verified_how: str = Field(default="", max_length=200)
    last_dose_at: AwareDatetime | None = None


class BedBody(Frozen):
    """Body of a BED record: where the patient lies from then on. ``unit_id`` is empty while it is the unit before.

    ``from_unit_id`` is the unit that was left, when it is another one.
    """

    bed: str = Field(min_length=1, max_length=12)
    unit_id: str = ""
    from_unit_id: str = ""
    reason: Annotated[str, Field(max_length=400), ONE_LINE] = ""


def day_of_stay(admitted_on: date, day: date) -> int:
    """1 is the day of admission."""
    return (day - admitted_on).days + 1


def hours_between(earlier: datetime, later: datetime) -> float:
    """Elapsed hours; both moments carry their offset, so a clock change never counts."""
    return (later - earlier).total_seconds() / 3600
