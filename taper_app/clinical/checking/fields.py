"""Reading untrusted JSON field by field: each fault is noted with its path, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from taper_app.clinical.errors import Fault
from taper_app.clinical.quantities import parse_plain_number

ReadT = TypeVar("ReadT")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
#: Input limits, not clinical ones: beyond them a date or a number of days is a slip.
_FIRST_YEAR, _LAST_YEAR = 2000, 2230
_MOST_DAYS = 10_000
_LONGEST_TEXT = 5_000
_LONGEST_NUMBER = 40


@dataclass(slots=True)
class FaultList:
    """Every fault found so far."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def table(self, path: str, value: object) -> JsonTable | None:
        if not isinstance(value, Mapping):
            self.add(path, f"{_shown(path)} must be an object with named fields.")
            return None
        return JsonTable(path, value, self)


@dataclass(frozen=True, slots=True)
class JsonTable:
    """An object of the JSON input with its path. A getter returns None for what is missing, null or faulty."""

    path: str
    values: Mapping[object, object]
    faults: FaultList

    def has(self, name: str) -> bool:
        return name in self.values

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def fault(self, name: str, message: str) -> None:
        self.faults.add(self.at(name), message)

    def required(self, name: str, getter: Callable[[str], ReadT | None]) -> ReadT | None:
        if self.values.get(name) is None:
            self.fault(name, f"{_shown(name)} is missing; a plan cannot be judged without it.")
            return None
        return getter(name)

    def number(self, name: str) -> Fraction | None:
        value = self.values.get(name)
        if value is None:
            return None
        if len(str(value)) > _LONGEST_NUMBER:
            self.fault(name, f"{_shown(name)}: write the number with at most {_LONGEST_NUMBER} characters.")
            return None
        try:
            return Fraction(parse_plain_number(value))
        except ValueError as error:
            self.fault(name, f"{_shown(name)}: {error}")
            return None

    def signed_number(self, name: str) -> Fraction | None:
        """A figure that may be below zero: the percentage of a step that goes up again."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.startswith("-"):
            return self.number(name)
        size = JsonTable(self.path, {name: value[1:]}, self.faults).number(name)
        return None if size is None else -size

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_DAYS:
            self.fault(name, f"{_shown(name)} must be a whole number from 0 to {_MOST_DAYS}.")
            return None
        return value

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            self.fault(name, f"{_shown(name)} must be text of at most {_LONGEST_TEXT} characters.")
            return None
        return value

    def time(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not _TIME.fullmatch(value):
            self.fault(name, f"{_shown(name)} must be a time of day such as 08:00.")
            return None
        return value

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fault(name, f"{_shown(name)} must be a date such as 2027-01-11, from {_FIRST_YEAR} to {_LAST_YEAR}.")
            return None
        return day

    def table(self, name: str) -> JsonTable | None:
        value = self.values.get(name)
        return None if value is None else self.faults.table(self.at(name), value)

    def tables(self, name: str) -> tuple[JsonTable, ...] | None:
        """The objects of a list, without those that are none; None when the list is missing or no list."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(name, f"{_shown(name)} must be a list.")
            return None
        tables = (self.faults.table(f"{self.at(name)}.{index}", item) for index, item in enumerate(value))
        return tuple(table for table in tables if table is not None)

    def texts(self, name: str) -> tuple[str, ...] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(name, f"{_shown(name)} must be a list of texts.")
            return None
        return tuple(value)

    def numbers_by_name(self, name: str) -> dict[str, Fraction] | None:
        """An object of numbers, such as ``{"clonazepam": "1.5"}``."""
        table = self.table(name)
        if table is None:
            return None
        found: dict[str, Fraction] = {}
        for key in table.names():
            number = table.number(key)
            if number is not None:
                found[key] = number
        return found

    def names(self) -> Iterator[str]:
        return (key for key in self.values if isinstance(key, str))


def _shown(path: str) -> str:
    """The last named part of a path, in words."""
    named = [part for part in path.split(".") if part and not part.isdigit()]
    return (named[-1] if named else "plan").replace("_", " ")
