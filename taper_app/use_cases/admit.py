"""Admitting a patient: who, which bed, what is taken now, and the facts that were asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from taper_app.clinical.charting.allergies import (
    NOTHING_KNOWN,
    AllergiesBody,
    AllergyStatus,
    joined,
    read_allergies,
)
from taper_app.clinical.charting.facts import BedBody, CurrentUseBody, FactsBody
from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.faults import faults_of
from taper_app.clinical.identity import kept_id, name_key
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicine_search import unknown_medicine_message
from taper_app.clinical.records import Author, Episode, EpisodeId, Frozen, Patient, PatientId, RecordKind, Unit
from taper_app.store.interface import Writing
from taper_app.use_cases.allergies import known_of_earlier_stays
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.context import App, change, new_id, opened, permitted, record
from taper_app.use_cases.rights import UseCase

#: An admission further back than this is taken for a slip of the keyboard (an input limit, not a clinical one).
OLDEST_ADMISSION_DAYS = 31
OLDEST_BIRTH_YEARS = 130
_LIST_THEM = (
    "Write each allergy with a semicolon after it, such as penicillin (rash); latex, each at most 80 characters "
    "without hidden ones."
)
_LISTED_EARLIER = (
    "An earlier stay lists allergies. Leave this empty to take them over, and say on the Patient page why one of them "
    "no longer holds."
)


class Admission(Frozen):
    """The admission form. ``episode_id`` is made when the form is opened, so that a second submit admits nobody."""

    episode_id: str
    unit_id: str
    bed: str = Field(min_length=1, max_length=12)
    record_number: str = Field(min_length=1, max_length=40)
    family_name: str = Field(min_length=1, max_length=80)
    given_name: str = Field(min_length=1, max_length=80)
    born_on: date
    sex: str = Field(pattern=r"^[FMXU]$")
    allergies: str = Field(default="not assessed", min_length=1, max_length=400)
    admitted_at: AwareDatetime
    current_use: CurrentUseBody
    facts: FactsBody = FactsBody()


def parse_admission(written: dict[str, Any]) -> Admission:
    """The form, or InputRefused with every fault."""
    try:
        return Admission.model_validate(written)
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def admit_patient(app: App, actor: Actor, written: dict[str, Any]) -> EpisodeId:
    """Open an episode. Raises InputRefused with every fault, StateConflict for a patient who is admitted already.

    A patient with the same record number and date of birth is the same person; the same number with another
    date of birth or family name is refused, so that two people never share a record.
    """
    unit_id = str(written.get("unit_id", ""))

    def work(writing: Writing) -> EpisodeId:
        permitted(actor, UseCase.ADMIT_PATIENT, unit_id)
        admission = parse_admission(written)
        if writing.episode(EpisodeId(admission.episode_id)):
            return EpisodeId(admission.episode_id)
        unit = writing.unit(admission.unit_id)
        if unit is None:
            raise NotFound("There is no such unit; ask an administrator to set it up.")
        patient = _known_patient(writing, admission)
        if patient is not None and writing.open_episode_of(patient.id):
            raise _AlreadyAdmitted()
        faults = _faults(admission, app.protocols, unit, writing, app.clock())
        allergies = NOTHING_KNOWN
        try:
            allergies = _allergies(writing, admission, patient)
        except InputRefused as refused:
            faults.extend(refused.faults)
        if faults:
            raise InputRefused(faults)
        return _add(writing, app, actor, admission, patient, allergies)

    return change(app, actor, UseCase.ADMIT_PATIENT, None, work)


class _AlreadyAdmitted(InputRefused):
    """The second admission of an admitted patient."""

    def __init__(self) -> None:
        super().__init__(
            [
                Fault(
                    "record_number",
                    "The patient with this record number is admitted already; open the chart from the ward board.",
                )
            ]
        )


def _known_patient(writing: Writing, admission: Admission) -> Patient | None:
    known = writing.patient_with_record_number(admission.record_number.strip())
    if known is None:
        return None
    same_person = known.born_on == admission.born_on and name_key(known.family_name) == name_key(admission.family_name)
    if not same_person:
        raise InputRefused(
            [
                Fault(
                    "record_number",
                    "This record number belongs to a patient with another name or date of birth; check all three.",
                )
            ]
        )
    # A number of a record that was merged leads to the one that was kept.
    return writing.patient(kept_id(known.id, writing.merges()))


def _allergies(writing: Writing, admission: Admission, known: Patient | None) -> AllergiesBody:
    """What was written, together with what earlier stays list. Raises InputRefused when the two cannot both be true."""
    try:
        written = read_allergies(admission.allergies)
    except ValidationError:
        raise InputRefused([Fault("allergies", _LIST_THEM)]) from None
    earlier = known_of_earlier_stays(writing, known.id) if known else NOTHING_KNOWN
    if earlier.entries and written.status is AllergyStatus.NONE_KNOWN:
        raise InputRefused([Fault("allergies", _LISTED_EARLIER)])
    return joined([earlier, written], asked=written.status is not AllergyStatus.NOT_ASSESSED)


def _faults(admission: Admission, protocols: Protocols, unit: Unit, writing: Writing, now: datetime) -> list[Fault]:
    faults = []
    if admission.bed not in unit.beds:
        faults.append(Fault("bed", f"{unit.name} has no bed {admission.bed}; choose one of its beds."))
    elif any(row.bed == admission.bed for row in writing.latest_rows(unit.id)):
        faults.append(Fault("bed", f"Bed {admission.bed} is taken; choose a free one."))
    if admission.born_on > now.date() or admission.born_on.year < now.year - OLDEST_BIRTH_YEARS:
        faults.append(Fault("born_on", "The date of birth cannot be right; check the year."))
    if not now - timedelta(days=OLDEST_ADMISSION_DAYS) <= admission.admitted_at <= now + timedelta(minutes=5):
        faults.append(
            Fault("admitted_at", f"The admission must lie in the last {OLDEST_ADMISSION_DAYS} days and not ahead.")
        )
    for index, line in enumerate(admission.current_use.lines):
        if protocols.medicine_named(line.drug) is None:
            message = unknown_medicine_message(line.drug, protocols)
            faults.append(Fault(f"current_use.lines.{index}.drug", message))
    last = admission.current_use.last_dose_at
    if last is not None and last > now + timedelta(minutes=5):
        faults.append(Fault("current_use.last_dose_at", "The last dose cannot lie ahead; check the time."))
    return faults


def _add(
    writing: Writing,
    app: App,
    actor: Actor,
    admission: Admission,
    known: Patient | None,
    allergies: AllergiesBody,
) -> EpisodeId:
    patient = known or Patient(
        id=PatientId(new_id()),
        record_number=admission.record_number.strip(),
        family_name=admission.family_name.strip(),
        given_name=admission.given_name.strip(),
        born_on=admission.born_on,
        sex=admission.sex,
        allergies=admission.allergies.strip(),
    )
    if known is None:
        writing.add_patient(patient)
    episode = Episode(
        id=EpisodeId(admission.episode_id),
        patient_id=patient.id,
        unit_id=admission.unit_id,
        admitted_at=admission.admitted_at,
        admitted_by=Author.of(actor),
    )
    writing.add_episode(episode)
    for kind, body in (
        (RecordKind.BED, BedBody(bed=admission.bed, unit_id=admission.unit_id)),
        (RecordKind.CURRENT_USE, admission.current_use),
        (RecordKind.FACTS, admission.facts),
    ):
        writing.add_record(record(app, actor, episode.id, kind, body, happened_at=admission.admitted_at))
    if allergies.status is not AllergyStatus.NOT_ASSESSED:
        writing.add_record(
            record(app, actor, episode.id, RecordKind.ALLERGIES, allergies, happened_at=admission.admitted_at)
        )
    refresh_latest(writing, episode, app.clock())
    return episode.id


def record_facts(
    app: App, actor: Actor, episode_id: EpisodeId, facts: FactsBody, *, entry_id: str | None = None
) -> None:
    """New answers; the older ones stay readable."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RECORD_CURRENT_USE, episode_id)
        writing.add_record(record(app, actor, episode_id, RecordKind.FACTS, facts, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.RECORD_CURRENT_USE, episode_id, work)
