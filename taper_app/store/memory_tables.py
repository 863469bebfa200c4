"""The tables of the store in memory: the same rows as in the database, in dictionaries by key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from taper_app.clinical.errors import NotFound, TaperError
from taper_app.clinical.records import (
    Episode,
    EpisodeId,
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
from taper_app.store import refusals, rows
from taper_app.store.exact import microseconds_of
from taper_app.store.interface import Account, AuditEntry, Draft, SetScores, SignInSession
from taper_app.store.memory_outbox import MemoryOutboxReading, MemoryOutboxWriting
from taper_app.store.refusals import AlreadyKept, EpisodeAlreadyOpen
from taper_app.store.rows import Row

Rows = dict[Any, Row]


@dataclass(slots=True)
class MemoryTables:
    """Rows are never changed in place, so that a copy of the dictionaries is a snapshot."""

    units: Rows = field(default_factory=dict)
    accounts: Rows = field(default_factory=dict)
    sessions: Rows = field(default_factory=dict)
    patients: Rows = field(default_factory=dict)
    merges: Rows = field(default_factory=dict)
    episodes: Rows = field(default_factory=dict)
    records: Rows = field(default_factory=dict)
    latest: Rows = field(default_factory=dict)
    shifts: Rows = field(default_factory=dict)
    drafts: Rows = field(default_factory=dict)
    audit: Rows = field(default_factory=dict)
    board_versions: Rows = field(default_factory=dict)
    outbox: Rows = field(default_factory=dict)
    outbox_leases: Rows = field(default_factory=dict)

    def copy(self) -> MemoryTables:
        return replace(self, **{table.name: dict(getattr(self, table.name)) for table in fields(self)})


class MemoryReading(MemoryOutboxReading):
    """Implements ``interface.Reading`` on one snapshot."""

    _tables: MemoryTables

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def units(self) -> Sequence[Unit]:
        found = [rows.UNIT.entry(row) for row in self._tables.units.values()]
        return sorted(found, key=lambda unit: (unit.name, unit.id))

    def unit(self, unit_id: str) -> Unit | None:
        return rows.UNIT.entry_if(self._tables.units.get(unit_id))

    def accounts(self) -> Sequence[Account]:
        by_name = sorted(self._tables.accounts.values(), key=lambda row: str(row["name_key"]))
        return [rows.ACCOUNT.entry(row) for row in by_name]

    def account(self, account_id: str) -> Account | None:
        return rows.ACCOUNT.entry_if(self._tables.accounts.get(account_id))

    def account_named(self, name: str) -> Account | None:
        return rows.ACCOUNT.entry_if(_first(self._tables.accounts, "name_key", rows.name_key(name)))

    def session(self, session_id: str) -> SignInSession | None:
        return rows.SESSION.entry_if(self._tables.sessions.get(session_id))

    def patient(self, patient_id: PatientId) -> Patient | None:
        return rows.PATIENT.entry_if(self._tables.patients.get(patient_id))

    def patient_with_record_number(self, record_number: str) -> Patient | None:
        return rows.PATIENT.entry_if(_first(self._tables.patients, "record_number", record_number))

    def patients_born_on(self, day: date) -> Sequence[Patient]:
        found = [row for row in self._tables.patients.values() if row["born_on"] == day]
        return [rows.PATIENT.entry(row) for row in sorted(found, key=lambda row: str(row["record_number"]))]

    def merges(self) -> Sequence[PatientMerge]:
        oldest_first = sorted(self._tables.merges.values(), key=lambda row: (row["merged_at"], row["merged_id"]))
        return [rows.MERGE.entry(row) for row in oldest_first]

    def episode(self, episode_id: EpisodeId) -> Episode | None:
        """With the unit and the patient of its board row."""
        admitted = self._tables.episodes.get(episode_id)
        now = self._tables.latest.get(episode_id)
        if admitted is None or now is None:
            return rows.EPISODE.entry_if(admitted)
        return rows.EPISODE.entry({**admitted, "unit_id": now["unit_id"], "patient_id": now["patient_id"]})

    def episodes_of(self, patient_id: PatientId) -> Sequence[Episode]:
        ids = [row["episode_id"] for row in self._tables.latest.values() if row["patient_id"] == patient_id]
        found = [episode for id_ in ids if (episode := self.episode(id_)) is not None]
        return sorted(found, key=lambda episode: (-microseconds_of(episode.admitted_at), episode.id))

    def open_episode_of(self, patient_id: PatientId) -> Episode | None:
        for row in self._tables.latest.values():
            if row["patient_id"] == patient_id and row["status"] == "open":
                return self.episode(row["episode_id"])
        return None

    def records(
        self,
        episode_id: EpisodeId,
        kinds: Collection[RecordKind] | None = None,
        since: datetime | None = None,
    ) -> Sequence[Record]:
        earliest = None if since is None else microseconds_of(since)
        found = [
            row
            for row in self._tables.records.values()
            if row["episode_id"] == episode_id
            and (kinds is None or row["kind"] in kinds)
            and (earliest is None or row["happened_at"] >= earliest)
        ]
        return _in_order(found)

    def records_of_unit(self, unit_id: str, kinds: Collection[RecordKind], since: datetime) -> Sequence[Record]:
        stays = {row["episode_id"] for row in self._tables.latest.values() if row["unit_id"] == unit_id}
        found = [
            row
            for row in self._tables.records.values()
            if row["episode_id"] in stays and row["kind"] in kinds and row["happened_at"] >= microseconds_of(since)
        ]
        return _in_order(found)

    def set_scores(self, episode_id: EpisodeId, since: datetime | None = None) -> Sequence[SetScores]:
        assessed = self.records(episode_id, {RecordKind.ASSESSMENT}, since)
        by_set = {record.body["observation"]: record.body["answer"]["scores"] for record in assessed}
        observed = self.records(episode_id, {RecordKind.OBSERVATION}, since)
        return [_scores(record, by_set[record.id]) for record in observed if record.id in by_set]

    def count_records(self, episode_id: EpisodeId) -> int:
        return sum(row["episode_id"] == episode_id for row in self._tables.records.values())

    def record(self, record_id: RecordId) -> Record | None:
        return rows.RECORD.entry_if(self._tables.records.get(record_id))

    def latest_rows(self, unit_id: str, status: str = "open") -> Sequence[LatestRow]:
        found = [row for row in self._tables.latest.values() if row["unit_id"] == unit_id and row["status"] == status]
        return sorted((rows.LATEST.entry(row) for row in found), key=rows.board_order)

    def latest_row(self, episode_id: EpisodeId) -> LatestRow | None:
        return rows.LATEST.entry_if(self._tables.latest.get(episode_id))

    def shift_in_force(self, unit_id: str, moment: datetime) -> Shift | None:
        begun = [shift for shift in self.shifts(unit_id, limit=len(self._tables.shifts)) if shift.begins_at <= moment]
        return begun[0] if begun else None

    def shifts(self, unit_id: str, limit: int = 20) -> Sequence[Shift]:
        of_unit = [row for row in self._tables.shifts.values() if row["unit_id"] == unit_id]
        # Rows lie in the order in which they were kept, and sorting leaves those of one beginning in it.
        oldest_first = sorted(of_unit, key=lambda row: int(row["begins_at"]))
        return [rows.SHIFT.entry(row) for row in oldest_first[::-1][:limit]]

    def draft(self, account_id: str, episode_id: EpisodeId, form: str) -> Draft | None:
        return rows.DRAFT.entry_if(self._tables.drafts.get((account_id, episode_id, form)))

    def drafts_of(self, episode_id: EpisodeId) -> Sequence[Draft]:
        found = [row for row in self._tables.drafts.values() if row["episode_id"] == episode_id]
        found.sort(key=lambda row: (row["saved_at"], row["account_id"], row["form"]))
        return [rows.DRAFT.entry(row) for row in found]

    def audit_entries(self, limit: int = 200) -> Sequence[AuditEntry]:
        newest_first = list(reversed(self._tables.audit.values()))
        return [rows.AUDIT.entry(row) for row in newest_first[:limit]]

    def audit_entries_of(self, account_id: str, action: str, since: datetime) -> Sequence[AuditEntry]:
        earliest = microseconds_of(since)
        newest_first = reversed(self._tables.audit.values())
        return [
            rows.AUDIT.entry(row)
            for row in newest_first
            if row["account_id"] == account_id and row["action"] == action and row["at"] >= earliest
        ]


class MemoryWriting(MemoryOutboxWriting, MemoryReading):
    """Implements ``interface.Writing`` on the copy that one work changes."""

    def add_unit(self, unit: Unit) -> None:
        _refuse_if(unit.id in self._tables.units, AlreadyKept(refusals.UNIT_TAKEN))
        self._tables.units[unit.id] = rows.UNIT.row(unit)
        self._tables.board_versions[unit.id] = {"number": 1}

    def replace_unit(self, unit: Unit) -> None:
        _refuse_if(unit.id not in self._tables.units, NotFound(refusals.NO_UNIT))
        self._tables.units[unit.id] = rows.UNIT.row(unit)
        self.touch_board(unit.id)

    def add_account(self, account: Account) -> None:
        _refuse_if(account.id in self._tables.accounts, AlreadyKept(refusals.ACCOUNT_TAKEN))
        self._put_account(account, missing=refusals.NO_UNIT)

    def replace_account(self, account: Account) -> None:
        _refuse_if(account.id not in self._tables.accounts, NotFound(refusals.NO_ACCOUNT_OR_UNIT))
        self._put_account(account, missing=refusals.NO_ACCOUNT_OR_UNIT)

    def _put_account(self, account: Account, missing: str) -> None:
        same_name = self.account_named(account.name)
        _refuse_if(same_name is not None and same_name.id != account.id, AlreadyKept(refusals.ACCOUNT_TAKEN))
        _refuse_if(account.unit_id is not None and account.unit_id not in self._tables.units, NotFound(missing))
        self._tables.accounts[account.id] = rows.account_row(account)

    def add_session(self, session: SignInSession) -> None:
        _refuse_if(session.id in self._tables.sessions, AlreadyKept(refusals.SESSION_TAKEN))
        _refuse_if(session.account_id not in self._tables.accounts, NotFound(refusals.NO_ACCOUNT))
        self._tables.sessions[session.id] = rows.SESSION.row(session)

    def replace_session(self, session: SignInSession) -> None:
        _refuse_if(session.id not in self._tables.sessions, NotFound(refusals.NO_SESSION))
        self._tables.sessions[session.id] = rows.SESSION.row(session)

    def end_sessions_of(self, account_id: str, at: datetime) -> None:
        for key, row in self._tables.sessions.items():
            if row["account_id"] == account_id and row["ended_at"] is None:
                self._tables.sessions[key] = {**row, "ended_at": microseconds_of(at)}

    def add_patient(self, patient: Patient) -> None:
        same_number = self.patient_with_record_number(patient.record_number)
        taken = patient.id in self._tables.patients or same_number is not None
        _refuse_if(taken, AlreadyKept(refusals.PATIENT_TAKEN))
        self._tables.patients[patient.id] = rows.PATIENT.row(patient)

    def add_episode(self, episode: Episode) -> None:
        _refuse_if(episode.id in self._tables.episodes, AlreadyKept(refusals.EPISODE_TAKEN))
        known = episode.patient_id in self._tables.patients and episode.unit_id in self._tables.units
        _refuse_if(not known, NotFound(refusals.NO_PATIENT_OR_UNIT))
        self._tables.episodes[episode.id] = rows.EPISODE.row(episode)

    def add_merge(self, merge: PatientMerge) -> None:
        _refuse_if(merge.merged_id in self._tables.merges, AlreadyKept(refusals.MERGE_TAKEN))
        known = merge.merged_id in self._tables.patients and merge.kept_id in self._tables.patients
        _refuse_if(not (known and merge.record_id in self._tables.records), NotFound(refusals.NO_PATIENT_OR_RECORD))
        self._tables.merges[merge.merged_id] = rows.MERGE.row(merge)

    def add_record(self, record: Record) -> bool:
        row = rows.RECORD.row(record)
        if record.id in self._tables.records:
            return False
        # A correction names a record of the same episode.
        corrected = None if record.corrects is None else self._tables.records.get(record.corrects, {})
        known = record.episode_id in self._tables.episodes
        known = known and (corrected is None or corrected.get("episode_id") == record.episode_id)
        _refuse_if(not known, NotFound(refusals.NO_EPISODE_OR_CORRECTED))
        self._tables.records[record.id] = row
        return True

    def put_latest(self, row: LatestRow) -> None:
        open_one = self.open_episode_of(row.patient_id)
        second = row.status == "open" and open_one is not None and open_one.id != row.episode_id
        _refuse_if(second, EpisodeAlreadyOpen())
        known = row.episode_id in self._tables.episodes and row.patient_id in self._tables.patients
        _refuse_if(not (known and row.unit_id in self._tables.units), NotFound(refusals.NO_EPISODE_OR_UNIT))
        stood_on = self._tables.latest.get(row.episode_id, {"unit_id": row.unit_id})["unit_id"]
        self._tables.latest[row.episode_id] = rows.LATEST.row(row)
        for unit_id in {row.unit_id, stood_on}:
            self.touch_board(unit_id)

    def touch_board(self, unit_id: str) -> None:
        if known := self._tables.board_versions.get(unit_id):
            self._tables.board_versions[unit_id] = {"number": known["number"] + 1}

    def add_shift(self, shift: Shift) -> bool:
        if shift.id in self._tables.shifts:
            return False
        _refuse_if(shift.unit_id not in self._tables.units, NotFound(refusals.NO_UNIT))
        self._tables.shifts[shift.id] = rows.SHIFT.row(shift)
        return True

    def save_draft(self, draft: Draft) -> None:
        self._tables.drafts[draft.account_id, draft.episode_id, draft.form] = rows.DRAFT.row(draft)

    def drop_draft(self, account_id: str, episode_id: EpisodeId, form: str) -> None:
        self._tables.drafts.pop((account_id, episode_id, form), None)

    def add_audit(self, entry: AuditEntry) -> None:
        self._tables.audit[len(self._tables.audit) + 1] = rows.AUDIT.row(entry)


def _scores(record: Record, scores: dict[str, dict[str, Any]]) -> SetScores:
    of_ciwa_b = scores.get("ciwa_b") or {} if record.body.get("ciwa_b") is not None else {}
    of_news2 = scores.get("news2") or {} if record.body.get("vitals") is not None else {}
    return SetScores(
        record.id,
        record.happened_at,
        record.body.get("ciwa_b_form"),
        *(of_ciwa_b.get(name) for name in ("total", "least", "most")),
        *(of_news2.get(name) for name in ("total", "least")),
    )


def _in_order(records: list[Row]) -> list[Record]:
    """Oldest first, as the database sorts them."""
    in_order = sorted(records, key=lambda row: (row["happened_at"], row["recorded_at"], row["id"]))
    return [rows.RECORD.entry(row) for row in in_order]


def _first(table: Rows, column: str, value: str) -> Row | None:
    return next((row for row in table.values() if row[column] == value), None)


def _refuse_if(refused: bool, refusal: TaperError) -> None:
    if refused:
        raise refusal
