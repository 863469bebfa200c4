"""A plan as somebody wrote it down; None means that the plan does not say.

Doses, counts of pieces, percentages and equivalents are whole numbers of 0.0001 (``numbers.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

#: One medicine taken at one time of day: (time, medicine) -> units.
Slots = Mapping[tuple[str, str], int]
#: A day's doses by medicine; a medicine that is not taken is not listed.
Amounts = Mapping[str, int]
#: The doses of each time of day, by medicine.
Times = Mapping[str, Amounts]

#: The one edition of the plan format that is judged here.
SCHEMA = 1
KINDS = frozenset({"stabilise", "crossover", "cut", "keep", "step_back", "restabilise", "stop"})
#: Kinds by which a prescriber may raise the dose.
RAISING_KINDS = frozenset({"step_back", "restabilise"})
#: Where a current dose comes from.
PRESCRIBED, REPORTED, NON_PRESCRIBED = "prescribed", "reported", "non_prescribed"


class PieceRead(NamedTuple):
    product: str
    amount: int


class DoseRead(NamedTuple):
    time: str
    medicine: str
    units: int
    pieces: tuple[PieceRead, ...] | None


class EquivalentsRead(NamedTuple):
    """Diazepam that matches the step's daily dose; ``chosen`` by the named table."""

    low: int | None
    chosen: int | None
    high: int | None


@dataclass(slots=True)
class StepRead:
    """One stretch of days; ``number`` is the plan's own, or the position when it gives none."""

    number: int
    is_numbered: bool
    kind: str
    starts_on: date
    days: int
    says_target: bool
    target_daily: int | None
    daily: Amounts | None
    equivalents: EquivalentsRead | None
    cut_percent_of_current: int | None
    cut_percent_of_start: int | None
    doses: tuple[DoseRead, ...]
    slots: Slots
    """Two rows of the same time and medicine add up, zeros are left out."""
    amounts: Amounts
    times: Times


class WarningRead(NamedTuple):
    code: str
    severity: str
    step: int | None
    message: str

    @property
    def is_signed_for(self) -> bool:
        return self.severity == "sign"

    @property
    def is_caution(self) -> bool:
        """More than information."""
        return self.severity in ("warn", "sign")

    def mentions(self, *words: str) -> bool:
        text = f"{self.code} {self.message}".casefold()
        return any(word.casefold() in text for word in words)


class DispenseRead(NamedTuple):
    product: str
    amount: int
    first_day: date
    last_day: date


class CurrentDoseRead(NamedTuple):
    time: str
    medicine: str
    units: int
    source: str
    as_written: str
    """The medicine's name as the request has it."""


@dataclass(frozen=True, slots=True)
class PatientRead:
    """``answers`` holds every yes/no/not_assessed fact; one that the plan leaves out is not assessed."""

    age_years: int | None
    months_of_use: int | None
    answers: Mapping[str, str]
    other_sedatives: tuple[str, ...] | None
    specialist: str | None
    obstetric_contact: str | None


class SupplyRead(NamedTuple):
    """How the tablets are handed out: ``period_days`` at once (None: step by step), after the ``stock`` on hand."""

    is_asked: bool
    period_days: int | None
    stock: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RequestRead:
    current: tuple[CurrentDoseRead, ...]
    protocol: str | None
    taper_medicine: str | None
    equivalence: str | None
    start_on: date | None
    cut_percent: Fraction | None
    """In per cent, exactly as asked; the other amounts are in units."""
    start_fraction_percent: Fraction | None
    ends_by: date | None
    cut_mg: int | None
    every_days: int | None
    longest_step_days: int | None
    target_daily: int
    times: tuple[str, ...] | None
    split: str | None
    products: tuple[str, ...] | None
    setting: str
    supply: SupplyRead
    patient: PatientRead
    override_reason: str | None

    @property
    def slots(self) -> Slots:
        return slots_of((dose.time, dose.medicine, dose.units) for dose in self.current)


class ProtocolRead(NamedTuple):
    id: str
    version: str | None
    sha256: str | None


class TooFine(NamedTuple):
    """A number finer than 0.0001; it was read rounded down."""

    step: int | None
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanRead:
    schema: int | None
    request: RequestRead | None
    protocol: ProtocolRead | None
    says_equivalence: bool
    equivalence: str | None
    starting_daily: Amounts | None
    starts_on: date | None
    says_first_day_without_drug: bool
    first_day_without_drug: date | None
    steps: tuple[StepRead, ...]
    last_reasons: tuple[str, ...]
    """Why the last step is as it is, in the plan's own words."""
    dispense: tuple[DispenseRead, ...] | None
    warnings: tuple[WarningRead, ...] | None
    changed_on: date | None
    """The day from which an amended plan differs from the one before it; the past keeps its own pace."""
    too_fine: tuple[TooFine, ...]

    def signs_on(self, step: int | None) -> tuple[WarningRead, ...]:
        return tuple(w for w in self.warnings or () if w.severity == "sign" and w.step == step)

    def cautions_on(self, step: int) -> tuple[WarningRead, ...]:
        return tuple(w for w in self.warnings or () if w.step == step and w.is_caution)


def slots_of(doses: Iterable[tuple[str, str, int]]) -> Slots:
    """(time, medicine, units) rows as slots; rows of the same time and medicine add up, zeros are left out."""
    slots: dict[tuple[str, str], int] = {}
    for time, medicine, amount in doses:
        if amount:
            slots[time, medicine] = slots.get((time, medicine), 0) + amount
    return slots


def amounts_of(slots: Slots) -> Amounts:
    """The day's total by medicine."""
    totals: dict[str, int] = {}
    for (_, medicine), amount in slots.items():
        totals[medicine] = totals.get(medicine, 0) + amount
    return totals


def by_time(slots: Slots) -> Times:
    """The doses of each time of day, by medicine."""
    times: dict[str, dict[str, int]] = {}
    for (time, medicine), amount in slots.items():
        times.setdefault(time, {})[medicine] = amount
    return times
