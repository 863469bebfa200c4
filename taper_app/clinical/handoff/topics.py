"""A topic of the handoff summary: its entries, or in so many words why there are none."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, Self, TypeVar

from pydantic import model_validator

from taper_app.clinical.records import Frozen

EntryT = TypeVar("EntryT")


class Absence(StrEnum):
    """Why a topic holds nothing. The three never stand for one another."""

    NONE = "none"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"
    DECLINED = "declined"

    @property
    def in_words(self) -> str:
        return {
            "none": "none",
            "not_assessed": "not assessed",
            "not_applicable": "not applicable",
            "declined": "offered, declined by the patient",
        }[self.value]


class Listed(Frozen, Generic[EntryT]):
    """One topic: its entries, or why there are none."""

    entries: tuple[EntryT, ...] = ()
    absence: Absence | None = None

    @model_validator(mode="after")
    def _entries_or_absence(self) -> Self:
        if self.entries and self.absence is not None:
            raise ValueError("Give entries, or say why there are none, not both.")
        return self

    @property
    def written(self) -> bool:
        return bool(self.entries) or self.absence is not None


Section = Listed[str]


def said(*lines: str) -> Listed[str]:
    """A topic in sentences."""
    return Listed[str](entries=tuple(lines))


def none_of(absence: Absence) -> Listed[str]:
    """A topic without sentences, and why."""
    return Listed[str](absence=absence)
