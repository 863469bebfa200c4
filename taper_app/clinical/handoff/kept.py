"""The handoff's records as they stand: the newest of each topic, the services, the consent, the summaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.entries import (
    ConsentBody,
    ConsentRevocationBody,
    ReleaseBody,
    ServiceBody,
    SummaryBody,
    VetoClearanceBody,
)
from taper_app.clinical.handoff.release_items import (
    CheckItem,
    CheckTopic,
    EmptyListItem,
    ListTopic,
    ReleaseItem,
    ReleaseItemBody,
    TextItem,
    TextTopic,
)
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.records import Record, RecordId, RecordKind

ItemT = TypeVar("ItemT", bound=BaseModel)
BodyT = TypeVar("BodyT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """The newest record of a topic."""

    record: Record
    item: ReleaseItem


@dataclass(frozen=True, slots=True)
class KeptService:
    record: Record
    body: ServiceBody


@dataclass(frozen=True, slots=True)
class KeptConsent:
    """A consent, and when it was revoked."""

    record: Record
    body: ConsentBody
    revoked_at: datetime | None

    @property
    def id(self) -> RecordId:
        return self.record.id


@dataclass(frozen=True, slots=True)
class KeptSummary:
    """A stored summary. ``is_signed`` ones stay as they were signed."""

    record: Record
    summary: HandoffSummary

    @property
    def is_signed(self) -> bool:
        return self.summary.status is SummaryStatus.SIGNED


@dataclass(frozen=True)
class HandoffRecords:
    """Everything recorded on the way to release. Sequences are oldest first."""

    items: Mapping[str, KeptItem] = field(default_factory=dict)
    services: Sequence[KeptService] = ()
    consents: Sequence[KeptConsent] = ()
    clearances: Sequence[tuple[Record, VetoClearanceBody]] = ()
    summaries: Sequence[KeptSummary] = ()
    exports: Sequence[Record] = ()
    release: tuple[Record, ReleaseBody] | None = None

    def item(self, shape: type[ItemT]) -> ItemT | None:
        """The newest item of a shape that stands for a topic by itself, such as the first visit."""
        return next((kept.item for kept in self.items.values() if isinstance(kept.item, shape)), None)

    def check(self, topic: CheckTopic) -> CheckItem:
        """The newest answer; not assessed when nobody gave one."""
        kept = self.items.get(topic.value)
        if kept is not None and isinstance(kept.item, CheckItem):
            return kept.item
        return CheckItem(topic=topic, answer=Answer.NOT_ASSESSED)

    def was_asked(self, topic: CheckTopic) -> bool:
        return topic.value in self.items

    def text(self, topic: TextTopic) -> TextItem | None:
        kept = self.items.get(topic.value)
        return kept.item if kept is not None and isinstance(kept.item, TextItem) else None

    def empty_list(self, topic: ListTopic) -> EmptyListItem | None:
        kept = self.items.get(topic.value)
        return kept.item if kept is not None and isinstance(kept.item, EmptyListItem) else None

    @property
    def consent(self) -> KeptConsent | None:
        """The newest consent, revoked or not."""
        return self.consents[-1] if self.consents else None

    @property
    def signed_summary(self) -> KeptSummary | None:
        """The newest signed version."""
        return next((kept for kept in reversed(self.summaries) if kept.is_signed), None)

    @property
    def draft(self) -> KeptSummary | None:
        """The newest summary when it is a draft that nobody has signed yet."""
        newest = self.summaries[-1] if self.summaries else None
        return newest if newest is not None and not newest.is_signed else None

    @property
    def next_version(self) -> int:
        return self.signed_summary.summary.version + 1 if self.signed_summary else 1


def handoff_records(records: Iterable[Record]) -> HandoffRecords:
    """The handoff's part of an episode's records."""
    found: dict[RecordKind, list[Record]] = {}
    for record in records:
        found.setdefault(record.kind, []).append(record)
    items: dict[str, KeptItem] = {}
    for record in _as_recorded(found.get(RecordKind.RELEASE_ITEM, [])):
        item = record.body_as(ReleaseItemBody).item
        items[item.key] = KeptItem(record, item)
    released = _with_body(found.get(RecordKind.RELEASE, []), ReleaseBody)
    return HandoffRecords(
        items=items,
        services=_services(found.get(RecordKind.AFTERCARE_SERVICE, [])),
        consents=_consents(found.get(RecordKind.CONSENT, []), found.get(RecordKind.CONSENT_REVOCATION, [])),
        clearances=_with_body(found.get(RecordKind.VETO_CLEARANCE, []), VetoClearanceBody),
        summaries=[
            KeptSummary(record, body.summary)
            for record, body in _with_body(found.get(RecordKind.SUMMARY, []), SummaryBody)
        ],
        exports=_as_recorded(found.get(RecordKind.EXPORT, [])),
        release=released[-1] if released else None,
    )


def _as_recorded(records: Iterable[Record]) -> list[Record]:
    """Those that no later record corrects, oldest first by the time of recording: what was written last stands.

    Records of the same moment stay in the order in which the store gave them.
    """
    given = list(records)
    corrected = {record.corrects for record in given if record.corrects}
    return sorted((record for record in given if record.id not in corrected), key=lambda record: record.recorded_at)


def _with_body(records: Iterable[Record], shape: type[BodyT]) -> list[tuple[Record, BodyT]]:
    return [(record, record.body_as(shape)) for record in _as_recorded(records)]


def _services(records: Iterable[Record]) -> list[KeptService]:
    kept = [KeptService(record, body) for record, body in _with_body(records, ServiceBody)]
    return [service for service in kept if not service.body.cancelled]


def _consents(given: Iterable[Record], revoked: Iterable[Record]) -> list[KeptConsent]:
    ended: dict[RecordId, datetime] = {}
    for record in revoked:
        consent = record.body_as(ConsentRevocationBody).consent
        ended[consent] = min(record.happened_at, ended.get(consent, record.happened_at))
    return [KeptConsent(record, body, ended.get(record.id)) for record, body in _with_body(given, ConsentBody)]
