"""The exact search over the day's doses, for when the times of day cannot follow the best daily doses.

From a day's doses a cut is allowed when the slots rule finds doses for it; when it finds none within the asked, the
smallest cut for which it does. This is a best-first search (A*). What remains to the end is bounded from below by
the daily doses alone, where every gap between two makeable doses may be jumped as well: from makeable doses some
time of day can always give up one such gap, so that no smallest cut is larger.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from heapq import heappop, heappush
from itertools import islice, pairwise
from typing import NamedTuple

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.path import NoPath, PathRules, Start
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.planning.tails import Tails, cost_of

#: From how many ways to take the lowest daily doses the cost is worked out beforehand, because there the times of
#: day bind most; and how many of the day's doses are then gone on from before more of it is worth its time.
_ROUNDS = ((300, 300), (5_000, 3_000), (50_000, 10**9))
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
    for ways, doses in _ROUNDS:
        found = _DaySearch(start, daily, splitter, rules, ways).best(doses)
        if found is not None:
            return found
    raise AssertionError("the last round goes on to the end")


class _DaySearch:
    def __init__(
        self, start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules, ways_of_low_end: int
    ) -> None:
        self._start = start
        self._daily = daily
        self._splitter = splitter
        self._rules = rules
        self._queue: list[_Candidate] = []
        # Many ways lead by the same doses: each split and each waiting time is worked out once.
        self._split = cache(self._work_out_split)
        self._days = cache(self._work_out_days)
        self._low_end: dict[DayDoses, int | None] = {}
        known = self._work_out_low_end(ways_of_low_end)
        self._known = len(known)
        self._tails = Tails(daily, rules, also_down_to=_less_one_gap(splitter.makeable, start.times), known=known)

    def best(self, most: int) -> list[DayDoses] | None:
        """The first end that is taken up is the best one. None when more than ``most`` doses were gone on from."""
        lowest = self._start.daily
        self._go_on(self._start.doses, _Candidate(0, (), False, 0, ()))
        done: set[DayDoses] = set()
        while self._queue:
            if len(done) > most:
                return None
            candidate = heappop(self._queue)
            if candidate.is_end:
                return list(candidate.split)
            before = candidate.split[-1] if candidate.split else self._start.doses
            doses = self._split(candidate.daily[-1], before)
            if doses is not None and doses not in done:
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
            self._queue_lower(so_far, position, doses, so_far.cost + cost_of(days, 1))
        if self._rules.may_be_last(dose) and (is_timed or self._start.may_end or not lower):
            days = self._rules.days_before_stop(dose) if is_timed else 0
            cost = so_far.cost + cost_of(days, 1)
            heappush(self._queue, _Candidate(cost, so_far.daily, True, cost, so_far.split))

    def _queue_lower(self, so_far: _Candidate, position: int, before: DayDoses | None, cost: int) -> None:
        doses = self._split(self._daily[position], before) if position < self._known else None
        remaining = self._tails.cost(position) if doses is None else self._low_end[doses]
        bound = cost + (_LEADS_NOWHERE if remaining is None else remaining)
        heappush(self._queue, _Candidate(bound, (*so_far.daily, self._daily[position]), False, cost, so_far.split))

    def _work_out_low_end(self, most: int) -> list[int | None]:
        """The exact cost from every way to take one of the lowest daily doses; by daily dose the least of them."""
        least: list[int | None] = []
        for daily in self._daily:
            ways = list(islice(self._splitter.ways(daily, self._start.times), most + 1 - len(self._low_end)))
            if len(self._low_end) + len(ways) > most:
                break
            for doses in ways:
                self._low_end[doses] = self._cost_from(daily, doses)
            least.append(min((cost for doses in ways if (cost := self._low_end[doses]) is not None), default=None))
        return least

    def _cost_from(self, daily: int, doses: DayDoses) -> int | None:
        costs = [cost_of(self._rules.days_before_stop(daily), 1)] if self._rules.may_be_last(daily) else []
        for position in self._reached_from(daily, doses):
            after = self._split(self._daily[position], doses)
            remaining = self._low_end[after] if after is not None else None
            if remaining is not None:
                costs.append(cost_of(self._days(daily, position), 1) + remaining)
        return min(costs, default=None)

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

    def _work_out_days(self, dose: int, position: int) -> int:
        return self._rules.days_before(dose, Fraction(self._daily[position]))

    def _work_out_split(self, daily: int, before: DayDoses | None) -> DayDoses | None:
        if before is None:
            return self._splitter.first_split(daily, self._start.times)
        return self._splitter.split(daily, before)


def _less_one_gap(makeable: Makeable, times: int) -> Callable[[int], int]:
    """From a daily dose: less the widest gap below a makeable dose that may be the largest of that day."""
    gaps = {high: high - low for low, high in pairwise(makeable.doses)}

    def less_one_gap(daily: int) -> int:
        largest = makeable.doses[bisect_left(makeable.doses, -(-daily // times)) : bisect_right(makeable.doses, daily)]
        return daily - max((gaps[dose] for dose in largest), default=daily)

    return less_one_gap
