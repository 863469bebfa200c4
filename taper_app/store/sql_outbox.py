"""The outbox through SQLAlchemy Core: part of ``SqlReading`` and ``SqlWriting``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, insert, select, update

from taper_app.clinical.escalation.notices import Notice
from taper_app.store import rows, tables
from taper_app.store.exact import microseconds_of

_NOTICE, _LEASE = tables.outbox.c, tables.outbox_lease.c
_WAITS = _NOTICE.delivered_at.is_(None)


class SqlOutboxReading:
    """Implements ``outbox.OutboxReading``."""

    _connection: Connection

    def notice(self, notice_id: str, channel: str) -> Notice | None:
        found = self._notices(select(tables.outbox).where(_NOTICE.id == notice_id, _NOTICE.channel == channel))
        return found[0] if found else None

    def notices_known(self, channel: str, ids: Collection[str]) -> set[str]:
        wanted = select(_NOTICE.id).where(_NOTICE.id.in_(list(ids)), _NOTICE.channel == channel)
        return set(self._connection.execute(wanted).scalars())

    def next_notice(self, channel: str, now: datetime) -> Notice | None:
        due = (_NOTICE.channel == channel, _WAITS, _NOTICE.next_try_at <= microseconds_of(now))
        order = (_NOTICE.level.desc(), _NOTICE.tries, _NOTICE.queued_at, _NOTICE.id)
        found = self._notices(select(tables.outbox).where(*due).order_by(*order).limit(1))
        return found[0] if found else None

    def notices_waiting(self) -> Sequence[Notice]:
        oldest_first = (_NOTICE.queued_at, _NOTICE.id, _NOTICE.channel)
        return self._notices(select(tables.outbox).where(_WAITS).order_by(*oldest_first))

    def notices_delivered(self, limit: int) -> Sequence[Notice]:
        newest_first = (_NOTICE.delivered_at.desc(), _NOTICE.id, _NOTICE.channel)
        wanted = select(tables.outbox).where(_NOTICE.delivered_at.is_not(None))
        return self._notices(wanted.order_by(*newest_first).limit(limit))

    def _notices(self, wanted: Select[tuple[object, ...]]) -> list[Notice]:
        return [rows.NOTICE.entry(row) for row in self._connection.execute(wanted).mappings()]


class SqlOutboxTurns:
    """The part of ``outbox.OutboxWriting`` about when something is tried and whose turn it is."""

    _connection: Connection

    def make_notices_due(self, now: datetime, channel: str | None = None) -> int:
        waits = update(tables.outbox).where(_WAITS, _NOTICE.next_try_at > microseconds_of(now))
        if channel is not None:
            waits = waits.where(_NOTICE.channel == channel)
        return self._connection.execute(waits.values(next_try_at=microseconds_of(now))).rowcount

    def take_sending(self, channel: str, holder: str, now: datetime, until: datetime) -> bool:
        lease = {"holder": holder, "until": microseconds_of(until)}
        is_free = (_LEASE.holder == holder) | (_LEASE.until <= microseconds_of(now))
        taken = update(tables.outbox_lease).where(_LEASE.channel == channel, is_free).values(lease)
        if self._connection.execute(taken).rowcount:
            return True
        if self._connection.execute(select(_LEASE.holder).where(_LEASE.channel == channel)).first() is not None:
            return False
        self._connection.execute(insert(tables.outbox_lease), {"channel": channel, **lease})
        return True

    def give_back_sending(self, channel: str, holder: str) -> None:
        self._connection.execute(delete(tables.outbox_lease).where(_LEASE.channel == channel, _LEASE.holder == holder))
