"""Writing through SQLAlchemy Core. The database's own constraints decide; their refusals become sentences here."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Insert, Table, Update, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from taper_app.clinical.errors import NotFound, TaperError
from taper_app.clinical.escalation.notices import Notice
from taper_app.clinical.records import Episode, EpisodeId, LatestRow, Patient, PatientMerge, Record, Unit
from taper_app.clinical.shifts import Shift
from taper_app.store import refusals, rows, tables
from taper_app.store.exact import microseconds_of
from taper_app.store.faults import is_missing_reference, is_taken
from taper_app.store.interface import Account, AuditEntry, Draft, SignInSession
from taper_app.store.refusals import AlreadyKept, EpisodeAlreadyOpen
from taper_app.store.rows import Row
from taper_app.store.sql_outbox import SqlOutboxTurns
from taper_app.store.sql_reading import SqlReading

#: What the parameters that find a row are called, apart from the columns that are written.
_KEY = "key_"
_KNOWN_SHIFT = select(tables.shift.c.seq).where(tables.shift.c.id == bindparam("key"))
_KNOWN = select(tables.record.c.seq).where(tables.record.c.id == bindparam("key"))

_BOARD_MOVED = (
    update(tables.board_version)
    .where(tables.board_version.c.unit_id == bindparam("unit"))
    .values(number=tables.board_version.c.number + 1)
)
#: The board that the row stands on until now, and the one that it will stand on.
_STOOD_ON = select(tables.latest.c.unit_id).where(tables.latest.c.episode_id == bindparam("episode")).scalar_subquery()
_BOARDS_MOVED = (
    update(tables.board_version)
    .where(tables.board_version.c.unit_id.in_([bindparam("unit"), _STOOD_ON]))
    .values(number=tables.board_version.c.number + 1)
)


@cache
def _insert_into(table: Table) -> Insert:
    """Built once a table: the one writer's time is everybody's, and half of a save went into building statements."""
    return insert(table)


@cache
def _update_by_key(table: Table) -> Update:
    return update(table).where(*(column == bindparam(_KEY + column.name) for column in table.primary_key))


class SqlWriting(SqlOutboxTurns, SqlReading):
    """Implements ``interface.Writing`` inside the writer's transaction."""

    #: What this transaction has written may yet be undone.
    keeps_what_it_reads = False

    def add_unit(self, unit: Unit) -> None:
        self._add(tables.unit, rows.UNIT.row(unit), taken=AlreadyKept(refusals.UNIT_TAKEN))
        self._add(tables.board_version, {"unit_id": unit.id, "number": 1})

    def replace_unit(self, unit: Unit) -> None:
        self._replace(tables.unit, rows.UNIT.row(unit), missing=refusals.NO_UNIT)
        self.touch_board(unit.id)

    def add_account(self, account: Account) -> None:
        taken = AlreadyKept(refusals.ACCOUNT_TAKEN)
        self._add(tables.account, rows.account_row(account), taken=taken, missing=refusals.NO_UNIT)

    def replace_account(self, account: Account) -> None:
        taken = AlreadyKept(refusals.ACCOUNT_TAKEN)
        self._replace(tables.account, rows.account_row(account), taken=taken, missing=refusals.NO_ACCOUNT_OR_UNIT)

    def add_session(self, session: SignInSession) -> None:
        taken = AlreadyKept(refusals.SESSION_TAKEN)
        self._add(tables.session, rows.SESSION.row(session), taken=taken, missing=refusals.NO_ACCOUNT)

    def replace_session(self, session: SignInSession) -> None:
        self._replace(tables.session, rows.SESSION.row(session), missing=refusals.NO_SESSION)

    def end_sessions_of(self, account_id: str, at: datetime) -> None:
        session = tables.session.c
        still_open = update(tables.session).where(session.account_id == account_id, session.ended_at.is_(None))
        self._connection.execute(still_open.values(ended_at=microseconds_of(at)))

    def add_patient(self, patient: Patient) -> None:
        self._add(tables.patient, rows.PATIENT.row(patient), taken=AlreadyKept(refusals.PATIENT_TAKEN))

    def add_episode(self, episode: Episode) -> None:
        taken = AlreadyKept(refusals.EPISODE_TAKEN)
        self._add(tables.episode, rows.EPISODE.row(episode), taken=taken, missing=refusals.NO_PATIENT_OR_UNIT)

    def add_merge(self, merge: PatientMerge) -> None:
        taken = AlreadyKept(refusals.MERGE_TAKEN)
        self._add(tables.patient_merge, rows.MERGE.row(merge), taken=taken, missing=refusals.NO_PATIENT_OR_RECORD)

    def add_record(self, record: Record) -> bool:
        row = rows.RECORD.row(record)
        if self._connection.execute(_KNOWN, {"key": record.id}).first() is not None:
            return False
        self._add(tables.record, row, missing=refusals.NO_EPISODE_OR_CORRECTED)
        return True

    def put_latest(self, row: LatestRow) -> None:
        columns = rows.LATEST.row(row)
        self._connection.execute(_BOARDS_MOVED, {"unit": row.unit_id, "episode": row.episode_id})
        self._put(tables.latest, columns, taken=EpisodeAlreadyOpen(), missing=refusals.NO_EPISODE_OR_UNIT)

    def add_shift(self, shift: Shift) -> bool:
        if self._connection.execute(_KNOWN_SHIFT, {"key": shift.id}).first() is not None:
            return False
        self._add(tables.shift, rows.SHIFT.row(shift), missing=refusals.NO_UNIT)
        return True

    def touch_board(self, unit_id: str) -> None:
        self._connection.execute(_BOARD_MOVED, {"unit": unit_id})

    def save_draft(self, draft: Draft) -> None:
        self._put(tables.draft, rows.DRAFT.row(draft))

    def drop_draft(self, account_id: str, episode_id: EpisodeId, form: str) -> None:
        draft = tables.draft.c
        wanted = (draft.account_id == account_id, draft.episode_id == episode_id, draft.form == form)
        self._connection.execute(delete(tables.draft).where(*wanted))

    def add_audit(self, entry: AuditEntry) -> None:
        self._add(tables.audit, rows.AUDIT.row(entry))

    def add_notice(self, notice: Notice) -> bool:
        if self.notices_known(notice.channel, [notice.id]):
            return False
        self._add(tables.outbox, rows.NOTICE.row(notice), missing=refusals.NO_EPISODE)
        return True

    def replace_notice(self, notice: Notice) -> None:
        self._replace(tables.outbox, rows.NOTICE.row(notice), missing=refusals.NO_NOTICE)

    def _add(self, table: Table, row: Row, *, taken: TaperError | None = None, missing: str = "") -> None:
        self._changed_rows(_insert_into(table), row, taken, missing)

    def _replace(self, table: Table, row: Row, *, taken: TaperError | None = None, missing: str) -> None:
        if not self._update(table, row, taken, missing):
            raise NotFound(missing)

    def _put(self, table: Table, row: Row, *, taken: TaperError | None = None, missing: str = "") -> None:
        if not self._update(table, row, taken, missing):
            self._add(table, row, taken=taken, missing=missing)

    def _update(self, table: Table, row: Row, taken: TaperError | None, missing: str) -> int:
        keys = {_KEY + column.name: row[column.name] for column in table.primary_key}
        return self._changed_rows(_update_by_key(table), {**row, **keys}, taken, missing)

    def _changed_rows(self, change: Insert | Update, row: Row, taken: TaperError | None, missing: str) -> int:
        """How many rows changed; a refusing constraint becomes ``taken`` or NotFound(``missing``)."""
        try:
            return self._connection.execute(change, row).rowcount
        except IntegrityError as fault:
            if missing and is_missing_reference(fault):
                raise NotFound(missing) from fault
            if taken is not None and is_taken(fault):
                raise taken from fault
            raise
