"""The outbox in memory: part of ``MemoryReading`` and ``MemoryWriting``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from taper_app.clinical.errors import NotFound
from taper_app.clinical.escalation.notices import Notice
from taper_app.store import refusals, rows
from taper_app.store.exact import microseconds_of
from taper_app.store.rows import Row

Rows = dict[Any, Row]


class OutboxTables(Protocol):
    """The tables it needs: notices by id and channel, leases by channel."""

    outbox: Rows
    outbox_leases: Rows
    episodes: Rows


class MemoryOutboxReading:
    """Implements ``outbox.OutboxReading``."""

    _tables: OutboxTables

    def notice(self, notice_id: str, channel: str) -> Notice | None:
        return rows.NOTICE.entry_if(self._tables.outbox.get((notice_id, channel)))

    def notices_known(self, channel: str, ids: Collection[str]) -> set[str]:
        return {notice_id for notice_id in ids if (notice_id, channel) in self._tables.outbox}

    def next_notice(self, channel: str, now: datetime) -> Notice | None:
        due = [
            row
            for row in self._tables.outbox.values()
            if row["channel"] == channel and row["delivered_at"] is None and row["next_try_at"] <= microseconds_of(now)
        ]
        due.sort(key=lambda row: (-row["level"], row["tries"], row["queued_at"], row["id"]))
        return rows.NOTICE.entry(due[0]) if due else None

    def notices_waiting(self) -> Sequence[Notice]:
        found = [row for row in self._tables.outbox.values() if row["delivered_at"] is None]
        found.sort(key=lambda row: (row["queued_at"], row["id"], row["channel"]))
        return [rows.NOTICE.entry(row) for row in found]

    def notices_delivered(self, limit: int) -> Sequence[Notice]:
        found = [row for row in self._tables.outbox.values() if row["delivered_at"] is not None]
        found.sort(key=lambda row: (-row["delivered_at"], row["id"], row["channel"]))
        return [rows.NOTICE.entry(row) for row in found[:limit]]


class MemoryOutboxWriting(MemoryOutboxReading):
    """Implements ``outbox.OutboxWriting``."""

    def add_notice(self, notice: Notice) -> bool:
        if (notice.id, notice.channel) in self._tables.outbox:
            return False
        if notice.episode_id not in self._tables.episodes:
            raise NotFound(refusals.NO_EPISODE)
        self._tables.outbox[notice.id, notice.channel] = rows.NOTICE.row(notice)
        return True

    def replace_notice(self, notice: Notice) -> None:
        if (notice.id, notice.channel) not in self._tables.outbox:
            raise NotFound(refusals.NO_NOTICE)
        self._tables.outbox[notice.id, notice.channel] = rows.NOTICE.row(notice)

    def make_notices_due(self, now: datetime, channel: str | None = None) -> int:
        due = microseconds_of(now)
        later = {
            key: {**row, "next_try_at": due}
            for key, row in self._tables.outbox.items()
            if row["delivered_at"] is None and row["next_try_at"] > due and channel in (None, row["channel"])
        }
        self._tables.outbox.update(later)
        return len(later)

    def take_sending(self, channel: str, holder: str, now: datetime, until: datetime) -> bool:
        lease = self._tables.outbox_leases.get(channel)
        if lease is not None and lease["holder"] != holder and lease["until"] > microseconds_of(now):
            return False
        self._tables.outbox_leases[channel] = {"channel": channel, "holder": holder, "until": microseconds_of(until)}
        return True

    def give_back_sending(self, channel: str, holder: str) -> None:
        if self._tables.outbox_leases.get(channel, {}).get("holder") == holder:
            del self._tables.outbox_leases[channel]
