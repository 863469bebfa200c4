"""The smaller parts of a handoff summary: plain shapes, filled by the use-case that writes the summary.

Doses arrive as exact milligrams and moments with their offset; both are put into words only when the
summary is shown.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary_taper import MedicineAmount
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.quantities import Milligrams, PlainNumber
from taper_app.clinical.records import Frozen


class SummaryPatient(Frozen):
    label: str = Field(min_length=1, max_length=170, description="DOE, Jane")
    record_number: str = Field(min_length=1, max_length=40)
    born_on: date
    age_years: int = Field(ge=0, le=130)
    sex: str = Field(pattern=r"^[FMXU]$")


class SummaryUnit(Frozen):
    """The ward that hands over, and the numbers that are answered."""

    name: str
    zone: str = Field(description="IANA name; every moment of the summary is shown in it.")
    phone_day_and_night: str = ""
    emergency_number: str = ""
    crisis_lines: str = ""
    part2_program: bool = True


class Replacement(Frozen):
    """The version that took this one's place."""

    version: int = Field(ge=1)
    at: AwareDatetime


class Task(Frozen):
    """One thing to do: by whom, until when."""

    what: str
    owner: str
    due_on: date | None = None
    done: bool = False


class Visit(Frozen):
    who: str
    at: AwareDatetime
    where: str
    phone: str
    booked_by: str
    confirmed: Answer = Answer.NOT_ASSESSED


class NextPrescriber(Frozen):
    """Who writes the next prescription, and whether they said yes."""

    name: str
    where: str
    phone: str
    accepted: Answer = Answer.NOT_ASSESSED
    accepted_at: AwareDatetime | None = None
    accepted_heard_by: str = ""


class ScaleOfDay(Frozen):
    """One scale's worst and latest score of a day; least and most possible when items are missing."""

    scale: str
    worst_least: int
    worst_most: int
    worst_at: AwareDatetime
    latest_least: int
    latest_most: int
    latest_at: AwareDatetime
    band: str = Field(default="", description="Empty when the set was incomplete.")
    missing_items: tuple[str, ...] = Field(default=(), description="Items missing from the worst set.")

    @model_validator(mode="after")
    def _no_band_when_incomplete(self) -> Self:
        if self.band and self.missing_items:
            raise ValueError("An incomplete set has no band.")
        if self.worst_least > self.worst_most or self.latest_least > self.latest_most:
            raise ValueError("The least possible score cannot exceed the most possible.")
        return self


class DayOfScores(Frozen):
    day: int = Field(ge=1, description="1 is the day of admission.")
    on: date
    scales: tuple[ScaleOfDay, ...] = ()
    symptoms: str = Field(default="", description="Symptoms charted that day, worst grade each.")
    daily_given: tuple[MedicineAmount, ...] = ()


class CourseEvent(Frozen):
    """Something that happened. An unknown cause is said to be unknown."""

    kind: str = Field(description="seizure, hallucination, fall, vomiting …")
    at: AwareDatetime
    what: str
    cause: str = "cause not yet known"
    done: str = ""


class DoseOutsidePlan(Frozen):
    """An emergency, admission or transfer dose."""

    at: AwareDatetime
    medicine: str
    mg: Milligrams
    route: str
    why: str
    ordered_by: str
    given_by: str = ""


class DiagnosisKind(StrEnum):
    PRINCIPAL = "principal"
    OTHER = "other"


class Diagnosis(Frozen):
    """As a clinician entered it; none is inferred from a prescription."""

    text: str
    code: str = ""
    kind: DiagnosisKind = DiagnosisKind.OTHER
    entered_by: str = ""


class MedicineChange(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CONTINUED = "continued"
    STOPPED = "stopped"


class ListedMedicine(Frozen):
    """One line of the medicine list; ``mg`` is empty for what is not measured in milligrams."""

    name: str
    change: MedicineChange
    mg: Milligrams | None = None
    directions: str = ""
    indication: str = ""
    note: str = ""


class SuppliedProduct(Frozen):
    product: str = Field(description="Medicine and form: clonazepam tablet.")
    strength_mg: Milligrams
    count: PlainNumber
    form: str = "tablet"
    liquid: bool = False


class Supply(Frozen):
    """What was handed over to bridge the time until the first visit."""

    days: int = Field(ge=0)
    last_day_covered: date | None = None
    products: tuple[SuppliedProduct, ...] = ()
    handed_over: str = Field(default="", description="To whom, by whom, when.")


class Naloxone(Frozen):
    given: Answer = Answer.NOT_ASSESSED
    detail: str = ""


class PendingTest(Frozen):
    test: str
    chased_by: str
    expected_on: date | None = None
    phone: str = ""


class Fact(Frozen):
    """One clinical question and its answer; what nobody asked is shown as not assessed."""

    question: str
    answer: Answer = Answer.NOT_ASSESSED
    note: str = ""


class ArrangedService(Frozen):
    """One thing arranged for afterwards."""

    what: str
    who: str = ""
    where: str = ""
    starts_at: AwareDatetime | None = None
    how_often: str = ""
    phone: str = ""
    booked_by: str = ""
    confirmed: Answer = Answer.NOT_ASSESSED
    evidence: Evidence = Evidence.READ


class ReleaseCheck(Frozen):
    """Done before leaving: prescription-monitoring look-up, home tablets counted, carer taught …"""

    what: str
    answer: Answer = Answer.NOT_ASSESSED
    note: str = ""


class ConsentLine(Frozen):
    """The consent under which the summary is handed over; its scope is explained as 42 CFR 2.32 asks."""

    scope: str
    recipients: str
    purpose: str
    signed_at: AwareDatetime
    ends: str
    revoked_at: AwareDatetime | None = None
