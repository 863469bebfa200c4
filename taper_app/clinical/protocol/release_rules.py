"""Rules of release (``protocols/release.toml``): the veto, the supply, what a release needs."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, ProtocolEntry, Reviewed


class RequirementId(StrEnum):
    """What can be asked for before a release; the file says which of them block it."""

    SIGNED_PLAN = "signed-plan"
    NEXT_PRESCRIBER = "next-prescriber"
    FIRST_VISIT = "first-visit"
    CALL_AFTER_SEIZURE = "call-after-seizure"
    NEUROLOGY = "neurology"
    NO_DRIVING = "no-driving"
    NALOXONE = "naloxone"
    SUPPLY = "supply"
    CONSENT = "consent"
    CRISIS_LINES = "crisis-lines"
    UNIT_PHONE = "unit-phone"
    DISPOSITION = "disposition"
    SUMMARY = "summary"
    TOPICS = "topics"
    PRESCRIPTION_MONITORING = "prescription-monitoring"
    OLD_PRESCRIPTIONS = "old-prescriptions"
    HOME_TABLETS = "home-tablets"
    LOCK_BOX = "lock-box"
    CARER_TAUGHT = "carer-taught"
    CONTRACEPTION = "contraception"
    COMMUNITY_PHARMACY = "community-pharmacy"
    TEACH_BACK = "teach-back"


class HoursRule(Cited):
    hours: int = Field(ge=1)


class DaysRule(Cited):
    days: int = Field(ge=0)


class ScoreRule(Cited):
    at_most: int = Field(ge=0)


class RassRule(Cited):
    score: int = Field(ge=-5, le=4)


class NamedRules(Cited):
    """Escalation rules by id whose firing is such an event."""

    rules: tuple[str, ...] = Field(min_length=1)


class VetoRules(ProtocolEntry):
    """After a seizure, a hallucination without insight or delirium: what must hold before a physician may clear."""

    free_for: HoursRule
    ciwa_b: ScoreRule
    ciwa_b_not_rising: HoursRule
    readings_not_older: HoursRule
    rass: RassRule
    news2: ScoreRule
    delirium: NamedRules


class SupplyRules(ProtocolEntry):
    """How many days' tablets go home with the patient."""

    beyond_first_visit: DaysRule
    at_most_with_risk: DaysRule


class AfterSeizureRules(ProtocolEntry):
    first_visit: HoursRule
    call: HoursRule


class Requirement(Cited):
    """One thing to have before release. ``blocks`` False: it is asked for, but keeps nobody on the ward."""

    id: RequirementId
    title: str = Field(min_length=3)
    owed_by: str = Field(min_length=3)
    blocks: bool


class ReleaseRules(ProtocolEntry):
    """Everything a release is held against. Nothing here ever keeps a bridging supply from a patient."""

    version: str
    veto: VetoRules
    supply: SupplyRules
    after_seizure: AfterSeizureRules
    requirements: tuple[Requirement, ...]
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [requirement.id for requirement in self.requirements]
        for wanted in RequirementId:
            if ids.count(wanted) != 1:
                raise ValueError(f"The requirement {wanted.value} must stand exactly once, blocking or not.")
        return self
