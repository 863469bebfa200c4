"""Finding a patient, also of earlier stays, by two identifiers. What is typed has to fit whole; nothing is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, NotFound
from taper_app.clinical.identity import Identifiers, kept_id, merged_into, number_key
from taper_app.clinical.people import Actor
from taper_app.clinical.records import Episode, EpisodeId, Patient, PatientId
from taper_app.clinical.typed_text import one_line
from taper_app.store.interface import AuditEntry, Reading
from taper_app.use_cases.context import App, audit_entry, look, permitted
from taper_app.use_cases.rights import Grant, UseCase, grant_of

LONGEST_IDENTIFIER = 80
OLDEST_BIRTH_YEARS = 130
#: Searches that may find nobody before the next has to wait: typing errors, not guesses (an input limit).
MISSES_ALLOWED = 10
MISSES_WITHIN = timedelta(minutes=10)
_FOUND_NOBODY = "found nobody"
_FIELDS = ("family_name", "given_name", "record_number")


class NobodyFits(NotFound):
    """No patient whom this person may see fits what was typed. It never says which identifier was wrong."""

    next_step = "Check the spelling and the date of birth, or open the patient from the ward board."

    def __init__(self) -> None:
        super().__init__("No patient of your unit fits all of this.")


class SeveralFit(NotFound):
    """More than one patient fits; none is shown."""

    next_step = "Add the given name or the record number."

    def __init__(self) -> None:
        super().__init__("More than one patient fits.")


class TooManyMisses(NotAllowed):
    """Somebody is guessing, or a list is being tried."""

    next_step = "Open the patient from the ward board, or try again in ten minutes."

    def __init__(self) -> None:
        super().__init__("Too many searches in a row found nobody.")


@dataclass(frozen=True, slots=True)
class Stay:
    """One episode of a found patient, as somebody may open it."""

    episode_id: EpisodeId
    unit_name: str
    admitted_at: datetime
    zone: str
    is_open: bool
    bed: str


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """The one patient who fits, with the stays that this person may open, newest first."""

    patient: Patient
    other_numbers: tuple[str, ...]
    stays: tuple[Stay, ...]


def find_patient(app: App, actor: Actor, written: Mapping[str, Any]) -> FoundPatient:
    """The one patient who fits every identifier that was typed, and at least two of the three that count.

    ``written``: family_name, given_name, record_number, born_on (``1982-03-14``), each may be empty. Raises
    InputRefused with every fault, NobodyFits, SeveralFit, TooManyMisses, NotAllowed; each search is audited, with
    nothing of what was typed.
    """

    def work(reading: Reading) -> FoundPatient:
        permitted(actor, UseCase.SEARCH_PATIENT, None)
        identifiers = parse_identifiers(written, app.clock().date())
        _require_not_guessing(reading, app, actor)
        fitting = {kept_id(patient.id, reading.merges()) for patient in candidates(reading, identifiers)}
        seen = [found for id_ in sorted(fitting) if (found := _as_seen_by(reading, actor, id_)) is not None]
        if len(seen) > 1:
            raise SeveralFit()
        if not seen:
            raise NobodyFits()
        return seen[0]

    try:
        found = look(app, actor, UseCase.SEARCH_PATIENT, None, work)
    except (NobodyFits, SeveralFit) as missed:
        _audit(app, actor, _FOUND_NOBODY if isinstance(missed, NobodyFits) else "more than one fits")
        raise
    _audit(app, actor, "found one")
    return found


def found_patient(app: App, actor: Actor, patient_id: PatientId) -> FoundPatient:
    """A patient whom this person found before, read anew: for the next run of the same page. Raises NobodyFits."""

    def work(reading: Reading) -> FoundPatient:
        permitted(actor, UseCase.SEARCH_PATIENT, None)
        seen = _as_seen_by(reading, actor, kept_id(patient_id, reading.merges()))
        if seen is None:
            raise NobodyFits()
        return seen

    return look(app, actor, UseCase.SEARCH_PATIENT, None, work)


def parse_identifiers(written: Mapping[str, Any], today: date) -> Identifiers:
    """What was typed, or InputRefused with every fault."""
    faults: list[Fault] = []
    texts = {name: _text(written, name, faults) for name in _FIELDS}
    identifiers = Identifiers(born_on=_born_on(written, today, faults), **texts)
    if not faults and not identifiers.are_enough:
        sentence = "Give two of these: family name, date of birth, record number. One alone finds nobody."
        faults.append(Fault("identifiers", sentence))
    if faults:
        raise InputRefused(faults)
    return identifiers


def _text(written: Mapping[str, Any], name: str, faults: list[Fault]) -> str:
    text = str(written.get(name) or "").strip()
    words = name.replace("_", " ")
    try:
        one_line(text)
    except ValueError:
        faults.append(Fault(name, f"The {words} holds a character that cannot be seen; type it anew."))
        return ""
    if len(text) > LONGEST_IDENTIFIER:
        faults.append(Fault(name, f"The {words} is too long; write at most {LONGEST_IDENTIFIER} characters."))
        return ""
    return text


def _born_on(written: Mapping[str, Any], today: date, faults: list[Fault]) -> date | None:
    text = str(written.get("born_on") or "").strip()
    if not text:
        return None
    try:
        born_on = date.fromisoformat(text)
    except ValueError:
        faults.append(Fault("born_on", "Write the date of birth like 1982-03-14: year, month, day."))
        return None
    if born_on > today or born_on.year < today.year - OLDEST_BIRTH_YEARS:
        faults.append(Fault("born_on", "The date of birth cannot be right; check the year."))
        return None
    return born_on


def candidates(reading: Reading, identifiers: Identifiers) -> list[Patient]:
    """Whoever fits; looked up by the day of birth, or by the record number when no day was given."""
    if identifiers.born_on is not None:
        found = reading.patients_born_on(identifiers.born_on)
    else:
        key = number_key(identifiers.record_number)
        spellings = {identifiers.record_number.strip(), key, key.upper()}
        numbered = [reading.patient_with_record_number(spelling) for spelling in sorted(spellings)]
        found = [patient for patient in numbered if patient is not None]
    return [patient for patient in found if identifiers.fit(patient)]


def _as_seen_by(reading: Reading, actor: Actor, patient_id: PatientId) -> FoundPatient | None:
    """The patient with the stays that this person may open; None when there is none, as if nobody fitted."""
    patient = reading.patient(patient_id)
    stays = [_stay(reading, episode) for episode in reading.episodes_of(patient_id) if _may_see(actor, episode)]
    if patient is None or not stays:
        return None
    merged = [reading.patient(id_) for id_ in merged_into(patient_id, reading.merges())]
    return FoundPatient(patient, tuple(other.record_number for other in merged if other), tuple(stays))


def _may_see(actor: Actor, episode: Episode) -> bool:
    is_everywhere = grant_of(UseCase.SEARCH_PATIENT, actor.role) is Grant.YES
    return is_everywhere or actor.unit_id == episode.unit_id


def _stay(reading: Reading, episode: Episode) -> Stay:
    unit, row = reading.unit(episode.unit_id), reading.latest_row(episode.id)
    return Stay(
        episode_id=episode.id,
        unit_name=unit.name if unit else "",
        admitted_at=episode.admitted_at,
        zone=unit.zone if unit else "UTC",
        is_open=row is not None and row.status == "open",
        bed=row.bed if row else "",
    )


def _require_not_guessing(reading: Reading, app: App, actor: Actor) -> None:
    since = app.clock() - MISSES_WITHIN
    recent: Sequence[AuditEntry] = reading.audit_entries_of(actor.user_id, UseCase.SEARCH_PATIENT.value, since)
    misses = 0
    for entry in recent:
        if entry.detail != _FOUND_NOBODY:
            break
        misses += 1
    if misses >= MISSES_ALLOWED:
        raise TooManyMisses()


def _audit(app: App, actor: Actor, detail: str) -> None:
    entry = audit_entry(app, actor, UseCase.SEARCH_PATIENT, None, "done", detail)
    app.store.transact(lambda writing: writing.add_audit(entry))
