"""Alerts: findings that somebody has to acknowledge. One per set: the highest, with the others as reasons.

Raised, seen, acknowledged, acted on, resolved: each step is a record with its author and moment, and none changes
another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

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
    """Body of an ALERT record: what one set calls for."""

    observation: RecordId
    level: int = Field(ge=2, le=4)
    headline: str
    reasons: tuple[AlertReason, ...] = Field(min_length=1)
    respond_by: AwareDatetime | None = None

    @property
    def headline_rule(self) -> str:
        """The rule that the headline is of."""
        found = (reason.rule for reason in self.reasons if reason.message == self.headline)
        return next(found, self.reasons[0].rule)

    @property
    def suspends_next_cut(self) -> bool:
        return bool(self.effects)

    @property
    def effects(self) -> frozenset[Effect]:
        """Of all its findings; none at all is left out."""
        return frozenset(reason.effect for reason in self.reasons) - {Effect.NONE}


class FoundAgainBody(AlertBody):
    """Body of a FOUND_AGAIN record: what a later set calls for while ``alert`` is open. It interrupts nobody anew."""

    alert: RecordId

    @classmethod
    def of(cls, alert: RecordId, body: AlertBody) -> FoundAgainBody:
        return cls(alert=alert, **_fields(body))

    @property
    def by_itself(self) -> AlertBody:
        """The same as the alert that the set would have raised."""
        return AlertBody(**_fields(self))


def _fields(body: AlertBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in AlertBody.model_fields}


class AlertStep(StrEnum):
    """What happened to an alert after it was raised."""

    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    ACTED_ON = "acted_on"
    RESOLVED = "resolved"


class AlertActionBody(Frozen):
    """Body of an ALERT_ACTION record. ``action_taken``: what was done, when it was acted on or resolved."""

    alert: RecordId
    step: AlertStep
    action_taken: str = Field(default="", max_length=400)


@dataclass(frozen=True, slots=True)
class Raising:
    """What one set called for: the one that raised the alert, or a later one that joined it."""

    record: Record
    body: AlertBody

    @property
    def at(self) -> datetime:
        return self.record.recorded_at


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert with what became of it. ``seen`` names each person once; all of them are oldest first."""

    record: Record
    body: AlertBody
    acknowledged: Record | None
    resolved: Record | None
    found_again: tuple[Raising, ...] = ()
    seen: tuple[Record, ...] = ()
    actions: tuple[Record, ...] = ()

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
    def raisings(self) -> tuple[Raising, ...]:
        """The set that raised it, then those that found it again."""
        return (Raising(self.record, self.body), *self.found_again)

    @property
    def reasons(self) -> tuple[AlertReason, ...]:
        """Every rule once, as it was found last; the highest level first."""
        newest = {reason.rule: reason for raising in self.raisings for reason in raising.body.reasons}
        return tuple(sorted(newest.values(), key=lambda reason: -reason.level))

    def adds_with(self, observation: RecordId) -> frozenset[str]:
        """The rules that this set was the first to find; none when it only repeats, or has nothing to do with it."""
        known: set[str] = set()
        for raising in self.raisings:
            rules = {reason.rule for reason in raising.body.reasons}
            if raising.body.observation == observation:
                return frozenset(rules - known)
            known |= rules
        return frozenset()

    @property
    def suspends_next_cut(self) -> bool:
        return any(raising.body.suspends_next_cut for raising in self.raisings)

    def was_seen_by(self, user_id: str) -> bool:
        return any(seen.author.user_id == user_id for seen in self.seen)

    @property
    def glance(self) -> AlertGlance:
        """What the board keeps of it: the answering time and the people of its most serious findings."""
        gravest = [reason for reason in self.body.reasons if reason.level == self.body.level] or self.body.reasons
        return AlertGlance(
            id=self.id,
            level=self.body.level,
            headline=self.body.headline,
            rules=tuple(reason.rule for reason in self.reasons),
            notify=tuple(dict.fromkeys(role for reason in gravest for role in reason.notify)),
            raised_at=self.raised_at,
            respond_within_minutes=min(reason.respond_within_minutes or 0 for reason in gravest),
            acknowledged_at=self.acknowledged.recorded_at if self.acknowledged else None,
        )

    @property
    def resolved_by_prescriber(self) -> bool:
        """Only a prescriber's word ends what an alert does to the plan."""
        return self.resolved is not None and self.resolved.author.role is Role.PHYSICIAN

    @property
    def done(self) -> tuple[str, ...]:
        """What was done, oldest first; resolving may add to it."""
        steps = (*self.actions, *((self.resolved,) if self.resolved else ()))
        return tuple(text for step in steps if (text := step.body_as(AlertActionBody).action_taken))


@dataclass(slots=True)
class _Told:
    """What the records say of one alert, while they are read."""

    again: list[Record] = field(default_factory=list)
    steps: dict[AlertStep, list[Record]] = field(default_factory=dict)

    def all_of(self, step: AlertStep) -> list[Record]:
        return sorted(self.steps.get(step, ()), key=lambda record: record.recorded_at)

    def first(self, step: AlertStep) -> Record | None:
        return next(iter(self.all_of(step)), None)


def alerts(records: Iterable[Record]) -> list[Alert]:
    """All alerts of an episode, newest first.

    An ALERT record that corrects another one says what is left of it; the alert keeps its id, its moment and what was
    done about it. A FOUND_AGAIN record is read the same way.
    """
    raised: list[Record] = []
    told: dict[RecordId, _Told] = {}
    narrowed: dict[RecordId, Record] = {}
    for record in records:
        if record.kind in (RecordKind.ALERT, RecordKind.FOUND_AGAIN) and record.corrects:
            narrowed[record.corrects] = record
        elif record.kind is RecordKind.ALERT:
            raised.append(record)
        elif record.kind is RecordKind.FOUND_AGAIN:
            told.setdefault(record.body_as(FoundAgainBody).alert, _Told()).again.append(record)
        elif record.kind is RecordKind.ALERT_ACTION:
            action = record.body_as(AlertActionBody)
            told.setdefault(action.alert, _Told()).steps.setdefault(action.step, []).append(record)
    found = [_alert(record, told.get(record.id, _Told()), narrowed) for record in raised]
    return sorted(found, key=lambda alert: alert.raised_at, reverse=True)


def _alert(record: Record, told: _Told, narrowed: Mapping[RecordId, Record]) -> Alert:
    each_person_once = {seen.author.user_id: seen for seen in reversed(told.all_of(AlertStep.SEEN))}
    return Alert(
        record,
        narrowed.get(record.id, record).body_as(AlertBody),
        told.first(AlertStep.ACKNOWLEDGED),
        told.first(AlertStep.RESOLVED),
        tuple(_as_they_stand(told.again, narrowed)),
        tuple(reversed(each_person_once.values())),
        tuple(told.all_of(AlertStep.ACTED_ON)),
    )


def _as_they_stand(again: Iterable[Record], narrowed: Mapping[RecordId, Record]) -> Iterator[Raising]:
    for record in sorted(again, key=lambda record: record.recorded_at):
        yield Raising(record, narrowed.get(record.id, record).body_as(FoundAgainBody))
