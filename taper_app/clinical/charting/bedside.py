"""Bedside entries: everything that staff chart beside observation sets and doses, each kind with its own shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from taper_app.clinical.charting.bedside_history import Background, LastUse, Leave, RefusalTalk, SecondObservation
from taper_app.clinical.charting.bedside_measures import IntakeOutput, Pain, Sleep
from taper_app.clinical.charting.bedside_safety import (
    CallMeIf,
    ObservationLevel,
    OwnSupplySearch,
    SeizurePrecautions,
    SeizureWorkup,
)
from taper_app.clinical.charting.bedside_values import BedsideNote
from taper_app.clinical.charting.bedside_witnessed import (
    ControlledDrugCount,
    DifferenceSettled,
    DoubleCheck,
    SecondSignature,
)
from taper_app.clinical.records import Frozen, Record, RecordId, RecordKind, newest_uncorrected

BedsideEntry = Annotated[
    Pain
    | IntakeOutput
    | Sleep
    | ObservationLevel
    | SeizurePrecautions
    | SeizureWorkup
    | OwnSupplySearch
    | CallMeIf
    | ControlledDrugCount
    | DoubleCheck
    | SecondSignature
    | DifferenceSettled
    | LastUse
    | Background
    | RefusalTalk
    | Leave
    | SecondObservation,
    Field(discriminator="kind"),
]


class BedsideBody(Frozen):
    """Body of a BEDSIDE_ENTRY record. ``correction_reason`` only where it takes the place of an earlier entry."""

    entry: BedsideEntry
    correction_reason: BedsideNote = ""


@dataclass(frozen=True, slots=True)
class ChartedEntry:
    """A bedside entry that stands, with its record."""

    record: Record
    entry: BedsideEntry

    @property
    def id(self) -> RecordId:
        return self.record.id

    @property
    def at(self) -> datetime:
        return self.record.happened_at


def bedside_entries(records: Iterable[Record]) -> list[ChartedEntry]:
    """All bedside entries that still stand, oldest first."""
    kept = [record for record in records if record.kind is RecordKind.BEDSIDE_ENTRY]
    return [entry_of(record) for record in newest_uncorrected(kept)]


def entry_of(record: Record) -> ChartedEntry:
    return ChartedEntry(record, record.body_as(BedsideBody).entry)


def newest_of(entries: Sequence[ChartedEntry], kind: str) -> ChartedEntry | None:
    """The newest entry of a kind; None when there is none, which says nothing of the patient."""
    return next((found for found in reversed(entries) if found.entry.kind == kind), None)
