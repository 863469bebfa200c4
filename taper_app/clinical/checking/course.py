"""The plan laid out in days: what is taken when, how long each daily dose lasts, and what any two days apart differ by.

Day 0 is the first day of the plan; before it the starting dose is taken. A step without days is never in force,
except the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from taper_app.clinical.checking.shapes import Amounts, Slots, StepRead, Times, amounts_of, by_time

#: Stands for the time before the plan where a step's place is asked.
BEFORE_THE_PLAN = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Steps in a row with the same daily dose. ``places`` are their places in the plan."""

    steps: tuple[StepRead, ...]
    places: tuple[int, ...]
    days: int
    amounts: Amounts

    @property
    def first_step(self) -> StepRead:
        return self.steps[0]

    @property
    def last_step(self) -> StepRead:
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Course:
    """``start``: what is taken before the plan, by medicine and by time (None: not known).

    ``begins`` holds the first day of each step.
    """

    start_slots: Slots | None
    start_times: Times | None
    start: Amounts | None
    steps: tuple[StepRead, ...]
    begins: tuple[int, ...]

    @classmethod
    def of(cls, steps: tuple[StepRead, ...], start_slots: Slots | None, start: Amounts | None) -> Course:
        day, begins = 0, []
        for step in steps:
            begins.append(day)
            day += step.days
        return cls(
            start_slots=start_slots,
            start_times=by_time(start_slots) if start_slots is not None else None,
            start=amounts_of(start_slots) if start_slots is not None else start,
            steps=steps,
            begins=tuple(begins),
        )

    def amounts_at(self, place: int) -> Amounts | None:
        """The daily dose of a step; before the plan the starting dose, None when that is not known."""
        return self.start if place < 0 else self.steps[place].amounts

    def amounts_before(self, place: int) -> Amounts | None:
        return self.amounts_at(place - 1)

    def slots_before(self, place: int) -> Slots | None:
        return self.steps[place - 1].slots if place else self.start_slots

    def times_before(self, place: int) -> Times | None:
        return self.steps[place - 1].times if place else self.start_times

    def in_force(self) -> Iterator[int]:
        """The places of the steps that are in force on some day."""
        last = len(self.steps) - 1
        return (place for place, step in enumerate(self.steps) if step.days or place == last)

    def runs(self) -> tuple[Run, ...]:
        runs = []
        for _, together in groupby(self.in_force(), key=lambda place: sorted(self.steps[place].amounts.items())):
            places = tuple(together)
            steps = tuple(self.steps[place] for place in places)
            runs.append(Run(steps, places, sum(step.days for step in steps), steps[0].amounts))
        return tuple(runs)

    def pairs(self, days: int) -> Iterator[tuple[int, int]]:
        """(earlier, later): the steps in force on two days that lie so many days apart, each pair once.

        The later day runs over the plan, to the first day of its last step. ``earlier`` may lie before the plan.
        """
        places = list(self.in_force())
        last = places[-1]
        earlier = 0  # in ``places``: the first step that begins after the earlier day
        for place in places:
            first_day = self.begins[place]
            last_day = first_day if place == last else first_day + self.steps[place].days - 1
            while earlier < len(places) and self.begins[places[earlier]] <= first_day - days:
                earlier += 1
            after = earlier
            yield self._earlier(places, after), place
            while after < len(places) and self.begins[places[after]] <= last_day - days:
                after += 1
                yield self._earlier(places, after), place

    def _earlier(self, places: list[int], after: int) -> int:
        return places[after - 1] if after else BEFORE_THE_PLAN
