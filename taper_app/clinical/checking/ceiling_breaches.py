"""Falls above a ceiling, found in exact fractions: for every two days that lie so far apart, what is taken on them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import Exact, exact_units
from taper_app.clinical.checking.shapes import Amounts, StepRead
from taper_app.clinical.checking.wording import day_dose, percent
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import plain


@dataclass(frozen=True, slots=True)
class Breach:
    """The largest fall in one step. ``above_end_zone``: on some day the dose before the fall lay above it."""

    step: StepRead
    fall_percent: Fraction
    before: Amounts
    after: Amounts
    above_end_zone: bool
    as_asked: bool
    """The step's own cut is no bigger than the pace asks."""

    def sentence(self, ceiling: Ceiling) -> str:
        return (
            f"Within {ceiling.in_days} days the dose falls from {day_dose(self.before)} to {day_dose(self.after)},"
            f" {percent(self.fall_percent)}; the ceiling is {plain(ceiling.percent)} %."
        )


def breaches_of(case: Case, ceiling: Ceiling) -> tuple[Breach, ...]:
    """The worst day of each step whose fall is above the ceiling; exactly at it is none."""
    worst: dict[int, Breach] = {}
    most = Fraction(ceiling.percent)
    for earlier, later in case.course.pairs(ceiling.in_days):
        before, after = case.course.amounts_at(earlier), case.course.steps[later].amounts
        if before is None:
            continue
        pair = case.equivalents.comparable(before, after)
        if pair is None or not is_above(pair, most):
            continue
        breach = Breach(
            step=case.course.steps[later],
            fall_percent=fall_percent(*pair),
            before=before,
            after=after,
            above_end_zone=is_above_end_zone(case, before),
            as_asked=_is_as_asked(case, later),
        )
        known = worst.get(breach.step.number)
        worst[breach.step.number] = breach if known is None else _worse(known, breach)
    return tuple(worst.values())


def is_above(pair: tuple[Exact, Exact], most_percent: Fraction) -> bool:
    """Whether the second amount lies more than so many per cent below the first."""
    earlier, now = pair
    return (earlier - now) * 100 * most_percent.denominator > most_percent.numerator * earlier


def fall_percent(earlier: Exact, now: Exact) -> Fraction:
    return Fraction(earlier - now) * 100 / earlier


def is_above_end_zone(case: Case, amounts: Amounts) -> bool:
    """The end zone is the printed low-dose band of the one medicine, otherwise a diazepam dose by the highest table."""
    if len(amounts) == 1:
        ((medicine, dose),) = amounts.items()
        entry = case.protocols.medicines.get(medicine)
        if entry is not None and entry.dose_bands is not None:
            return dose > exact_units(entry.dose_bands.low_up_to_mg)
    high = case.equivalents.high(amounts)
    return high is None or high > exact_units(case.limits.end_zone_otherwise_diazepam_mg.mg)


def _worse(one: Breach, other: Breach) -> Breach:
    larger = one if one.fall_percent >= other.fall_percent else other
    return Breach(
        step=larger.step,
        fall_percent=larger.fall_percent,
        before=larger.before,
        after=larger.after,
        above_end_zone=one.above_end_zone or other.above_end_zone,
        as_asked=one.as_asked,
    )


def _is_as_asked(case: Case, place: int) -> bool:
    """Whether the step's own cut is no bigger than the pace asks, whatever was cut in the days before it."""
    before, after = case.course.amounts_before(place), case.course.steps[place].amounts
    pace = case.pace_from(before, place) if before else None
    if not before or pace is None or after.keys() - before.keys():
        return False
    ((_, dose),) = before.items()
    return not pace.is_bigger_than_asked(dose, sum(after.values()))
