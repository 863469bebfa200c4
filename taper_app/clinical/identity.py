"""Who somebody is: names and record numbers compared as people mean them, and two records of one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from taper_app.clinical.records import Patient, PatientId, PatientMerge

#: Letters that have no accent to take off, as their usual spelling without them.
_SPELT_OUT = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_JOINERS = "-'’`´. "


def name_key(name: str) -> str:
    """A name as it is compared: no case, no accents, no hyphens, apostrophes or spaces (``O'Brien``, ``Ó Brien``)."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(mark))
    return "".join(letter for letter in bare.translate(_SPELT_OUT) if letter not in _JOINERS and letter.isprintable())


def number_key(record_number: str) -> str:
    """A record number as it is compared: one form of each sign, no case, no spaces. Its zeros count."""
    return "".join(unicodedata.normalize("NFKC", record_number).casefold().split())


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What somebody was asked for: at least two of family name, date of birth and record number.

    ``given_name`` only narrows; it is no identifier of its own.
    """

    family_name: str = ""
    given_name: str = ""
    born_on: date | None = None
    record_number: str = ""

    @property
    def are_enough(self) -> bool:
        given = (bool(name_key(self.family_name)), self.born_on is not None, bool(number_key(self.record_number)))
        return sum(given) >= 2

    def fit(self, patient: Patient) -> bool:
        """Every identifier that was given is the patient's, whole: a beginning of a name fits nobody."""
        pairs = (
            (name_key(self.family_name), name_key(patient.family_name)),
            (name_key(self.given_name), name_key(patient.given_name)),
            (number_key(self.record_number), number_key(patient.record_number)),
        )
        same_day = self.born_on is None or self.born_on == patient.born_on
        return same_day and all(wanted in ("", written) for wanted, written in pairs)


def kept_id(patient_id: PatientId, merges: Iterable[PatientMerge]) -> PatientId:
    """Whose record it is now: the patient's own, or the one that it was merged into, and so on."""
    leads_to = {merge.merged_id: merge.kept_id for merge in merges}
    while patient_id in leads_to:
        patient_id = leads_to[patient_id]
    return patient_id


def merged_into(patient_id: PatientId, merges: Sequence[PatientMerge]) -> tuple[PatientId, ...]:
    """The records that now lead to this one, in the order in which they were merged."""
    return tuple(merge.merged_id for merge in merges if kept_id(merge.merged_id, merges) == patient_id)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two records of perhaps one person are not alike."""

    field: str
    kept: str
    merged: str


def differences(kept: Patient, merged: Patient) -> tuple[Difference, ...]:
    """Where names, date of birth and sex differ; a name that differs only in case or accents is the same."""
    found = []
    if name_key(kept.family_name) != name_key(merged.family_name):
        found.append(Difference("family name", kept.family_name, merged.family_name))
    if name_key(kept.given_name) != name_key(merged.given_name):
        found.append(Difference("given name", kept.given_name, merged.given_name))
    if kept.born_on != merged.born_on:
        found.append(Difference("date of birth", kept.born_on.isoformat(), merged.born_on.isoformat()))
    if kept.sex != merged.sex:
        found.append(Difference("sex", kept.sex, merged.sex))
    return tuple(found)
