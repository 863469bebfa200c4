"""How each shape lies in a row: plain columns, moments as integers, lists and bodies as JSON text.

Both stores keep these rows, so a value that one of them cannot keep exactly is refused by both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from taper_app.clinical.escalation.notices import Notice
from taper_app.clinical.people import Role
from taper_app.clinical.records import Author, Episode, Frozen, LatestRow, Patient, PatientMerge, Record, Unit
from taper_app.clinical.shifts import Shift
from taper_app.store.exact import json_text, microseconds_of, moment_of, value_of
from taper_app.store.interface import Account, AuditEntry, Draft, SignInSession

ShapeT = TypeVar("ShapeT", bound=Frozen)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowShape(Generic[ShapeT]):
    """One shape and the fields of it that are not plain columns."""

    shape: type[ShapeT]
    moments: frozenset[str] = frozenset()
    json: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()

    def row(self, entry: ShapeT) -> Row:
        """The columns of one entry. Raises ValueError for what cannot be stored exactly (a bug)."""
        columns: Row = {}
        for field in self.shape.model_fields:
            columns.update(self._columns(field, getattr(entry, field)))
        return columns

    def entry(self, row: Mapping[Any, Any]) -> ShapeT:
        """The entry of one row, validated again. Columns that the shape does not know are left out."""
        fields = {field: row[field] for field in self.shape.model_fields if field not in self.authors}
        for field in self.moments:
            if fields[field] is not None:
                fields[field] = moment_of(fields[field])
        for field in self.json:
            fields[field] = value_of(fields[field])
        for field in self.authors:
            fields[field] = _author(*(row[f"{field}_{part}"] for part in Author.model_fields))
        return self.shape.model_validate(fields)

    def entry_if(self, row: Mapping[Any, Any] | None) -> ShapeT | None:
        return None if row is None else self.entry(row)

    def _columns(self, field: str, value: Any) -> Row:
        if field in self.authors:
            return {f"{field}_{part}": _plain(getattr(value, part)) for part in Author.model_fields}
        if field in self.moments:
            return {field: None if value is None else microseconds_of(value)}
        if field in self.json:
            return {field: json_text([_dumped(part) for part in value] if isinstance(value, tuple) else value)}
        return {field: _plain(value)}


@lru_cache(maxsize=1024)
def _author(user_id: str, name: str, role: str) -> Author:
    """The few people of a ward write thousands of records; each is built once."""
    return Author(user_id=user_id, name=name, role=Role(role))


def _dumped(part: Any) -> Any:
    return part.model_dump(mode="json") if isinstance(part, Frozen) else part


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


UNIT = RowShape(Unit, json=frozenset({"beds"}))
ACCOUNT = RowShape(Account, moments=frozenset({"disabled_at", "locked_until"}))
SESSION = RowShape(SignInSession, moments=frozenset({"started_at", "last_activity_at", "expires_at", "ended_at"}))
PATIENT = RowShape(Patient)
MERGE = RowShape(PatientMerge, moments=frozenset({"merged_at"}))
EPISODE = RowShape(Episode, moments=frozenset({"admitted_at"}), authors=frozenset({"admitted_by"}))
RECORD = RowShape(
    Record,
    moments=frozenset({"happened_at", "recorded_at"}),
    json=frozenset({"body"}),
    authors=frozenset({"author"}),
)
LATEST = RowShape(
    LatestRow,
    moments=frozenset(
        {
            "last_observation_at",
            "next_due_at",
            "set_due_at",
            "set_asked_at",
            "oldest_unacknowledged_at",
            "changed_at",
        }
    ),
    json=frozenset({"flags", "alerts", "trends", "doses", "days"}),
)
SHIFT = RowShape(
    Shift,
    moments=frozenset({"begins_at", "ends_at", "recorded_at"}),
    json=frozenset({"nurses"}),
    authors=frozenset({"in_charge", "prescriber", "set_by"}),
)
DRAFT = RowShape(Draft, moments=frozenset({"saved_at"}), json=frozenset({"body"}))
NOTICE = RowShape(Notice, moments=frozenset({"since", "queued_at", "next_try_at", "last_try_at", "delivered_at"}))
AUDIT = RowShape(AuditEntry, moments=frozenset({"at"}))


def name_key(name: str) -> str:
    """How a sign-in name is compared: without outer blanks, in lower case."""
    return name.strip().lower()


def account_row(account: Account) -> Row:
    return {**ACCOUNT.row(account), "name_key": name_key(account.name)}


def board_order(row: LatestRow) -> tuple[Any, ...]:
    """Most dangerous first: level down, then the oldest due (nothing due comes last), then bed 2 before bed 10."""
    due = (1, 0) if row.next_due_at is None else (0, microseconds_of(row.next_due_at))
    return (-row.level, *due, _counted(row.bed), row.episode_id)


def _counted(bed: str) -> tuple[Any, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", bed))
