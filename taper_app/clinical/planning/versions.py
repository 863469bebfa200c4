"""Versions of a plan: drafted, signed, superseded. Doses are given only from the signed one that is current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from taper_app.clinical.planning.answer import Plan, Step, StepKind
from taper_app.clinical.records import Author, Frozen, Record, RecordId, RecordKind
from taper_app.clinical.typed_text import SOME_LINES

_CUTS = (StepKind.CUT, StepKind.CROSSOVER, StepKind.STOP)
_NEVER_A_CUT = (StepKind.RESTABILISE, StepKind.STEP_BACK)


class PlanBody(Frozen):
    """Body of a PLAN record: one version, as it was proposed."""

    number: int = Field(ge=1)
    plan: Plan
    note: Annotated[str, Field(max_length=400), SOME_LINES] = ""


class SignatureBody(Frozen):
    """Body of a PLAN_SIGNATURE record: who took responsibility, with which warnings accepted by name."""

    plan_record: RecordId
    accepted_codes: tuple[str, ...]


class ChangeRequestBody(Frozen):
    """Body of a PLAN_CHANGE_REQUEST record: keep the dose until reviewed. Never changes a dose."""

    reason: str = Field(min_length=3, max_length=400)


class VersionState(StrEnum):
    PROPOSED = "proposed"
    SIGNED = "signed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version with what became of it."""

    record_id: RecordId
    number: int
    plan: Plan
    note: str
    state: VersionState
    proposed_at: datetime
    proposed_by: Author
    signed_at: AwareDatetime | None
    signed_by: Author | None
    accepted_codes: tuple[str, ...]
    superseded_by: int | None

    @property
    def in_words(self) -> str:
        """``Version 1, superseded by version 2``: stands wherever the version is shown or printed."""
        if self.superseded_by:
            return f"Version {self.number}, superseded by version {self.superseded_by}: not in force"
        if self.signed_by:
            return f"Version {self.number}, signed by {self.signed_by.signature}"
        return f"Version {self.number}, proposed, not signed: no dose is given from it"

    def step_on(self, day: date, *, kept_since: date | None = None) -> Step | None:
        """The step in force on a day, None before the plan starts.

        ``kept_since``: from that day on no cut is made, so the dose of that day goes on; only a rise that a
        prescriber signed replaces it. A plan that had not begun by then says nothing of the dose before it, so
        its own steps count.
        """
        kept = self.plan.step_on(kept_since) if kept_since and kept_since < day else None
        if kept is None or kept_since is None:
            return self.plan.step_on(day)
        rises = [step for step in self.plan.steps if step.kind in _NEVER_A_CUT and kept_since < step.starts_on <= day]
        return rises[-1] if rises else kept

    def cuts(self) -> tuple[date, ...]:
        """The days on which the daily dose falls or moves to another medicine."""
        return tuple(step.starts_on for step in self.plan.steps if step.kind in _CUTS)


def versions(records: Sequence[Record]) -> tuple[PlanVersion, ...]:
    """All versions of an episode, oldest first, each with its state."""
    plans = [(record, record.body_as(PlanBody)) for record in records if record.kind is RecordKind.PLAN]
    signatures: dict[RecordId, tuple[Record, SignatureBody]] = {}
    for record in records:
        if record.kind is RecordKind.PLAN_SIGNATURE:
            body = record.body_as(SignatureBody)
            signatures.setdefault(body.plan_record, (record, body))
    signed_numbers = sorted(body.number for record, body in plans if record.id in signatures)
    return tuple(
        _version(record, body, signatures.get(record.id), signed_numbers)
        for record, body in sorted(plans, key=lambda pair: pair[1].number)
    )


def _version(
    record: Record, body: PlanBody, signature: tuple[Record, SignatureBody] | None, signed_numbers: list[int]
) -> PlanVersion:
    newer = [number for number in signed_numbers if number > body.number]
    superseded_by = newer[0] if newer else None
    if superseded_by:
        state = VersionState.SUPERSEDED
    else:
        state = VersionState.SIGNED if signature else VersionState.PROPOSED
    return PlanVersion(
        record_id=record.id,
        number=body.number,
        plan=body.plan,
        note=body.note,
        state=state,
        proposed_at=record.recorded_at,
        proposed_by=record.author,
        signed_at=signature[0].happened_at if signature else None,
        signed_by=signature[0].author if signature else None,
        accepted_codes=signature[1].accepted_codes if signature else (),
        superseded_by=superseded_by,
    )


def signed_version(found: Sequence[PlanVersion]) -> PlanVersion | None:
    """The version in force: signed and not superseded. None means that no planned dose may be given."""
    return next((version for version in reversed(found) if version.state is VersionState.SIGNED), None)
