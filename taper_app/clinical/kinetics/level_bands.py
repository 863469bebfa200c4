"""The levels that a plan makes: a band for each medicine and active metabolite, over the ranges its file prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from taper_app.clinical.kinetics.level_words import figures_used, reference_words, why_no_level
from taper_app.clinical.kinetics.samples import sampled_chains
from taper_app.clinical.kinetics.superposition import band_of
from taper_app.clinical.kinetics.taken import MINUTES_A_DAY, medicines_of, taken
from taper_app.clinical.kinetics.total_level import TotalLevel, total_level
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols

if TYPE_CHECKING:
    from taper_app.clinical.kinetics.superposition import Floats

PARENT, METABOLITE = "parent", "active metabolite"
HOURLY = 60


@dataclass(frozen=True, slots=True, eq=False)
class LevelBand:
    """Least and greatest level of one substance, in percent of ``reference_daily_mg``'s mean level at steady state.

    Over the half-lives and times to the peak of the medicine's file; a range of what is possible, not a probability,
    and no curve inside it is likelier than another.
    """

    medicine: str
    substance: str
    reference_daily_mg: Decimal
    low_percent: Floats
    high_percent: Floats
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoLevel:
    """A medicine without a curve, and why in a sentence."""

    medicine: str
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class PlanLevels:
    """All bands on one axis of times. ``total`` stands where medicines are taken together or one after the other."""

    first_day: date
    last_day: date
    every_minutes: int | None
    bands: tuple[LevelBand, ...]
    missing: tuple[NoLevel, ...]
    total: TotalLevel | None

    def times(self) -> tuple[datetime, ...]:
        """Local clock times without a zone, one for each value of a band; noon for the mean of a day."""
        start = datetime.combine(self.first_day, time(0))
        days = (self.last_day - self.first_day).days + 1
        if self.every_minutes is None:
            return tuple(start + timedelta(days=day, hours=12) for day in range(days))
        count = days * MINUTES_A_DAY // self.every_minutes
        return tuple(start + timedelta(minutes=number * self.every_minutes) for number in range(count))


def plan_levels(
    plan: Plan, protocols: Protocols, *, first_day: date, last_day: date, every_minutes: int | None = HOURLY
) -> PlanLevels:
    """From the midnight that begins ``first_day`` to the one that ends ``last_day``.

    ``every_minutes`` divides a day; None gives each day's mean in place of its hours.
    Raises ValueError for days in the wrong order or a resolution that does not divide a day.
    """
    if last_day < first_day:
        raise ValueError("The last day of a curve is not before its first.")
    if every_minutes is not None and (every_minutes < 1 or MINUTES_A_DAY % every_minutes):
        raise ValueError(f"{every_minutes} minutes do not divide a day.")
    bands: list[LevelBand] = []
    missing: list[NoLevel] = []
    for medicine in medicines_of(plan):
        why = why_no_level(plan, medicine, protocols)
        if why is None:
            bands.extend(_bands(plan, medicine, protocols, (first_day, last_day), every_minutes))
        else:
            missing.append(NoLevel(medicine, f"No level is drawn for {medicine}: {why}."))
    return PlanLevels(
        first_day=first_day,
        last_day=last_day,
        every_minutes=every_minutes,
        bands=tuple(bands),
        missing=tuple(missing),
        total=None if missing else total_level(plan, protocols, bands),
    )


def _bands(
    plan: Plan, name: str, protocols: Protocols, days: tuple[date, date], every_minutes: int | None
) -> Iterator[LevelBand]:
    """One for the parent, one for the metabolite that acts."""
    medicine = protocols.medicines[name]
    doses = taken(plan, name, protocols, *days)
    reference, is_taken_before = _reference(plan, name)
    words = (
        reference_words(medicine, reference, is_taken_before=is_taken_before),
        *figures_used(medicine, protocols),
    )
    times = None if every_minutes is None else _clock(every_minutes)
    sampled = sampled_chains(medicine)
    for substance, chains in ((PARENT, sampled.parent), (METABOLITE, sampled.metabolite)):
        if chains:
            low, high = band_of(chains, doses, times)
            scale = 100 / float(reference)
            yield LevelBand(name, substance, reference, low.ravel() * scale, high.ravel() * scale, words)


def _reference(plan: Plan, medicine: str) -> tuple[Decimal, bool]:
    """The daily dose whose level is 100 %, and whether it is taken before the plan."""
    before = plan.starting_daily_mg.get(medicine)
    if before:
        return before, True
    return max(step.daily_of(medicine) for step in plan.steps), False


def _clock(every_minutes: int) -> Floats:
    import numpy as np

    return np.arange(0, MINUTES_A_DAY, every_minutes) / 60.0
