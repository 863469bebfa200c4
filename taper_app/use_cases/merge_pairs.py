"""Two patient records beside each other, before they are made one: found by two identifiers, compared field by field.

Under the right to strike an entry of the wrong patient: who looks needs it on a unit of each of the two records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taper_app.clinical.errors import StateConflict
from taper_app.clinical.identity import Difference, Identifiers, differences, kept_id
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, Patient, PatientId
from taper_app.store.interface import Reading
from taper_app.use_cases.context import App, audit_entry, look, opened
from taper_app.use_cases.find_patient import NobodyFits, SeveralFit, candidates, parse_identifiers
from taper_app.use_cases.rights import Grant, UseCase, grant_of


class BothAreOpen(StateConflict):
    """Two open stays: which of the two beds, plans and charts goes on is no matter for a merge."""

    next_step = "Release one of the two stays first, or strike what was charted on it and chart it on the other."

    def __init__(self) -> None:
        super().__init__("Both records have an open stay, so they cannot be merged now.")


@dataclass(frozen=True, slots=True)
class MergePair:
    """The two records side by side. ``kept`` is the one that goes on."""

    kept: Patient
    merged: Patient
    differences: tuple[Difference, ...]
    stays_of_merged: int


def find_other_record(app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any]) -> MergePair:
    """The second record of the person, found by two identifiers, beside the one of this stay.

    Raises InputRefused with every fault, NobodyFits, SeveralFit, BothAreOpen, NotAllowed; audited.
    """

    def work(reading: Reading) -> MergePair:
        episode = opened(reading, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, closed_too=True)
        other = _other(reading, actor, episode.patient_id, parse_identifiers(written, app.clock().date()))
        return pair_of(reading, actor, episode.patient_id, other)

    pair = look(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, work)
    entry = audit_entry(
        app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, "done", "compared with another record"
    )
    app.store.transact(lambda writing: writing.add_audit(entry))
    return pair


def merge_pair(app: App, actor: Actor, episode_id: EpisodeId, other: PatientId) -> MergePair:
    """The two records side by side, read anew: for a proposal that waits. Raises NobodyFits, BothAreOpen."""

    def work(reading: Reading) -> MergePair:
        episode = opened(reading, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, closed_too=True)
        return pair_of(reading, actor, episode.patient_id, other)

    return look(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, work)


def _other(reading: Reading, actor: Actor, this: PatientId, identifiers: Identifiers) -> PatientId:
    merges = reading.merges()
    fitting = {kept_id(patient.id, merges) for patient in candidates(reading, identifiers)} - {this}
    seen = sorted(id_ for id_ in fitting if _has_right_on(reading, actor, id_))
    if len(seen) > 1:
        raise SeveralFit()
    if not seen:
        raise NobodyFits()
    return seen[0]


def _has_right_on(reading: Reading, actor: Actor, patient_id: PatientId) -> bool:
    """Whether this person may act on a stay of the patient."""
    granted = grant_of(UseCase.STRIKE_WRONG_PATIENT_ENTRY, actor.role) is not Grant.NO
    return granted and any(stay.unit_id == actor.unit_id for stay in reading.episodes_of(patient_id))


def pair_of(reading: Reading, actor: Actor, this: PatientId, other: PatientId) -> MergePair:
    """The two records, when they can be merged."""
    kept, merged = reading.patient(this), reading.patient(other)
    is_another = this != other and kept_id(other, reading.merges()) == other
    if kept is None or merged is None or not is_another or not _has_right_on(reading, actor, other):
        raise NobodyFits()
    if reading.open_episode_of(this) and reading.open_episode_of(other):
        raise BothAreOpen()
    return MergePair(kept, merged, differences(kept, merged), len(reading.episodes_of(other)))
