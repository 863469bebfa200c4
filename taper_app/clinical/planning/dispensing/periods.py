"""The stretches of days that are counted together: the steps themselves, or pick-ups one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from taper_app.clinical.planning.answer import Step
from taper_app.clinical.planning.request import PlanRequest


class Period(NamedTuple):
    """From one day to another, both included."""

    first: date
    last: date


def asks_for_supply(request: PlanRequest) -> bool:
    """Whether the request says anything about how the tablets are handed out."""
    return request.pick_up is not None or request.max_supply_days is not None or request.stock is not None


def most_days_at_once(request: PlanRequest) -> int | None:
    """The length of a pick-up period; None when each step is counted by itself."""
    pick_up_days = request.pick_up.days if request.pick_up is not None else None
    asked = [days for days in (pick_up_days, request.max_supply_days) if days is not None]
    return min(asked, default=None)


def periods_of(request: PlanRequest, steps: Sequence[Step]) -> Iterator[Period]:
    """In order, from the first day to the last one that has an end."""
    days = most_days_at_once(request)
    if days is None:
        for step in steps:
            if step.ends_on is not None:
                yield Period(step.starts_on, step.ends_on)
        return
    last_day = max((step.ends_on for step in steps if step.ends_on is not None), default=None)
    first = steps[0].starts_on
    while last_day is not None and first <= last_day:
        last = min(first + timedelta(days=days - 1), last_day)
        yield Period(first, last)
        first = last + timedelta(days=1)
