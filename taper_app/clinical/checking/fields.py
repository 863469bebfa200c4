"""Reading untrusted JSON field by field: each fault is noted with its path, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from taper_app.clinical.checking.numbers import PER_ONE
from taper_app.clinical.checking.shapes import TooFine
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
    """Every fault found so far, and every number that is finer than anything that can be measured."""

    faults: list[Fault] = field(default_factory=list)
    too_fine: list[TooFine] = field(default_factory=list)

    def table(self, path: str, value: object) -> JsonTable | None:
        if not isinstance(value, Mapping):
            self.faults.append(Fault(path, f"{_shown(path)} must be an object with named fields."))
            return None
        return JsonTable(None, path, value, self)


@dataclass(slots=True)
class JsonTable:
    """An object of the JSON input with its place. A getter returns None for what is missing, null or faulty."""

    parent: JsonTable | None
    name: str
    values: Mapping[object, object]
    faults: FaultList

    @property
    def path(self) -> str:
        return self.parent.at(self.name) if self.parent is not None else self.name

    def has(self, name: str) -> bool:
        return name in self.values

    def at(self, name: str) -> str:
        path = self.path
        return f"{path}.{name}" if path else name

    def fault(self, name: str, message: str) -> None:
        self.faults.faults.append(Fault(self.at(name), message))

    def required(self, name: str, getter: Callable[[str], ReadT | None]) -> ReadT | None:
        if self.values.get(name) is None:
            self.fault(name, f"{_shown(name)} is missing; a plan cannot be judged without it.")
            return None
        return getter(name)

    def number(self, name: str) -> int | None:
        """A number in units of 0.0001; a finer one is rounded down and noted."""
        value = self.values.get(name)
        if value is None:
            return None
        known = plain_units(value)
        return self._units(name, value) if known is None else known

    def signed_number(self, name: str) -> int | None:
        """A figure that may be below zero: the percentage of a step that goes up again."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("-"):
            size = self._units(name, value[1:])
            return None if size is None else -size
        return self.number(name)

    def exact_number(self, name: str) -> Fraction | None:
        value = self.values.get(name)
        return None if value is None else self._exact(name, value)

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value <= _MOST_DAYS:
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
        day = _date(value)
        if day is None:
            self.fault(name, f"{_shown(name)} must be a date such as 2027-01-11, from {_FIRST_YEAR} to {_LAST_YEAR}.")
            return None
        return day

    def table(self, name: str) -> JsonTable | None:
        value = self.values.get(name)
        return None if value is None else self._inner(self, name, value)

    def tables(self, name: str) -> tuple[JsonTable, ...] | None:
        """The objects of a list, without those that are none; None when the list is missing or no list."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(name, f"{_shown(name)} must be a list.")
            return None
        row = JsonTable(self, name, {}, self.faults)
        tables = [self._inner(row, str(index), item) for index, item in enumerate(value)]
        return tuple(table for table in tables if table is not None)

    def texts(self, name: str) -> tuple[str, ...] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(name, f"{_shown(name)} must be a list of texts.")
            return None
        return tuple(value)

    def numbers_by_name(self, name: str) -> dict[str, int] | None:
        """An object of numbers, such as ``{"clonazepam": "1.5"}``."""
        table = self.table(name)
        if table is None:
            return None
        numbers = {key: table.number(key) for key in table.values if isinstance(key, str)}
        return {key: number for key, number in numbers.items() if number is not None}

    def _inner(self, parent: JsonTable, name: str, value: object) -> JsonTable | None:
        if type(value) is dict or isinstance(value, Mapping):
            return JsonTable(parent, name, value, self.faults)
        return self.faults.table(parent.at(name), value)

    def _units(self, name: str, value: object) -> int | None:
        exact = self._exact(name, value)
        if exact is None:
            return None
        if PER_ONE % exact.denominator:
            self.faults.too_fine.append(TooFine(_step_of(self.path), self.at(name), str(value)))
        return exact.numerator * PER_ONE // exact.denominator

    def _exact(self, name: str, value: object) -> Fraction | None:
        if len(str(value)) > _LONGEST_NUMBER:
            self.fault(name, f"{_shown(name)}: write the number with at most {_LONGEST_NUMBER} characters.")
            return None
        try:
            return Fraction(parse_plain_number(value))
        except ValueError as error:
            self.fault(name, f"{_shown(name)}: {error}")
            return None


def plain_text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None


def plain_units(value: object) -> int | None:
    """A plainly written number in units; None for everything else, which is then read slowly and said."""
    return _whole_units(value) if isinstance(value, str) else None


# The same few doses, figures and dates stand in a plan again and again.
@lru_cache(maxsize=4096)
def _whole_units(text: str) -> int | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        exact = Fraction(parse_plain_number(text)) * PER_ONE
    except ValueError:
        return None
    return exact.numerator if exact.denominator == 1 else None


@lru_cache(maxsize=4096)
def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _step_of(path: str) -> int | None:
    """The place of the step that a path leads into, from 1."""
    first, _, rest = path.partition(".")
    place = rest.partition(".")[0]
    return int(place) + 1 if first == "steps" and place else None


def _shown(path: str) -> str:
    """The last named part of a path, in words."""
    named = [part for part in path.split(".") if part and not part.isdigit()]
    return (named[-1] if named else "plan").replace("_", " ")
