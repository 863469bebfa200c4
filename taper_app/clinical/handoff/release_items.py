"""Items of a release: checks, topics, what is arranged. A newer record of a topic replaces the older one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary_parts import Diagnosis, ListedMedicine, NextPrescriber, PendingTest, Visit
from taper_app.clinical.handoff.topics import Absence
from taper_app.clinical.quantities import PlainNumber
from taper_app.clinical.records import Frozen

Line = Annotated[str, Field(min_length=1, max_length=1000)]
Remark = Annotated[str, Field(max_length=400)]


class CheckTopic(StrEnum):
    """Things that are answered yes, no or not assessed before leaving."""

    NALOXONE = "naloxone"
    NALOXONE_DECLINED = "naloxone_declined"
    NO_DRIVING = "no_driving"
    PRESCRIPTION_MONITORING = "prescription_monitoring"
    OLD_PRESCRIPTIONS = "old_prescriptions"
    HOME_TABLETS = "home_tablets"
    LOCK_BOX = "lock_box"
    CARER_TAUGHT = "carer_taught"
    CONTRACEPTION = "contraception"
    COMMUNITY_PHARMACY = "community_pharmacy"
    CONSENT_DECLINED = "consent_declined"
    OPIOIDS_AT_HOME = "opioids_at_home"
    SUBSTANCE_USE_DISORDER = "substance_use_disorder"
    SUICIDE_RISK = "suicide_risk"
    OVERDOSE_HISTORY = "overdose_history"
    STABLE_HOUSING = "stable_housing"

    @property
    def question(self) -> str:
        """As it is asked on the screen and printed."""
        return _QUESTIONS[self.value]


_QUESTIONS = {
    "naloxone": "Naloxone handed over",
    "naloxone_declined": "Naloxone offered and declined by the patient",
    "no_driving": "Told: no driving, bathing alone, heights or machinery until cleared",
    "prescription_monitoring": "Prescription-monitoring check",
    "old_prescriptions": "Old prescriptions cancelled",
    "home_tablets": "Tablets at home counted and removed",
    "lock_box": "Lock box, children and leftovers talked over",
    "carer_taught": "Carer taught, with the patient's consent",
    "contraception": "Pregnancy test and contraception talked over",
    "community_pharmacy": "Products of the plan available at the community pharmacy",
    "consent_declined": "Patient declines that the summary is handed to others",
    "opioids_at_home": "Opioids at home",
    "substance_use_disorder": "Substance use disorder",
    "suicide_risk": "Suicide risk",
    "overdose_history": "Earlier overdose",
    "stable_housing": "Stable housing",
}


class CheckItem(Frozen):
    """A yes, no or not assessed, with the day it was done and a note."""

    form: Literal["check"] = "check"
    topic: CheckTopic
    answer: Answer
    on: date | None = None
    note: Remark = ""

    @property
    def key(self) -> str:
        return self.topic.value

    @model_validator(mode="after")
    def _monitoring_has_its_date(self) -> Self:
        if self.topic is CheckTopic.PRESCRIPTION_MONITORING and self.answer is Answer.YES and self.on is None:
            raise ValueError("Give the date of the prescription-monitoring check.")
        if self.topic is CheckTopic.NALOXONE and self.answer is Answer.YES and not self.note.strip():
            raise ValueError("Say which naloxone was handed over and who was taught.")
        return self


class TextTopic(StrEnum):
    """Topics written in sentences. The value is the summary's field, except ``seizure_cause``."""

    REASON_FOR_ADMISSION = "reason_for_admission"
    SEVERITY = "severity"
    SYNOPSIS = "synopsis"
    SEIZURE_CAUSE = "seizure_cause"
    PROCEDURES = "procedures"
    CONSULTATIONS = "consultations"
    RESULTS = "results"
    CONDITION_AT_RELEASE = "condition_at_release"
    CO_OCCURRING = "co_occurring"
    OPIOID_TREATMENT = "opioid_treatment"
    CARE_TEAM = "care_team"
    HOUSING = "housing"
    SUPPORT_NETWORK = "support_network"
    GOALS = "goals"
    RELAPSE_PLAN = "relapse_plan"
    READINESS = "readiness"
    TRANSPORT = "transport"
    PAYER = "payer"
    ADVANCE_DIRECTIVE = "advance_directive"
    TEACH_BACK = "teach_back"


class ListTopic(StrEnum):
    """Lists that may be empty for a reason that somebody gives."""

    SERVICES = "services"
    SUPPORT_GROUPS = "support_groups"
    DIAGNOSES = "diagnoses"
    MEDICINES = "medicines"
    PENDING_TESTS = "pending_tests"


