"""Entries that were made on the wrong patient: proposed, struck, and moved to the right chart. Both keep the trace.

A struck entry stays where it was written and can be read; it counts in nothing any more, and neither do the
assessment and the alert that were made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field

from taper_app.clinical.records import Author, EpisodeId, Frozen, Record, RecordId, RecordKind
from taper_app.clinical.typed_text import ONE_LINE

Reason = Annotated[str, Field(min_length=3, max_length=400), ONE_LINE]


class StrikeProposalBody(Frozen):
    """Body of a STRIKE_PROPOSAL record, on the chart that is wrong. The entry goes on counting until it is signed.

    ``moves_to`` is the right chart, None when the entry is only struck. ``with_earlier``: what the entry took the
    place of was the other patient's too; False lets the earlier entry stand again.
    """

    entry: RecordId
    reason: Reason
    moves_to: EpisodeId | None = None
    with_earlier: bool = True


class StrikeBody(Frozen):
    """Body of a STRIKE record: signed. ``struck`` names every record that counts no more."""

    proposal: RecordId
    entry: RecordId
    struck: Annotated[tuple[RecordId, ...], Field(min_length=1)]
    reason: Reason
    moved_to: EpisodeId | None = None
    moved_as: RecordId | None = None


class StrikeDeclinedBody(Frozen):
    """Body of a STRIKE_DECLINED record: the entry is this patient's after all, or it is not clear whose it is."""

    proposal: RecordId
    reason: Reason


class MovedEntryBody(Frozen):
    """Body of a MOVED_ENTRY record, on the right chart: what came from elsewhere, who charted it and when.

    It names no other patient: the other chart is only an id.
    """

    entry: RecordId
    came_from: EpisodeId
    was_entry: RecordId
    charted_by: Author
    charted_at: AwareDatetime
    reason: Reason


#: What can be struck. Plans, signatures, alerts and the handoff have ways of their own to be taken back.
STRIKABLE = (
    RecordKind.OBSERVATION,
    RecordKind.DOSE,
    RecordKind.SCALE,
    RecordKind.WEIGHT,
    RecordKind.BEDSIDE_ENTRY,
    RecordKind.ALLERGIES,
    RecordKind.FACTS,
)
#: What can be moved. Allergies and facts restate everything that is known: moved, they would wipe out the other's.
MOVABLE = (RecordKind.OBSERVATION, RecordKind.DOSE, RecordKind.SCALE, RecordKind.WEIGHT, RecordKind.BEDSIDE_ENTRY)


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that nobody has signed or declined yet, with the entry that it is about."""

    record: Record
    body: StrikeProposalBody
    entry: Record


def counting(records: Sequence[Record]) -> Sequence[Record]:
    """The records without those that were struck and what was done about a struck alert."""
    struck = _struck_ids(records)
    return [record for record in records if not _is_struck(record, struck)] if struck else records


def struck_records(records: Sequence[Record]) -> list[Record]:
    """The others: still readable, counting in nothing."""
    struck = _struck_ids(records)
    return [record for record in records if _is_struck(record, struck)] if struck else []


def _struck_ids(records: Iterable[Record]) -> set[str]:
    return {
        struck for record in records if record.kind is RecordKind.STRIKE for struck in record.body_as(StrikeBody).struck
    }


def _is_struck(record: Record, struck: set[str]) -> bool:
    return record.id in struck or (record.kind is RecordKind.ALERT_ACTION and record.body.get("alert") in struck)


def open_proposals(records: Sequence[Record]) -> list[OpenProposal]:
    """What waits for a signature, oldest first."""
    by_id = {record.id: record for record in records}
    ended = {record.body_as(StrikeBody).proposal for record in records if record.kind is RecordKind.STRIKE}
    ended |= {
        record.body_as(StrikeDeclinedBody).proposal for record in records if record.kind is RecordKind.STRIKE_DECLINED
    }
    waiting = [record for record in records if record.kind is RecordKind.STRIKE_PROPOSAL and record.id not in ended]
    proposals = [(record, record.body_as(StrikeProposalBody)) for record in waiting]
    return [OpenProposal(record, body, by_id[body.entry]) for record, body in proposals if body.entry in by_id]


def came_from(records: Iterable[Record]) -> dict[RecordId, MovedEntryBody]:
    """What is said of each entry that came from another chart, by the entry's id."""
    moved = (record.body_as(MovedEntryBody) for record in records if record.kind is RecordKind.MOVED_ENTRY)
    return {body.entry: body for body in moved}


def with_replaced(entry: Record, records: Sequence[Record]) -> list[Record]:
    """The entry and everything that it took the place of, newest first."""
    by_id = {record.id: record for record in records}
    chain = [entry]
    while chain[-1].corrects and chain[-1].corrects in by_id:
        chain.append(by_id[chain[-1].corrects])
    return chain


def made_from(entry: Record, records: Sequence[Record]) -> list[Record]:
    """The entry with what the rules made of it: assessments and alerts, and the set that counts a dose."""
    sets = {entry.id, set_made_from(entry.id)}
    judged = (RecordKind.ASSESSMENT, RecordKind.ALERT, RecordKind.FOUND_AGAIN)
    return [
        record
        for record in records
        if record.id in sets or (record.kind in judged and record.body.get("observation") in sets)
    ]


def set_made_from(entry: RecordId) -> RecordId:
    """The id of the set that the rules were asked with for an entry of another kind: a dose that was not given."""
    return RecordId(f"{entry}-set")
