"""The case that ``taper assess`` is asked about: the patient's facts, earlier sets, and one observation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictInt, ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.values import Asked, CalendarDay, Completed, Moment, ObservedNumber, WholeNumber
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.protocol.vital_limits import LIMITS_IN_CONTEXT, VitalLimits
from taper_app.clinical.records import Frozen

_NOT_ASSESSED = Answer.NOT_ASSESSED


def _first_scale_unless_confirmed(value: object) -> object:
    return 1 if value is None else value


class PatientFacts(Frozen):
    """What is known of the patient beside this observation. Nothing here has a default of "no"."""

    age_years: Annotated[StrictInt, Field(ge=0, le=130)] | None = None
    pregnant: Asked = _NOT_ASSESSED
    pregnancy_weeks: Annotated[StrictInt, Field(ge=0, le=50)] | None = None
    weeks_postpartum: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None
    opioid_co_use: Asked = _NOT_ASSESSED
    alcohol_co_use: Asked = _NOT_ASSESSED
    hours_since_last_drink: ObservedNumber | None = None
    seizure_history: Asked = _NOT_ASSESSED
    anticoagulant: Asked = _NOT_ASSESSED
    antipsychotic_or_ssri: Asked = _NOT_ASSESSED
    interacting_drug_changed: Asked = _NOT_ASSESSED
    undeclared_drug_found: Asked = _NOT_ASSESSED
    #: The second scale is only for confirmed hypercapnic failure, so an unnamed scale is the first.
    spo2_scale: Annotated[Literal[1, 2], BeforeValidator(_first_scale_unless_confirmed)] = 1
    spo2_target_low: Annotated[WholeNumber, Field(le=100)] | None = None
    admitted_at: Moment | None = None
    last_cut_on: CalendarDay | None = None
    next_cut_on: CalendarDay | None = None
    last_dose_on: CalendarDay | None = None
    last_level: Annotated[StrictInt, Field(ge=1, le=4)] | None = None
    last_set_due_at: Moment | None = None
    seizure_bundle_complete: Completed = _NOT_ASSESSED
    benzodiazepine_dependent: Asked = _NOT_ASSESSED
    naloxone_available: Asked = _NOT_ASSESSED
    obstetric_plan_recorded: Asked = _NOT_ASSESSED
    short_acting: Asked = _NOT_ASSESSED


class AssessmentCase(Frozen):
    """One observation with its context; ``history`` is oldest first."""

    patient: PatientFacts = PatientFacts()
    history: Annotated[tuple[Observation, ...], Field(max_length=5000)] = ()
    observation: Observation


def parse_case(given: object, limits: VitalLimits) -> AssessmentCase:
    """The case in ``given`` (a parsed JSON object); raises InputRefused with every fault.

    Impossible vitals are faults as well; improbable ones become warnings of the assessment.
    """
    try:
        case = AssessmentCase.model_validate(given, context={LIMITS_IN_CONTEXT: limits})
    except ValidationError as error:
        raise InputRefused(faults_of(error, given)) from None
    faults = list(_history_out_of_order(case))
    if faults:
        raise InputRefused(faults)
    return case


def _history_out_of_order(case: AssessmentCase) -> Iterator[Fault]:
    latest = None
    for index, earlier in enumerate(case.history):
        if earlier.at is None:
            continue
        field = f"history.{index}.at"
        if case.observation.at is not None and earlier.at > case.observation.at:
            yield Fault(field, f"History {index} is later than the observation; give only earlier sets.")
        elif latest is not None and earlier.at < latest:
            yield Fault(field, f"History {index} is earlier than the set before it; put the oldest first.")
        latest = earlier.at if latest is None else max(latest, earlier.at)