class TextItem(Frozen):
    """Sentences, or why there are none."""

    form: Literal["text"] = "text"
    topic: TextTopic
    lines: tuple[Line, ...] = ()
    absence: Absence | None = None

    @property
    def key(self) -> str:
        return self.topic.value

    @model_validator(mode="after")
    def _lines_or_absence(self) -> Self:
        if bool(self.lines) == (self.absence is not None):
            raise ValueError("Write the topic, or say why it is empty: one of the two.")
        return self


class EmptyListItem(Frozen):
    """Why a list holds nothing."""

    form: Literal["empty_list"] = "empty_list"
    topic: ListTopic
    absence: Absence

    @property
    def key(self) -> str:
        return self.topic.value


class NextPrescriberItem(Frozen):
    """Who prescribes next. ``accepted`` yes needs when and who heard it."""

    form: Literal["next_prescriber"] = "next_prescriber"
    prescriber: NextPrescriber

    @property
    def key(self) -> str:
        return self.form

    @model_validator(mode="after")
    def _acceptance_is_told(self) -> Self:
        prescriber = self.prescriber
        if len(prescriber.name.strip()) < 2 or len(prescriber.phone.strip()) < 2:
            raise ValueError("Give the next prescriber's name and phone number.")
        if prescriber.accepted is Answer.YES and not (prescriber.accepted_at and prescriber.accepted_heard_by.strip()):
            raise ValueError("Say when the prescriber accepted, and who heard it.")
        return self


class FirstVisitItem(Frozen):
    form: Literal["first_visit"] = "first_visit"
    visit: Visit

    @property
    def key(self) -> str:
        return self.form

    @model_validator(mode="after")
    def _is_bookable(self) -> Self:
        wanted = {
            "who sees the patient": self.visit.who,
            "where": self.visit.where,
            "a phone number": self.visit.phone,
            "who booked it": self.visit.booked_by,
        }
        missing = [name for name, text in wanted.items() if len(text.strip()) < 2]
        if missing:
            raise ValueError(f"The first visit needs {', '.join(missing)}.")
        return self


class SuppliedCount(Frozen):
    """So many of one product; millilitres of a liquid. ``product`` is an id of ``protocols/medicines/``."""

    product: str
    count: PlainNumber = Field(gt=0)


class SupplyItem(Frozen):
    """What was handed over. No days need a reason, so that nobody leaves without tablets unnoticed."""

    form: Literal["supply"] = "supply"
    days: int = Field(ge=0, le=92)
    products: tuple[SuppliedCount, ...] = ()
    handed_over: Remark = ""
    none_because: Remark = ""

    @property
    def key(self) -> str:
        return self.form

    @model_validator(mode="after")
    def _days_and_products_agree(self) -> Self:
        if self.days and not self.products:
            raise ValueError("List the exact products that were handed over.")
        if self.days and not self.handed_over.strip():
            raise ValueError("Say who handed the supply over, to whom and when.")
        if not self.days and self.products:
            raise ValueError("Say for how many days the handed-over products are.")
        if not self.days and not self.none_because.strip():
            raise ValueError("Say why no tablets are handed over: nobody leaves without them unnoticed.")
        return self


class LeavingItem(Frozen):
    """Where the patient goes, and when."""

    form: Literal["leaving"] = "leaving"
    goes_to: str = Field(min_length=2, max_length=200)
    leaves_at: AwareDatetime

    @property
    def key(self) -> str:
        return self.form


class DiagnosesItem(Frozen):
    """As a physician enters them; none is inferred from a prescription."""

    form: Literal["diagnoses"] = "diagnoses"
    diagnoses: tuple[Diagnosis, ...] = Field(min_length=1)

    @property
    def key(self) -> str:
        return self.form


class MedicinesItem(Frozen):
    form: Literal["medicines"] = "medicines"
    medicines: tuple[ListedMedicine, ...] = Field(min_length=1)

    @property
    def key(self) -> str:
        return self.form


class PendingTestsItem(Frozen):
    form: Literal["pending_tests"] = "pending_tests"
    tests: tuple[PendingTest, ...] = Field(min_length=1)

    @property
    def key(self) -> str:
        return self.form


ReleaseItem = Annotated[
    CheckItem
    | TextItem
    | EmptyListItem
    | NextPrescriberItem
    | FirstVisitItem
    | SupplyItem
    | LeavingItem
    | DiagnosesItem
    | MedicinesItem
    | PendingTestsItem,
    Field(discriminator="form"),
]


class ReleaseItemBody(Frozen):
    """Body of a RELEASE_ITEM record."""

    item: ReleaseItem
