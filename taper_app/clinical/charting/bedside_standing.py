"""What the bedside entries say together: fluids of a day, a finished work-up, signatures and differences still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.bedside import ChartedEntry
from taper_app.clinical.charting.bedside_history import LastUse
from taper_app.clinical.charting.bedside_measures import IntakeOutput, Sleep
from taper_app.clinical.charting.bedside_safety import SeizureWorkup
from taper_app.clinical.charting.bedside_witnessed import (
    ControlledDrugCount,
    DifferenceSettled,
    DoubleCheck,
    SecondSignature,
)
from taper_app.clinical.records import RecordId

#: The substance whose hours a rule counts, as the bedside file names it.
ALCOHOL = "alcohol"


@dataclass(frozen=True, slots=True)
class Fluids:
    """mL that were measured in a stretch of time, and how many entries had no volume."""

    in_ml: int
    out_ml: int
    in_not_measured: int
    out_not_measured: int


def fluids(entries: Iterable[ChartedEntry], since: datetime) -> Fluids:
    """What was charted after a moment. Nothing charted is not nothing drunk: it says only what was measured."""
    found = [
        charted.entry
        for charted in entries
        if isinstance(charted.entry, IntakeOutput) and charted.entry.what is not None and charted.at > since
    ]
    went_in = [entry.ml for entry in found if entry.goes_in]
    came_out = [entry.ml for entry in found if not entry.goes_in]
    return Fluids(
        in_ml=sum(ml for ml in went_in if ml is not None),
        out_ml=sum(ml for ml in came_out if ml is not None),
        in_not_measured=went_in.count(None),
        out_not_measured=came_out.count(None),
    )


def workup_complete(entries: Iterable[ChartedEntry], seizure_at: datetime | None, items: Sequence[str]) -> Answer:
    """Whether the work-up after a seizure is finished: of each item the newest word since then.

    No as soon as one item is said not to be done; yes only when every one is done or does not apply; otherwise
    nobody has said.
    """
    if seizure_at is None:
        return Answer.NOT_ASSESSED
    said: dict[str, str] = {}
    for charted in entries:
        if isinstance(charted.entry, SeizureWorkup) and charted.at >= seizure_at:
            said.update(charted.entry.items)
    if any(said.get(item) == "not_done" for item in items):
        return Answer.NO
    return Answer.YES if all(item in said for item in items) else Answer.NOT_ASSESSED


def last_used_at(entries: Iterable[ChartedEntry], substance: str) -> datetime | None:
    """The exact moment that the newest entry about a substance gives; None when it gives none."""
    told = [
        charted.entry
        for charted in entries
        if isinstance(charted.entry, LastUse) and charted.entry.substance.casefold() == substance
    ]
    return told[-1].used_at if told else None


def newest_last_use(entries: Iterable[ChartedEntry]) -> list[ChartedEntry]:
    """Of each substance the newest word."""
    newest: dict[str, ChartedEntry] = {}
    for charted in entries:
        if isinstance(charted.entry, LastUse):
            newest[charted.entry.substance.casefold()] = charted
    return list(newest.values())


@dataclass(frozen=True, slots=True)
class Night:
    """Hours slept in one night; None where nobody charted them."""

    to: date
    observed: Decimal | None
    told_by_patient: Decimal | None


def nights(entries: Iterable[ChartedEntry], told: Mapping[date, Decimal]) -> list[Night]:
    """Every night of which something is known, oldest first. ``told``: hours out of CIWA-B, by day of the set."""
    observed: dict[date, Decimal] = {}
    by_patient: dict[date, Decimal] = dict(told)
    for charted in entries:
        if isinstance(charted.entry, Sleep):
            by = observed if charted.entry.told_by == "observed" else by_patient
            by[charted.entry.night_to] = charted.entry.hours
    days = sorted({*observed, *by_patient})
    return [Night(day, observed.get(day), by_patient.get(day)) for day in days]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A count or a check with what the second person said of it."""

    charted: ChartedEntry
    work: ControlledDrugCount | DoubleCheck
    signed: ChartedEntry | None
    settled: ChartedEntry | None

    @property
    def agrees(self) -> bool | None:
        """The second person's own word; None while it is awaited."""
        return self.signed.entry.agrees if self.signed and isinstance(self.signed.entry, SecondSignature) else None

    @property
    def is_open(self) -> bool:
        """The signature is awaited, or something differs that nobody has settled."""
        return self.agrees is None or (self.differs and self.settled is None)

    @property
    def differs(self) -> bool:
        counted_wrong = isinstance(self.work, ControlledDrugCount) and self.work.difference != 0
        return counted_wrong or self.agrees is False


def witnessed(entries: Sequence[ChartedEntry]) -> list[Witnessed]:
    """Every count and check, oldest first."""
    signed = {charted.entry.of: charted for charted in entries if isinstance(charted.entry, SecondSignature)}
    settled = {charted.entry.of: charted for charted in entries if isinstance(charted.entry, DifferenceSettled)}
    return [
        Witnessed(charted, charted.entry, signed.get(charted.id), settled.get(charted.id))
        for charted in entries
        if isinstance(charted.entry, (ControlledDrugCount, DoubleCheck))
    ]


def witnessed_by_id(entries: Sequence[ChartedEntry], record_id: RecordId) -> Witnessed | None:
    return next((found for found in witnessed(entries) if found.charted.id == record_id), None)
