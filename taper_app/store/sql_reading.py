"""Reading through SQLAlchemy Core, portable between databases. No window function: the board has its own table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select

from taper_app.clinical.records import (
    Episode,
    EpisodeId,
    Frozen,
    LatestRow,
    Patient,
    PatientId,
    PatientMerge,
    Record,
    RecordId,
    RecordKind,
    Unit,
)
from taper_app.clinical.shifts import Shift
from taper_app.store import rows, score_columns, tables
from taper_app.store.exact import EARLIEST, microseconds_of
from taper_app.store.interface import Account, AuditEntry, Draft, SetScores, SignInSession
from taper_app.store.kept_records import KeptRecords
from taper_app.store.rows import RowShape
from taper_app.store.sql_outbox import SqlOutboxReading

ShapeT = TypeVar("ShapeT", bound=Frozen)


def _by_key(table: Table, column: str = "id") -> Select[Any]:
    """Every rerun of a page looks up a few rows by their key; the statement is built once."""
    return select(table).where(table.c[column] == bindparam("key"))


def _episodes_as_now() -> Select[Any]:
    """Episodes with the unit and the patient of their board rows; as admitted while there is no row yet."""
    episode, latest = tables.episode.c, tables.latest.c
    as_admitted = [column for column in episode if column.name not in ("unit_id", "patient_id")]
    return select(
        *as_admitted,
        func.coalesce(latest.unit_id, episode.unit_id).label("unit_id"),
        func.coalesce(latest.patient_id, episode.patient_id).label("patient_id"),
    ).select_from(tables.episode.outerjoin(tables.latest, latest.episode_id == episode.id))


_IDS_AT_ONCE = 500
_SESSION, _ACCOUNT = _by_key(tables.session), _by_key(tables.account)
_COUNT = select(func.count()).select_from(tables.record).where(tables.record.c.episode_id == bindparam("key"))
_EPISODE = _episodes_as_now().where(tables.episode.c.id == bindparam("key"))
_LATEST = _by_key(tables.latest, "episode_id")
BOARD = select(tables.latest).where(
    tables.latest.c.unit_id == bindparam("unit"), tables.latest.c.status == bindparam("status")
)

_NEWEST_SHIFT = (tables.shift.c.begins_at.desc(), tables.shift.c.seq.desc())
_SHIFT = (
    select(tables.shift)
    .where(tables.shift.c.unit_id == bindparam("unit"), tables.shift.c.begins_at <= bindparam("moment"))
    .order_by(*_NEWEST_SHIFT)
    .limit(1)
)


class SqlReading(SqlOutboxReading):
    """Implements ``interface.Reading`` inside one transaction. ``kept``: the records that its store has read before."""

    #: What is read here was committed, so that it may be kept for the next reader.
    keeps_what_it_reads = True

    def __init__(self, connection: Connection, kept: KeptRecords) -> None:
        self._connection = connection
        self._kept = kept

    def units(self) -> Sequence[Unit]:
        return self._every(rows.UNIT, tables.unit, order=(tables.unit.c.name, tables.unit.c.id))

    def unit(self, unit_id: str) -> Unit | None:
        return self._one(rows.UNIT, tables.unit, tables.unit.c.id == unit_id)

    def accounts(self) -> Sequence[Account]:
        return self._every(rows.ACCOUNT, tables.account, order=(tables.account.c.name_key,))

    def account(self, account_id: str) -> Account | None:
        return self._keyed(rows.ACCOUNT, _ACCOUNT, account_id)

    def account_named(self, name: str) -> Account | None:
        return self._one(rows.ACCOUNT, tables.account, tables.account.c.name_key == rows.name_key(name))

    def session(self, session_id: str) -> SignInSession | None:
        return self._keyed(rows.SESSION, _SESSION, session_id)

    def patient(self, patient_id: PatientId) -> Patient | None:
        return self._one(rows.PATIENT, tables.patient, tables.patient.c.id == patient_id)

    def patient_with_record_number(self, record_number: str) -> Patient | None:
        return self._one(rows.PATIENT, tables.patient, tables.patient.c.record_number == record_number)

    def patients_born_on(self, day: date) -> Sequence[Patient]:
        patient = tables.patient.c
        return self._every(rows.PATIENT, tables.patient, patient.born_on == day, order=(patient.record_number,))

    def merges(self) -> Sequence[PatientMerge]:
        merge = tables.patient_merge.c
        return self._every(rows.MERGE, tables.patient_merge, order=(merge.merged_at, merge.merged_id))

    def episode(self, episode_id: EpisodeId) -> Episode | None:
        return self._keyed(rows.EPISODE, _EPISODE, episode_id)

    def episodes_of(self, patient_id: PatientId) -> Sequence[Episode]:
        newest_first = (tables.episode.c.admitted_at.desc(), tables.episode.c.id)
        wanted = _episodes_as_now().where(tables.latest.c.patient_id == patient_id).order_by(*newest_first)
        return [rows.EPISODE.entry(row) for row in self._connection.execute(wanted).mappings()]

    def open_episode_of(self, patient_id: PatientId) -> Episode | None:
        latest = tables.latest.c
        wanted = _episodes_as_now().where(latest.patient_id == patient_id, latest.status == "open")
        return rows.EPISODE.entry_if(self._connection.execute(wanted).mappings().one_or_none())

    def records(
        self,
        episode_id: EpisodeId,
        kinds: Collection[RecordKind] | None = None,
        since: datetime | None = None,
    ) -> Sequence[Record]:
        record = tables.record.c
        wanted = [record.episode_id == episode_id]
        if kinds is not None:
            wanted.append(record.kind.in_([kind.value for kind in kinds]))
        if since is not None:
            wanted.append(record.happened_at >= microseconds_of(since))
        oldest_first = (record.happened_at, record.recorded_at, record.id)
        in_order = select(record.id).where(*wanted).order_by(*oldest_first)
        ids = [RecordId(record_id) for record_id in self._connection.execute(in_order).scalars()]
        known = self._kept.of(episode_id)
        missing = [record_id for record_id in ids if record_id not in known]
        if not missing:
            return [known[record_id] for record_id in ids]
        read = {found.id: found for found in self._with_ids(missing)}
        if self.keeps_what_it_reads:
            self._kept.add(episode_id, read.values())
        return [known[record_id] if record_id in known else read[record_id] for record_id in ids]

    def _with_ids(self, ids: Sequence[RecordId]) -> Iterator[Record]:
        """In no order. Asked for in pieces: a database takes only so many values in one statement."""
        for first in range(0, len(ids), _IDS_AT_ONCE):
            some = tables.record.c.id.in_(ids[first : first + _IDS_AT_ONCE])
            yield from self._every(rows.RECORD, tables.record, some)

    def set_scores(self, episode_id: EpisodeId, since: datetime | None = None) -> Sequence[SetScores]:
        wanted = {"episode": episode_id, "since": EARLIEST if since is None else microseconds_of(since)}
        observations = self._connection.execute(score_columns.OBSERVATIONS, wanted)
        return score_columns.set_scores(
            observations.all(), self._connection.execute(score_columns.ASSESSMENTS, wanted).scalars()
        )

    def records_of_unit(self, unit_id: str, kinds: Collection[RecordKind], since: datetime) -> Sequence[Record]:
        """Read past the kept records: weeks of a whole ward would push out the stays that people look at."""
        record, latest = tables.record.c, tables.latest.c
        wanted = (
            select(tables.record)
            .join(tables.latest, latest.episode_id == record.episode_id)
            .where(latest.unit_id == unit_id)
            .where(record.kind.in_([kind.value for kind in kinds]))
            .where(record.happened_at >= microseconds_of(since))
            .order_by(record.happened_at, record.recorded_at, record.id)
        )
        return self._entries(rows.RECORD, wanted)

    def count_records(self, episode_id: EpisodeId) -> int:
        return int(self._connection.execute(_COUNT, {"key": episode_id}).scalar_one())

    def record(self, record_id: RecordId) -> Record | None:
        return self._one(rows.RECORD, tables.record, tables.record.c.id == record_id)

    def latest_rows(self, unit_id: str, status: str = "open") -> Sequence[LatestRow]:
        found = self._connection.execute(BOARD, {"unit": unit_id, "status": status}).mappings()
        return sorted((rows.LATEST.entry(row) for row in found), key=rows.board_order)

    def latest_row(self, episode_id: EpisodeId) -> LatestRow | None:
        return self._keyed(rows.LATEST, _LATEST, episode_id)

    def shift_in_force(self, unit_id: str, moment: datetime) -> Shift | None:
        found = self._connection.execute(_SHIFT, {"unit": unit_id, "moment": microseconds_of(moment)}).first()
        return None if found is None else rows.SHIFT.entry(found._mapping)

    def shifts(self, unit_id: str, limit: int = 20) -> Sequence[Shift]:
        wanted = select(tables.shift).where(tables.shift.c.unit_id == unit_id).order_by(*_NEWEST_SHIFT).limit(limit)
        return [rows.SHIFT.entry(row) for row in self._connection.execute(wanted).mappings()]

    def draft(self, account_id: str, episode_id: EpisodeId, form: str) -> Draft | None:
        draft = tables.draft.c
        return self._one(
            rows.DRAFT,
            tables.draft,
            draft.account_id == account_id,
            draft.episode_id == episode_id,
            draft.form == form,
        )

    def drafts_of(self, episode_id: EpisodeId) -> Sequence[Draft]:
        draft = tables.draft.c
        oldest_first = (draft.saved_at, draft.account_id, draft.form)
        return self._every(rows.DRAFT, tables.draft, draft.episode_id == episode_id, order=oldest_first)

    def audit_entries(self, limit: int = 200) -> Sequence[AuditEntry]:
        newest_first = select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(limit)
        return [rows.AUDIT.entry(row) for row in self._connection.execute(newest_first).mappings()]

    def audit_entries_of(self, account_id: str, action: str, since: datetime) -> Sequence[AuditEntry]:
        audit = tables.audit.c
        wanted = (audit.account_id == account_id, audit.action == action, audit.at >= microseconds_of(since))
        return self._every(rows.AUDIT, tables.audit, *wanted, order=(audit.seq.desc(),))

    def _every(
        self,
        shape: RowShape[ShapeT],
        table: Table,
        *wanted: ColumnElement[bool],
        order: tuple[ColumnElement[object], ...] = (),
    ) -> list[ShapeT]:
        return self._entries(shape, select(table).where(*wanted).order_by(*order))

    def _entries(self, shape: RowShape[ShapeT], statement: Select[Any]) -> list[ShapeT]:
        found = self._connection.execute(statement)
        names = tuple(found.keys())
        return [shape.entry(dict(zip(names, row, strict=True))) for row in found]

    def _one(self, shape: RowShape[ShapeT], table: Table, *wanted: ColumnElement[bool]) -> ShapeT | None:
        return shape.entry_if(self._connection.execute(select(table).where(*wanted)).mappings().one_or_none())

    def _keyed(self, shape: RowShape[ShapeT], statement: Select[Any], key: str) -> ShapeT | None:
        found = self._connection.execute(statement, {"key": key}).first()
        return None if found is None else shape.entry(found._mapping)
