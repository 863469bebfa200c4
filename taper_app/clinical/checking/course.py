"""The plan laid out day by day: what is taken on each calendar day, and how long each daily dose lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from taper_app.clinical.checking.shapes import Amounts, Slots, StepRead, amounts_of


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row with the same daily dose. ``days`` of the last run counts only days that the plan gives."""

    steps: tuple[StepRead, ...]
    first_day: int
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
    """Day 0 is the first day of the plan; before it the current use is taken (None: not known).

    ``steps_by_day`` holds the step in force on each day and ends with the first day of the last step.
    """

    start_slots: Slots | None
    start: Amounts | None
    steps: tuple[StepRead, ...]
    steps_by_day: tuple[int, ...]
    _amounts: tuple[Amounts, ...]

    @classmethod
    def of(cls, steps: tuple[StepRead, ...], start_slots: Slots | None, start: Amounts | None) -> Course:
        by_day = [index for index, step in enumerate(steps[:-1]) for _ in range(step.days)]
        return cls(
            start_slots=start_slots,
            start=amounts_of(start_slots) if start_slots is not None else start,
            steps=steps,
            steps_by_day=(*by_day, len(steps) - 1),
            _amounts=tuple(step.amounts for step in steps),
        )

    @property
    def last_day(self) -> int:
        return len(self.steps_by_day) - 1

    def amounts_on(self, day: int) -> Amounts | None:
        """The day's dose by medicine; before the plan the current use, None when that is not known."""
        return self.start if day < 0 else self._amounts[self.steps_by_day[day]]

    def step_on(self, day: int) -> StepRead:
        return self.steps[self.steps_by_day[day]]

    def amounts_before(self, index: int) -> Amounts | None:
        return self._amounts[index - 1] if index else self.start

    def slots_before(self, index: int) -> Slots | None:
        return self.steps[index - 1].slots if index else self.start_slots

    def runs(self) -> tuple[Run, ...]:
        return tuple(self._each_run())

    def _each_run(self) -> Iterator[Run]:
        days = groupby(range(len(self.steps_by_day)), key=lambda day: sorted((self.amounts_on(day) or {}).items()))
        for _, together in days:
            these = tuple(together)
            indices = sorted({self.steps_by_day[day] for day in these})
            yield Run(
                steps=tuple(self.steps[index] for index in indices),
                first_day=these[0],
                days=len(these)
                - (these[-1] == self.last_day)
                + (self.steps[-1].days if these[-1] == self.last_day else 0),
                amounts=self._amounts[indices[0]],
            )
