"""The sequence of daily doses: of all allowed plans the one that ends soonest.

A cut from a to a makeable b is allowed when it is no bigger than asked; when none is makeable, the smallest
makeable cut is. The dose a is given at least ``every_days``, and at least as long as the pace itself takes to
b; only a pace without an end (percent of the current dose) is bounded by ``longest_step_days``. On ties the
plan with fewer steps, then the lower dose at the first difference.

Doses here are whole tenth_mcg of the tapered medicine. The search first looks at daily doses alone and then
finds the times of day along the best sequence; only when a time of day cannot follow does it search over
the day's doses themselves, which is slower and always exact.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from taper_app.clinical.planning.pace import AskedPace
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter

StateT = TypeVar("StateT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PathRules:
    """What a sequence is held to. ``target`` is 0 for a stop, else the dose to stay on."""

    pace: AskedPace
    longest_step_days: int
    target: int
    smallest: int
    stop_allowed_up_to: Fraction

    def days_before(self, dose: int, lower: Fraction) -> int:
        """How long ``dose`` is given before ``lower``."""
        days = max(self.pace.least_days(dose), self.pace.days_needed(dose, lower))
        return min(days, self.longest_step_days) if self.pace.has_no_end else days

    def was_bounded(self, dose: int, lower: Fraction) -> bool:
        """Whether the longest step cut the pace's own time short."""
        return self.pace.has_no_end and self.pace.days_needed(dose, lower) > self.longest_step_days

    def may_stop_after(self, dose: int) -> bool:
        return self.target == 0 and (dose == self.smallest or dose <= self.stop_allowed_up_to)

    def choose(self, dose: int, below: Sequence[int]) -> Sequence[int]:
        """Of the makeable doses below ``dose`` (ascending) those that a cut may reach."""
        asked = max(self.pace.lowest_after(dose), Fraction(self.target))
        window = below[bisect_left(below, asked) :]
        if window:
            return window
        fallback = [lower for lower in below if lower >= max(self.target, 1)]
        return fallback[-1:]


@dataclass(frozen=True, slots=True)
class Given:
    """One dose of the sequence: the day's doses, and for how many days (0: no planned end)."""

    doses: DayDoses
    days: int

    @property
    def daily(self) -> int:
        return sum(self.doses)


class NoPath(Exception):
    """No sequence of makeable doses leads to the end. ``stuck_at`` is the lowest daily dose that was reached."""

    def __init__(self, stuck_at: int) -> None:
        self.stuck_at = stuck_at
        super().__init__(f"stuck at {stuck_at}")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a sequence begins. ``doses`` are those now taken at the plan's times, None when the times change
    with the first step. ``is_first_step``: the start is itself a step that has to last its time (the last
    slot of a cross-over); otherwise the dose counts as given long enough and the first cut comes at once.
    ``may_end``: the start may be the last dose (a step of a plan that was amended); otherwise the end comes
    straight after the start only when nothing lower can be made.
    """

    doses: DayDoses | None
    daily: int
    times: int
    is_first_step: bool = False
    may_end: bool = False


def find_path(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[Given]:
    """The doses after the start, in order, ending at the last one before the stop or at the target.

    Empty when the start itself is the last dose. ``daily`` are all daily doses the products make, ascending.
    Raises NoPath.
    """

    def by_daily_dose(dose: int) -> list[tuple[int, int]]:
        return [(lower, lower) for lower in rules.choose(dose, daily[: bisect_left(daily, dose)])]

    sequence = _best_states(start.daily, by_daily_dose, start, rules, lambda dose: dose)
    split = _split_along(start, sequence, splitter)
    return _with_days(_search_day_doses(start, daily, splitter, rules) if split is None else split, rules)


def days_of_start(start: Start, given: Sequence[Given], rules: PathRules) -> int:
    """How long the start itself is given when it is a step of its own (rule 2); 0 when no cut follows."""
    if not given and rules.target:
        return 0
    lower = Fraction(given[0].daily) if given else rules.pace.stop_needs_until(start.daily)
    return rules.days_before(start.daily, lower)


def _split_along(start: Start, sequence: Iterable[int], splitter: SlotSplitter) -> list[DayDoses] | None:
    before, found = start.doses, []
    for daily in sequence:
        doses = splitter.first_split(daily, start.times) if before is None else splitter.split(daily, before)
        if doses is None:
            return None
        found.append(doses)
        before = doses
    return found


def _search_day_doses(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[DayDoses]:
    """The exact search, over the day's doses at each time."""

    def successors(state: tuple[int, DayDoses | None]) -> list[tuple[int, tuple[int, DayDoses | None]]]:
        dose, before = state
        feasible: dict[int, DayDoses] = {}
        for lower in reversed(daily[: bisect_left(daily, dose)]):
            doses = splitter.first_split(lower, start.times) if before is None else splitter.split(lower, before)
            if doses is not None:
                feasible[lower] = doses
                if lower < rules.pace.lowest_after(dose):
                    break
        return [(lower, (lower, feasible[lower])) for lower in rules.choose(dose, sorted(feasible))]

    states = _best_states((start.daily, start.doses), successors, start, rules, lambda state: state[0])
    return [doses for _, doses in states if doses is not None]


def _best_states(
    first: StateT,
    successors: Callable[[StateT], list[tuple[int, StateT]]],
    start: Start,
    rules: PathRules,
    dose_of: Callable[[StateT], int],
) -> list[StateT]:
    """Dijkstra's search by (days, steps, doses in order): the first end that is taken up is the best one."""
    queue: list[tuple[int, int, tuple[int, ...], int, tuple[StateT, ...], bool]] = [(0, 0, (), 0, (first,), False)]
    done: set[StateT] = set()
    nearest: dict[StateT, tuple[int, int]] = {}
    pushed, lowest = 0, dose_of(first)
    while queue:
        days, steps, doses, _, states, is_end = heapq.heappop(queue)
        state = states[-1]
        if is_end:
            return list(states[1:])
        if state in done:
            continue
        done.add(state)
        dose = dose_of(state)
        lowest = min(lowest, dose)
        counts = start.is_first_step or len(states) > 1
        lower_doses = successors(state)
        may_end = counts or start.may_end or not lower_doses
        if may_end and (rules.may_stop_after(dose) or (rules.target and dose == rules.target)):
            pushed += 1
            waiting = rules.days_before(dose, rules.pace.stop_needs_until(dose)) if counts and not rules.target else 0
            heapq.heappush(queue, (days + waiting, steps + 1, doses, pushed, states, True))
        for lower, following in lower_doses:
            waiting = rules.days_before(dose, Fraction(lower)) if counts else 0
            reached = (days + waiting, steps + 1)
            if following in done or reached > nearest.get(following, reached):
                continue
            nearest[following] = reached
            pushed += 1
            heapq.heappush(queue, (*reached, (*doses, lower), pushed, (*states, following), False))
    raise NoPath(lowest)


def _with_days(split: Sequence[DayDoses], rules: PathRules) -> list[Given]:
    """How long each dose is given, from what comes after it."""
    given = []
    for index, doses in enumerate(split):
        dose = sum(doses)
        if index + 1 < len(split):
            days = rules.days_before(dose, Fraction(sum(split[index + 1])))
        elif rules.target:
            days = 0
        else:
            days = rules.days_before(dose, rules.pace.stop_needs_until(dose))
        given.append(Given(doses, days))
    return given
