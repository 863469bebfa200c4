"""A plan as somebody wrote it down. Doses are exact fractions of a milligram; None means that the plan does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

#: Milligrams of one medicine taken at one time of day: (time, medicine) -> mg.
Slots = Mapping[tuple[str, str], Fraction]
#: Milligrams of a day, by medicine; a medicine that is not taken is not listed.
Amounts = Mapping[str, Fraction]

KINDS = ("stabilise", "crossover", "cut", "keep", "step_back", "restabilise", "stop")
#: Kinds by which a prescriber may raise the dose.
RAISING_KINDS = frozenset({"step_back", "restabilise"})


@dataclass(frozen=True, slots=True)
class PieceRead:
    product: str
    count: Fraction


@dataclass(frozen=True, slots=True)
class DoseRead:
    time: str
    medicine: str
    mg: Fraction
    pieces: tuple[PieceRead, ...] | None


@dataclass(frozen=True, slots=True)
class EquivalentsRead:
    """Milligrams of diazepam that match the step's daily dose; ``chosen`` by the named table."""

    low: Fraction | None
    chosen: Fraction | None
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class StepRead:
    """One stretch of days; ``number`` is the plan's own, or the position when it gives none."""

    number: int
    is_numbered: bool
    kind: str
    starts_on: date
    days: int
    says_target: bool
    target_daily_mg: Fraction | None
    daily_mg: Amounts | None
    equivalents: EquivalentsRead | None
    cut_percent_of_current: Fraction | None
    cut_percent_of_start: Fraction | None
    doses: tuple[DoseRead, ...]

    @property
    def slots(self) -> Slots:
        """The doses by time and medicine; two rows of the same time and medicine add up, zeros are left out."""
        slots: dict[tuple[str, str], Fraction] = {}
        for dose in self.doses:
            if dose.mg:
                key = (dose.time, dose.medicine)
                slots[key] = slots.get(key, Fraction(0)) + dose.mg
        return slots

    @property
    def amounts(self) -> Amounts:
        return amounts_of(self.slots)


@dataclass(frozen=True, slots=True)
class WarningRead:
    code: str
    severity: str
    step: int | None
    message: str

    @property
    def is_signed_for(self) -> bool:
        return self.severity == "sign"

    def mentions(self, *words: str) -> bool:
        text = f"{self.code} {self.message}".casefold()
        return any(word.casefold() in text for word in words)


@dataclass(frozen=True, slots=True)
class DispenseRead:
    product: str
    count: Fraction
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class CurrentDoseRead:
    time: str
    medicine: str
    mg: Fraction


@dataclass(frozen=True, slots=True)
class PatientRead:
    """``answers`` holds every yes/no/not_assessed fact; one that the plan leaves out is not assessed."""

    age_years: int | None
    months_of_use: int | None
    answers: Mapping[str, str]
    other_sedatives: tuple[str, ...] | None
    specialist: str | None
    obstetric_contact: str | None


@dataclass(frozen=True, slots=True)
class RequestRead:
    current: tuple[CurrentDoseRead, ...]
    protocol: str | None
    taper_medicine: str | None
    equivalence: str | None
    start_on: date | None
    cut_percent: Fraction | None
    cut_mg: Fraction | None
    every_days: int | None
    longest_step_days: int | None
    target_daily_mg: Fraction
    times: tuple[str, ...] | None
    split: str | None
    products: tuple[str, ...] | None
    setting: str
    patient: PatientRead
    override_reason: str | None

    @property
    def slots(self) -> Slots:
        slots: dict[tuple[str, str], Fraction] = {}
        for dose in self.current:
            key = (dose.time, dose.medicine)
            slots[key] = slots.get(key, Fraction(0)) + dose.mg
        return {key: mg for key, mg in slots.items() if mg}


@dataclass(frozen=True, slots=True)
class ProtocolRead:
    id: str
    version: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class PlanRead:
    request: RequestRead | None
    protocol: ProtocolRead | None
    says_equivalence: bool
    equivalence: str | None
    starting_daily_mg: Amounts | None
    starts_on: date | None
    says_first_day_without_drug: bool
    first_day_without_drug: date | None
    steps: tuple[StepRead, ...]
    dispense: tuple[DispenseRead, ...] | None
    warnings: tuple[WarningRead, ...] | None
    changed_on: date | None
    """The day from which an amended plan differs from the one before it; the past keeps its own pace."""

    def signs_on(self, step: int | None) -> tuple[WarningRead, ...]:
        return tuple(w for w in self.warnings or () if w.is_signed_for and w.step == step)

    def cautions_on(self, step: int) -> tuple[WarningRead, ...]:
        """Warnings of a step that are more than information."""
        return tuple(w for w in self.warnings or () if w.severity in ("warn", "sign") and w.step == step)


def amounts_of(slots: Slots) -> Amounts:
    """The day's total by medicine."""
    totals: dict[str, Fraction] = {}
    for (_, medicine), mg in slots.items():
        totals[medicine] = totals.get(medicine, Fraction(0)) + mg
    return totals


def by_time(slots: Slots) -> dict[str, dict[str, Fraction]]:
    """The doses of each time of day, by medicine."""
    times: dict[str, dict[str, Fraction]] = {}
    for (time, medicine), mg in slots.items():
        times.setdefault(time, {})[medicine] = mg
    return times
