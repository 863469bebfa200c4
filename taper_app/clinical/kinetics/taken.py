"""What a plan has a patient take of one medicine: milligrams by day and by time of day.

Days are local days of 24 hours, as the plan writes them: dates and clock times, without a zone. So the same plan has
the same curve everywhere, and a curve lies on the same axis as the plan's doses. In the night in which clocks change
one interval between two doses is an hour shorter or longer than drawn; that hour is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.protocol.library import Protocols

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Taken:
    """``days[i][j]`` mg on the i-th day at ``minutes[j]`` after midnight; ``before[j]`` on every day before the first.

    Milligrams are floats here: levels are a picture, and no dose is worked out from them.
    """

    medicine: str
    first_day: date
    minutes: tuple[int, ...]
    before: tuple[float, ...]
    days: tuple[tuple[float, ...], ...]


#: mg by minute of the day.
DayOfDoses = dict[int, float]


def taken(plan: Plan, medicine: str, protocols: Protocols, first_day: date, last_day: date) -> Taken:
    """From ``first_day`` to ``last_day``, both included. Days before the plan have the doses that it began from.

    Those are taken to have been the same for long enough that the level is steady.
    """
    before = doses_before(plan, medicine, protocols)
    days = tuple(_by_day(plan, medicine, before, first_day, last_day))
    minutes = tuple(sorted({minute for day in (before, *days) for minute in day}))
    return Taken(
        medicine=medicine,
        first_day=first_day,
        minutes=minutes,
        before=_row(before, minutes),
        days=tuple(_row(day, minutes) for day in days),
    )


def doses_before(plan: Plan, medicine: str, protocols: Protocols) -> DayOfDoses:
    """What is taken of a medicine before the plan, on each day."""
    doses: DayOfDoses = {}
    for line in plan.request.current:
        found = protocols.medicine_named(line.drug)
        if found is not None and found.id == medicine:
            _add(doses, line.time, float(line.mg))
    return doses


def doses_of(step: Step, medicine: str) -> DayOfDoses:
    """What a step gives of a medicine on each of its days."""
    doses: DayOfDoses = {}
    for dose in step.doses:
        if dose.drug == medicine:
            _add(doses, dose.time, float(dose.mg))
    return doses


def medicines_of(plan: Plan) -> tuple[str, ...]:
    """Every medicine that is taken before or during the plan, in the order of the first dose."""
    during = (drug for step in plan.steps for drug, mg in step.daily_mg.items() if mg)
    return tuple(dict.fromkeys((*plan.starting_daily_mg, *during)))


def _add(doses: DayOfDoses, time: str, mg: float) -> None:
    hours, minutes = time.split(":")
    minute = int(hours) * 60 + int(minutes)
    doses[minute] = doses.get(minute, 0.0) + mg


def _by_day(plan: Plan, medicine: str, before: DayOfDoses, first: date, last: date) -> Iterator[DayOfDoses]:
    """One day after the other; a step goes on until the next one begins."""
    steps = list(plan.steps)
    doses, position = before, 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        while position < len(steps) and steps[position].starts_on <= day:
            doses = doses_of(steps[position], medicine)
            position += 1
        yield doses


def _row(doses: DayOfDoses, minutes: Sequence[int]) -> tuple[float, ...]:
    return tuple(doses.get(minute, 0.0) for minute in minutes)
