"""The falls of a plan: each step in which a medicine's daily dose is lower than before, and at which times of day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from taper_app.clinical.kinetics.taken import DayOfDoses, doses_before, doses_of, medicines_of
from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.protocol.library import Protocols


@dataclass(frozen=True, slots=True)
class Fall:
    """One medicine's fall in one step.

    ``less_at_hours``: for each time of day that changes, hours after the first lower dose and the milligrams less
    (below zero where a dose that is no longer taken was merged into another).
    """

    step: Step
    medicine: str
    mg_before: Decimal
    mg_after: Decimal
    first_lower_dose: datetime
    less_at_hours: tuple[tuple[float, float], ...]

    def hours_later(self, hours: float) -> datetime:
        """Local clock time so many hours after the first lower dose."""
        return self.first_lower_dose + timedelta(hours=hours)


def falls_of(plan: Plan, protocols: Protocols) -> Iterator[Fall]:
    """In the order of the plan."""
    for medicine in medicines_of(plan):
        daily = plan.starting_daily_mg.get(medicine, Decimal(0))
        doses = doses_before(plan, medicine, protocols)
        for step in plan.steps:
            now, doses_now = step.daily_of(medicine), doses_of(step, medicine)
            if now < daily:
                yield _fall(step, medicine, (daily, now), (doses, doses_now))
            daily, doses = now, doses_now


def _fall(step: Step, medicine: str, daily: tuple[Decimal, Decimal], doses: tuple[DayOfDoses, DayOfDoses]) -> Fall:
    before, after = doses
    less = {minute: before.get(minute, 0.0) - after.get(minute, 0.0) for minute in sorted({*before, *after})}
    first = next(minute for minute, mg in less.items() if mg > 0)
    return Fall(
        step=step,
        medicine=medicine,
        mg_before=daily[0],
        mg_after=daily[1],
        first_lower_dose=datetime.combine(step.starts_on, time(0)) + timedelta(minutes=first),
        less_at_hours=tuple(((minute - first) / 60, mg) for minute, mg in less.items() if mg),
    )
