"""Alerts: findings that somebody has to acknowledge. One per set: the highest, with the others as reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from taper_app.clinical.escalation.why import Reason
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import AlertGlance, Frozen, Record, RecordId, RecordKind


class AlertReason(Frozen):
    """One finding behind an alert, as it read when it was raised."""

    rule: str
    level: int = Field(ge=1, le=4)
    message: str
    action: str
    effect: Effect
    notify: tuple[str, ...]
    respond_within_minutes: int | None
    source: str
    is_unverified: bool
    #: What made the rule fire, as it was then; empty in alerts that were raised before this was kept.
    why: tuple[Reason, ...] = ()


class AlertBody(Frozen):
    """Body of an ALERT record."""

    observation: RecordId
    level: int = Field(ge=2, le=4)
    headline: str
    reasons: tuple[AlertReason, ...] = Field(min_length=1)
    respond_by: AwareDatetime | None = None

    @property
    def suspends_next_cut(self) -> bool:
        return any(reason.effect is not Effect.NONE for reason in self.reasons)

    def has_effect(self, effect: Effect) -> bool:
        return any(reason.effect is effect for reason in self.reasons)


class AlertStep(StrEnum):
    """What happened to an alert after it was raised, in this order."""

    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AlertActionBody(Frozen):
    """Body of an ALERT_ACTION record. Resolving says what was done."""

    alert: RecordId
    step: AlertStep
    action_taken: str = Field(default="", max_length=400)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert with what became of it."""

    record: Record
    body: AlertBody
    acknowledged: Record | None
    resolved: Record | None

    @property
    def id(self) -> RecordId:
        return self.record.id

    @property
    def raised_at(self) -> datetime:
        return self.record.recorded_at

    @property
    def is_open(self) -> bool:
        return self.resolved is None

    @property
    def glance(self) -> AlertGlance:
        """What the board keeps of it: the answering time and the people of its most serious findings."""
        gravest = [reason for reason in self.body.reasons if reason.level == self.body.level] or self.body.reasons
        return AlertGlance(
            id=self.id,
            level=self.body.level,
            headline=self.body.headline,
            rules=tuple(reason.rule for reason in self.body.reasons),
            notify=tuple(dict.fromkeys(role for reason in gravest for role in reason.notify)),
            raised_at=self.raised_at,
            respond_within_minutes=min(reason.respond_within_minutes or 0 for reason in gravest),
            acknowledged_at=self.acknowledged.recorded_at if self.acknowledged else None,
        )

    @property
    def resolved_by_prescriber(self) -> bool:
        """Only a prescriber's word ends what an alert does to the plan."""
        return self.resolved is not None and self.resolved.author.role is Role.PHYSICIAN

    def waited(self, now: datetime) -> timedelta:
        """How long nobody has acknowledged it; zero when somebody did."""
        return timedelta(0) if self.acknowledged or self.resolved else now - self.raised_at


def alerts(records: Iterable[Record]) -> list[Alert]:
    """All alerts of an episode, newest first.

    An ALERT record that corrects another one says what is left of it; the alert keeps its id, its moment and what was
    done about it.
    """
    raised: list[Record] = []
    narrowed: dict[RecordId, Record] = {}
    steps: dict[RecordId, dict[AlertStep, Record]] = {}
    for record in records:
        if record.kind is RecordKind.ALERT and record.corrects:
            narrowed[record.corrects] = record
        elif record.kind is RecordKind.ALERT:
            raised.append(record)
        elif record.kind is RecordKind.ALERT_ACTION:
            action = record.body_as(AlertActionBody)
            steps.setdefault(action.alert, {}).setdefault(action.step, record)
    found = [
        Alert(
            record,
            narrowed.get(record.id, record).body_as(AlertBody),
            steps.get(record.id, {}).get(AlertStep.ACKNOWLEDGED),
            steps.get(record.id, {}).get(AlertStep.RESOLVED),
        )
        for record in raised
    ]
    return sorted(found, key=lambda alert: alert.raised_at, reverse=True)
