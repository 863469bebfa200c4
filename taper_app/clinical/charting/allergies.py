"""Allergies as they stand: nobody asked, none known, or a list. A newer record restates the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from taper_app.clinical.identity import name_key
from taper_app.clinical.records import Frozen, Patient, Record, RecordKind
from taper_app.clinical.typed_text import ONE_LINE

#: All entries together; an admission takes less, so that the lists of several stays fit into one.
LONGEST_LIST = 2000
_NONE_KNOWN = ("none", "none known", "no known allergies", "nil known", "nka", "nkda")
_NOT_ASSESSED = ("", "not assessed", "unknown", "not known")


class AllergyStatus(StrEnum):
    NOT_ASSESSED = "not_assessed"
    NONE_KNOWN = "none_known"
    LISTED = "listed"


class Allergy(Frozen):
    """One substance, and what it did where somebody knows."""

    substance: Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]
    reaction: Annotated[str, Field(max_length=120), ONE_LINE] = ""

    @property
    def in_words(self) -> str:
        return f"{self.substance} ({self.reaction})" if self.reaction else self.substance


class AllergiesBody(Frozen):
    """Body of an ALLERGIES record: the whole list as it stands from then on.

    ``asked`` is False when the list was carried over from an earlier stay or a merged record and nobody asked anew.
    ``reason`` says why something that was listed before is not any more.
    """

    status: AllergyStatus
    entries: Annotated[tuple[Allergy, ...], Field(max_length=100)] = ()
    asked: bool = True
    reason: Annotated[str, Field(max_length=400), ONE_LINE] = ""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.status is AllergyStatus.LISTED) != bool(self.entries):
            raise ValueError("Allergies are listed, or none are known, or nobody asked: exactly one of these.")
        if len(self.in_words) > LONGEST_LIST:
            raise ValueError(f"The list of allergies is too long; write at most {LONGEST_LIST} characters.")
        return self

    @property
    def in_words(self) -> str:
        """``not assessed``, ``none known``, ``penicillin (rash); latex``."""
        if self.status is AllergyStatus.LISTED:
            return "; ".join(entry.in_words for entry in self.entries)
        return self.status.value.replace("_", " ")


NOTHING_KNOWN = AllergiesBody(status=AllergyStatus.NOT_ASSESSED)


def read_allergies(text: str) -> AllergiesBody:
    """What was written at an admission: ``none known``, nothing, or substances with semicolons between them."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    whole = " ".join(text.split()).casefold().rstrip(".")
    if whole in _NOT_ASSESSED:
        return NOTHING_KNOWN
    if whole in _NONE_KNOWN:
        return AllergiesBody(status=AllergyStatus.NONE_KNOWN)
    return AllergiesBody(status=AllergyStatus.LISTED, entries=tuple(read_allergy(part) for part in parts))


def read_allergy(text: str) -> Allergy:
    """``penicillin (rash)`` taken apart into substance and reaction; a long text stays together as far as it fits."""
    substance, opened, rest = text.partition(" (")
    if opened and rest.endswith(")") and len(substance) <= 80 and len(rest) <= 121:
        return Allergy(substance=substance, reaction=rest[:-1])
    return Allergy(substance=text)


def allergies_of(patient: Patient, records: Iterable[Record]) -> tuple[AllergiesBody, Record | None]:
    """What stands in a stay, with its record; from the first admission's own words when nobody has recorded since."""
    found = [record for record in records if record.kind is RecordKind.ALLERGIES]
    newest = max(found, key=lambda record: record.recorded_at, default=None)
    return (newest.body_as(AllergiesBody), newest) if newest else (_as_first_written(patient.allergies), None)


def _as_first_written(text: str) -> AllergiesBody:
    """Words of an earlier version of the application, which may not read as a list of short entries."""
    try:
        return read_allergies(text)
    except ValueError:
        words = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
        halves = [words[start : start + 80] for start in range(0, len(words), 80)]
        return AllergiesBody(
            status=AllergyStatus.LISTED, entries=tuple(Allergy(substance=half.strip().ljust(2)) for half in halves)
        )


def missing_from(new: AllergiesBody, old: AllergiesBody) -> tuple[str, ...]:
    """What was listed before and is not listed any more, whatever its letter case or accents."""
    still = {name_key(entry.substance) for entry in new.entries}
    return tuple(entry.substance for entry in old.entries if name_key(entry.substance) not in still)


def joined(bodies: Sequence[AllergiesBody], *, asked: bool) -> AllergiesBody:
    """Everything that any of them lists; none known only when one says so and none lists anything."""
    entries: dict[str, Allergy] = {}
    for body in bodies:
        for entry in body.entries:
            key = name_key(entry.substance)
            entries[key] = _with_reaction_of(entries[key], entry) if key in entries else entry
    if entries:
        return AllergiesBody(status=AllergyStatus.LISTED, entries=tuple(entries.values()), asked=asked)
    asked_once = [body for body in bodies if body.status is AllergyStatus.NONE_KNOWN]
    status = AllergyStatus.NONE_KNOWN if asked_once else AllergyStatus.NOT_ASSESSED
    return AllergiesBody(status=status, asked=asked)


def _with_reaction_of(known: Allergy, other: Allergy) -> Allergy:
    """One entry of two about the same substance; both reactions stay, as far as they fit."""
    if not other.reaction or other.reaction.casefold() in known.reaction.casefold():
        return known
    reactions = ", ".join(part for part in (known.reaction, other.reaction) if part)
    return Allergy(substance=known.substance, reaction=reactions[:120])
