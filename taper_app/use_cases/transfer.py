"""Another bed, on the same unit or on another one, within one stay. Everything that was charted goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from taper_app.clinical.charting.facts import BedBody
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.records import Author, Episode, EpisodeId, Frozen, RecordId, RecordKind, Unit
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, latest, look, opened, record
from taper_app.use_cases.rights import UseCase

SHORTEST_REASON = 3


class TransferEntry(Frozen):
    """What is charted. ``reason`` is asked for when the unit changes."""

    unit_id: str = Field(min_length=1, max_length=80)
    bed: str = Field(min_length=1, max_length=12)
    reason: str = Field(default="", max_length=400)


@dataclass(frozen=True, slots=True)
class FreeBeds:
    """A unit that a patient can go to, with the beds that nobody lies in."""

    unit: Unit
    beds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the patient lay from a moment on, and who moved them there."""

    since: datetime
    unit_name: str
    bed: str
    author: Author
    reason: str


def transfer(app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any], *, entry_id: str) -> RecordId:
    """Move the patient. The same ``entry_id`` again adds nothing.

    From then on the people of the new unit have the patient and those of the old one no longer do; what somebody had
    half written stays theirs. Raises InputRefused with every fault (bed unknown or taken, unit unknown, another time
    zone), NotAllowed, StateConflict.
    """

    def work(writing: Writing) -> RecordId:
        if _was_kept(writing, episode_id, entry_id):
            return RecordId(entry_id)
        episode = opened(writing, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id)
        entry = _parsed(written)
        faults = _faults(writing, episode, entry)
        if faults:
            raise InputRefused(faults)
        left = episode.unit_id if entry.unit_id != episode.unit_id else ""
        body = BedBody(bed=entry.bed, unit_id=entry.unit_id, from_unit_id=left, reason=entry.reason.strip())
        kept = record(app, actor, episode_id, RecordKind.BED, body, record_id=entry_id)
        writing.add_record(kept)
        moved = Episode.model_validate(episode.model_dump() | {"unit_id": entry.unit_id})
        refresh_latest(writing, moved, app.clock())
        return kept.id

    return change(app, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id, work)


def free_beds(app: App, actor: Actor, episode_id: EpisodeId) -> Sequence[FreeBeds]:
    """Where the patient could go: the patient's own unit first, then the others by name."""

    def work(reading: Reading) -> list[FreeBeds]:
        episode = opened(reading, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id)
        units = sorted(reading.units(), key=lambda unit: unit.id != episode.unit_id)
        return [FreeBeds(unit, _free(reading, unit)) for unit in units]

    return look(app, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id, work)


def people_still_writing(app: App, actor: Actor, episode_id: EpisodeId) -> int:
    """How many colleagues have half-written entries of this patient: they lose sight of them with the unit."""

    def work(reading: Reading) -> int:
        opened(reading, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id)
        writing = {draft.account_id for draft in reading.drafts_of(episode_id) if draft.body}
        return len(writing - {actor.user_id})

    return look(app, actor, UseCase.TRANSFER_BED_OR_UNIT, episode_id, work)


def places(app: App, actor: Actor, episode_id: EpisodeId) -> Sequence[Place]:
    """Where the patient has lain in this stay, newest first."""

    def work(reading: Reading) -> list[Place]:
        episode = opened(reading, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        chart = read_chart(reading, episode, app.clock())
        return list(reversed(_places(reading, chart)))

    return look(app, actor, UseCase.OPEN_CHART, episode_id, work)


def _places(reading: Reading, chart: Chart) -> list[Place]:
    beds = [(kept, kept.body_as(BedBody)) for kept in chart.of_kind(RecordKind.BED)]
    names = {unit.id: unit.name for unit in reading.units()}
    found: list[Place] = []
    unit_id = next((body.from_unit_id for _, body in beds if body.from_unit_id), chart.episode.unit_id)
    for kept, body in beds:
        unit_id = body.unit_id or unit_id
        found.append(Place(kept.happened_at, names.get(unit_id, ""), body.bed, kept.author, body.reason))
    return found


def _was_kept(writing: Writing, episode_id: EpisodeId, entry_id: str) -> bool:
    known = writing.record(RecordId(entry_id))
    return known is not None and known.episode_id == episode_id


def _parsed(written: Mapping[str, Any]) -> TransferEntry:
    try:
        return TransferEntry.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def _faults(writing: Writing, episode: Episode, entry: TransferEntry) -> list[Fault]:
    unit, before = writing.unit(entry.unit_id), writing.unit(episode.unit_id)
    if unit is None:
        return [Fault("unit_id", "There is no such unit; choose one that is set up.")]
    faults = []
    is_other_unit = unit.id != episode.unit_id
    if entry.bed not in unit.beds:
        faults.append(Fault("bed", f"{unit.name} has no bed {entry.bed}; choose one of its beds."))
    elif not is_other_unit and latest(writing, episode.id).bed == entry.bed:
        faults.append(Fault("bed", f"The patient lies in bed {entry.bed} already; choose another one."))
    elif entry.bed not in _free(writing, unit):
        faults.append(Fault("bed", f"Bed {entry.bed} is taken; choose a free one."))
    if is_other_unit and before is not None and before.zone != unit.zone:
        sentence = f"{unit.name} keeps another time, and planned doses would change their hour; release and admit."
        faults.append(Fault("unit_id", sentence))
    if is_other_unit and len(entry.reason.strip()) < SHORTEST_REASON:
        faults.append(Fault("reason", "Say in a few words why the patient goes to another unit."))
    return faults


def _free(reading: Reading, unit: Unit) -> tuple[str, ...]:
    taken = {row.bed for row in reading.latest_rows(unit.id)}
    return tuple(bed for bed in unit.beds if bed not in taken)
