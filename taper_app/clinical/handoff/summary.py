"""The handoff summary: the document at release, signed and versioned.

Frozen and complete in itself: it is stored as it was signed and shown from nothing else, so that a later
change of the record cannot change what was handed over. What each topic must hold: ``completeness.py``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.handoff.summary_parts import (
    ArrangedService,
    ConsentLine,
    CourseEvent,
    DayOfScores,
    Diagnosis,
    DoseOutsidePlan,
    Fact,
    ListedMedicine,
    Naloxone,
    NextPrescriber,
    PendingTest,
    ReleaseCheck,
    Replacement,
    SummaryPatient,
    SummaryUnit,
    Supply,
    Task,
    Visit,
)
from taper_app.clinical.handoff.summary_taper import (
    BridgingSheet,
    NoTaperLeft,
    RemainingTaper,
    Signature,
)
from taper_app.clinical.handoff.topics import (
    Listed,
    Section,
)
from taper_app.clinical.records import Author, EpisodeId, Frozen

Taper = Annotated[RemainingTaper | BridgingSheet | NoTaperLeft, Field(discriminator="kind")]


class SummaryStatus(StrEnum):
    DRAFT = "draft"
    SIGNED = "signed"
    SUPERSEDED = "superseded"


class HandoffSummary(Frozen):
    """Everything the next clinician gets. Topics left at their default are not written yet."""

    episode_id: EpisodeId
    version: int = Field(ge=1)
    status: SummaryStatus
    written_at: AwareDatetime
    written_by: Author
    signature: Signature | None = None
    replaced: Replacement | None = None
    what_changed: str = ""
    texts_version: str = Field(
        default="",
        description="Version of protocols/handoff.toml when this was written.",
    )

    patient: SummaryPatient
    unit: SummaryUnit

    # The stay
    admitted_at: AwareDatetime
    released_at: AwareDatetime | None = None
    disposition: str = ""
    reason_for_admission: Section = Section()
    use_at_admission: Section = Section()

    # Page 1: what the reader must know and do
    severity: str = Field(default="", description="How ill, in a few words.")
    synopsis: Section = Section()
    tasks: Listed[Task] = Listed[Task]()
    next_prescriber: NextPrescriber | None = None
    first_visit: Visit | None = None

    # The taper
    taper: Taper

    # The course
    scores: Listed[DayOfScores] = Listed[DayOfScores]()
    events: Listed[CourseEvent] = Listed[CourseEvent]()
    doses_outside_plan: Listed[DoseOutsidePlan] = Listed[DoseOutsidePlan]()
    procedures: Section = Section()
    consultations: Section = Section()
    results: Section = Section()
    pending_tests: Listed[PendingTest] = Listed[PendingTest]()
    vital_signs_at_release: Section = Section()
    condition_at_release: Section = Section()

    # Medicines and diagnoses
    diagnoses: Listed[Diagnosis] = Listed[Diagnosis]()
    co_occurring: Section = Section()
    allergies: Section = Section()
    medicines: Listed[ListedMedicine] = Listed[ListedMedicine]()
    supply: Supply | None = None
    naloxone: Naloxone | None = None
    opioid_treatment: Section = Section()
    facts: Listed[Fact] = Listed[Fact]()

    # Life afterwards
    services: Listed[ArrangedService] = Listed[ArrangedService]()
    support_groups: Listed[ArrangedService] = Listed[ArrangedService]()
    care_team: Section = Section()
    housing: Section = Section()
    support_network: Section = Section()
    goals: Section = Section()
    relapse_plan: Section = Section()
    readiness: Section = Section()
    transport: Section = Section()
    payer: Section = Section()
    advance_directive: Section = Section()
    release_checks: Listed[ReleaseCheck] = Listed[ReleaseCheck]()
    teach_back: Section = Section()

    # Law
    consent: ConsentLine | None = None

    @model_validator(mode="after")
    def _status_matches_signature(self) -> Self:
        if self.status is SummaryStatus.SIGNED and self.signature is None:
            raise ValueError("A signed summary names who signed it and when.")
        if self.status is SummaryStatus.DRAFT and self.signature is not None:
            raise ValueError("A draft carries no signature.")
        if (self.status is SummaryStatus.SUPERSEDED) != (self.replaced is not None):
            raise ValueError("A superseded summary, and only that, names the version that replaced it.")
        unsigned_plan = isinstance(self.taper, RemainingTaper) and self.taper.plan_signature is None
        if self.status is SummaryStatus.SIGNED and unsigned_plan:
            raise ValueError("A signed summary shows a signed plan; sign the plan first.")
        return self

    def had(self, event_kind: str) -> bool:
        """Whether such an event is charted in this stay."""
        return any(event.kind == event_kind for event in self.events.entries)
