"""The exact search over the day's doses, for when the times of day cannot follow the best daily doses.

From a day's doses a cut is allowed when the slots rule finds doses for it; when it finds none within the asked, the
smallest cut for which it does. This is a best-first search (A*). What remains to the end is bounded from below by
the daily doses alone, where every gap between two makeable doses may be jumped as well: from makeable doses some
time of day can always give up one such gap, so that no smallest cut is larger.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import accumulate, pairwise
from typing import NamedTuple

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.path import NoPath, PathRules, Start
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.planning.tails import Tails

#: Behind everything that leads to the end, so that it is looked at last and only to say where the search got stuck.
_LEADS_NOWHERE = 10**30


class _Candidate(NamedTuple):
    """A sequence that may be the best one; the smaller comes first.

    ``bound`` is its cost and at least what is to come, ``daily`` the daily doses so far, of which the last one is
    not yet split over the times of day; ``split`` the doses at each time before it. An end has nothing left to split.
    """

    bound: int
    daily: tuple[int, ...]
    is_end: bool
    cost: int
    split: tuple[DayDoses, ...]


def search_day_doses(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[DayDoses]:
    """The day's doses after the start, in order. ``daily`` are the doses below the start. Raises NoPath."""
    return _DaySearch(start, daily, splitter, rules).best()


class _DaySearch:
    def __init__(self, start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> None:
        self._start = start
        self._daily = daily
        self._splitter = splitter
        self._rules = rules
        self._tails = Tails(daily, rules, also_down_to=_less_one_gap(splitter.makeable))
        self._queue: list[_Candidate] = []
        self._splits: dict[tuple[int, DayDoses | None], DayDoses | None] = {}
        self._days_before: dict[tuple[int, int], int] = {}

    def best(self) -> list[DayDoses]:
        """The first end that is taken up is the best one."""
        lowest = self._start.daily
        self._go_on(self._start.doses, _Candidate(0, (), False, 0, ()))
        done: set[DayDoses] = set()
        while self._queue:
            candidate = heappop(self._queue)
            if candidate.is_end:
                return list(candidate.split)
            before = candidate.split[-1] if candidate.split else self._start.doses
            doses = self._split(candidate.daily[-1], before)
            if doses is None or doses in done:
                continue
            done.add(doses)
            lowest = min(lowest, candidate.daily[-1])
            self._go_on(doses, candidate._replace(split=(*candidate.split, doses)))
        raise NoPath(lowest)

    def _go_on(self, doses: DayDoses | None, so_far: _Candidate) -> None:
        """Queue what may follow: each lower daily dose that may be reached, and the end."""
        is_start = not so_far.daily
        dose = self._start.daily if is_start else so_far.daily[-1]
        is_timed = self._start.is_first_step or not is_start
        lower = list(self._reached_from(dose, doses))
        for position in lower:
            days = self._days(dose, position) if is_timed else 0
            self._queue_lower(so_far, position, so_far.cost + self._tails.of(days, 1))
        if self._rules.may_be_last(dose) and (is_timed or self._start.may_end or not lower):
            days = self._rules.days_before_stop(dose) if is_timed else 0
            cost = so_far.cost + self._tails.of(days, 1)
            heappush(self._queue, _Candidate(cost, so_far.daily, True, cost, so_far.split))

    def _queue_lower(self, so_far: _Candidate, position: int, cost: int) -> None:
        remaining = self._tails.cost(position)
        bound = cost + (_LEADS_NOWHERE if remaining is None else remaining)
        heappush(self._queue, _Candidate(bound, (*so_far.daily, self._daily[position]), False, cost, so_far.split))

    def _reached_from(self, dose: int, doses: DayDoses | None) -> Iterator[int]:
        """Positions of the doses within the asked, when one of them can be split; else the next lower that can."""
        below = bisect_left(self._daily, dose)
        within = range(bisect_left(self._daily, self._rules.lowest_within_asked(dose)), below)
        if any(self._split(self._daily[position], doses) for position in within):
            yield from within
            return
        for position in range(min(below, within.start) - 1, -1, -1):
            if self._split(self._daily[position], doses):
                yield position
                return

    def _days(self, dose: int, position: int) -> int:
        if (dose, position) not in self._days_before:
            self._days_before[dose, position] = self._rules.days_before(dose, Fraction(self._daily[position]))
        return self._days_before[dose, position]

    def _split(self, daily: int, before: DayDoses | None) -> DayDoses | None:
        if (daily, before) not in self._splits:
            self._splits[daily, before] = (
                self._splitter.first_split(daily, self._start.times)
                if before is None
                else self._splitter.split(daily, before)
            )
        return self._splits[daily, before]


def _less_one_gap(makeable: Makeable) -> Callable[[int], int]:
    """From a daily dose: less the widest gap between neighbouring makeable doses up to it."""
    doses = makeable.doses
    widest = list(accumulate((high - low for low, high in pairwise(doses)), max))

    def less_one_gap(daily: int) -> int:
        number = bisect_left(doses, daily + 1) - 1
        return daily - (widest[number - 1] if number > 0 else daily)

    return less_one_gap
