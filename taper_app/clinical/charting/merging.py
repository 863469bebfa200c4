"""Two record numbers that are one person: proposed by one, confirmed by another, and kept on both charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field

from taper_app.clinical.records import Author, Frozen, PatientId, Record, RecordId, RecordKind
from taper_app.clinical.typed_text import ONE_LINE

Reason = Annotated[str, Field(min_length=3, max_length=400), ONE_LINE]


class MergeProposalBody(Frozen):
    """Body of a MERGE_PROPOSAL record, on a stay of the patient whose record is to be kept."""

    kept: PatientId
    merged: PatientId
    reason: Reason


class MergeBody(Frozen):
    """Body of a MERGE record: on a stay of each of the two. Names and dates stay in the two patient rows."""

    proposal: RecordId
    kept: PatientId
    merged: PatientId
    kept_number: str
    merged_number: str
    proposed_by: Author
    proposed_at: AwareDatetime
    reason: Reason


class MergeDeclinedBody(Frozen):
    """Body of a MERGE_DECLINED record: they are two people, or nobody can tell."""

    proposal: RecordId
    reason: Reason


@dataclass(frozen=True, slots=True)
class OpenMerge:
    """A proposal that nobody has confirmed or declined yet."""

    record: Record
    body: MergeProposalBody


def open_merges(records: Sequence[Record]) -> list[OpenMerge]:
    """What waits for a second person, oldest first."""
    ended = {record.body_as(MergeBody).proposal for record in records if record.kind is RecordKind.MERGE}
    ended |= {
        record.body_as(MergeDeclinedBody).proposal for record in records if record.kind is RecordKind.MERGE_DECLINED
    }
    waiting = [record for record in records if record.kind is RecordKind.MERGE_PROPOSAL and record.id not in ended]
    return [OpenMerge(record, record.body_as(MergeProposalBody)) for record in waiting]
