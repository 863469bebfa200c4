"""The exact search over the day's doses, for when the times of day cannot follow the best daily doses.

From a day's doses a cut is allowed when the slots rule finds doses for it; when it finds none within the asked, the
smallest cut for which it does. This is a best-first search (A*). What remains to the end is bounded from below: from
one of the lowest daily doses by all ways to go on from the day's doses (``low_end``), above them by the daily doses
alone (``day_bounds``).

There is one such bound for each number of times of day that are taken, because a dropped time does not return. It
never falls by more than a cut costs: a cut is among those that the bound looked at, and where it drops times the
bound for fewer of them looks at fewer ways. So day's doses that are taken up first are taken up at their least cost.
For this each of them is queued by its own bound once its times of day are known.

Of the cuts from the same doses only the next best waits in the queue; the one after it comes in when that one is
taken up. As none that is left out comes before the one inside, the order is the same as if all were in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from taper_app.clinical.planning.day_bounds import DayBounds, times_taken
from taper_app.clinical.planning.day_cuts import DayCuts
from taper_app.clinical.planning.low_end import LowEnd
from taper_app.clinical.planning.path import NoPath, PathRules, Start
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.planning.tails import cost_of

#: From how many ways to take the lowest daily doses at each number of times of day the cost is worked out beforehand,
#: because there the times of day bind most; and how many of the day's doses are then gone on from before more of it
#: is worth its time.
_ROUNDS = ((300, 300), (5_000, 1_000), (15_000, 2_000), (50_000, 10**9))


class _Lower(NamedTuple):
    """A cut: what it and all after it cost at least, the position of the lower dose, and what it costs itself."""

    at_least: int
    position: int
    cost: int


class _SoFar(NamedTuple):
    """The daily doses after the start, the doses at each time of these days, and what they cost."""

    cost: int
    daily: tuple[int, ...]
    split: tuple[DayDoses, ...]


class _Candidate(NamedTuple):
    """A sequence that may be the best one; the smaller comes first, and no two have the same first three.

    ``bound`` is its cost and at least what is to come, ``daily`` its daily doses. An end has no cut after ``so_far``.
    ``others`` are the cuts from the same doses that do not come before this one; None once they are waited for.
    """

    bound: int
    daily: tuple[int, ...]
    is_end: bool
    so_far: _SoFar
    cut: _Lower | None = None
    others: Iterator[_Lower] | None = None


def search_day_doses(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[DayDoses]:
    """The day's doses after the start, in order. ``daily`` are the doses below the start. Raises NoPath."""
    cuts = DayCuts(start, daily, splitter, rules)
    low_end, taken = LowEnd(cuts), times_taken(cuts)
    for ways, doses in _ROUNDS:
        low_end.work_up(ways)
        found = _DaySearch(cuts, low_end, DayBounds(cuts, low_end, taken)).best(doses)
        if found is not None:
            return found
    raise AssertionError("the last round goes on to the end")


class _DaySearch:
    def __init__(self, cuts: DayCuts, low_end: LowEnd, bounds: DayBounds) -> None:
        self._cuts = cuts
        self._start = cuts.start
        self._rules = cuts.rules
        self._low_end = low_end
        self._bounds = bounds
        self._queue: list[_Candidate] = []
        # From each daily dose, taken at so many times, the cuts within the asked, the best first.
        self._in_order: dict[tuple[int, int], list[_Lower]] = {}

    def best(self, most: int) -> list[DayDoses] | None:
        """The first end that is taken up is the best one. None when more than ``most`` doses were gone on from."""
        lowest = self._start.daily
        self._go_on(self._start.doses, _SoFar(0, (), ()))
        done: set[DayDoses] = set()
        while self._queue:
            if len(done) > most:
                return None
            candidate = heappop(self._queue)
            if candidate.is_end:
                return list(candidate.so_far.split)
            so_far = self._split(candidate)
            if so_far is not None and so_far.split[-1] not in done:
                done.add(so_far.split[-1])
                lowest = min(lowest, so_far.daily[-1])
                self._go_on(so_far.split[-1], so_far)
        raise NoPath(lowest)

    def _go_on(self, doses: DayDoses | None, so_far: _SoFar) -> None:
        """Queue what may follow: the lower daily doses that may be reached, and the end."""
        is_start = not so_far.daily
        dose = self._start.daily if is_start else so_far.daily[-1]
        is_timed = self._start.is_first_step or not is_start
        lower = self._reached_from(dose, doses, is_timed=is_timed)
        self._queue_next(so_far, iter(lower))
        if self._rules.may_be_last(dose) and (is_timed or self._start.may_end or not lower):
            days = self._rules.days_before_stop(dose) if is_timed else 0
            heappush(self._queue, _Candidate(so_far.cost + cost_of(days, 1), so_far.daily, True, so_far))

    def _queue_next(self, so_far: _SoFar, lower: Iterator[_Lower]) -> None:
        cut = next(lower, None)
        if cut is not None:
            daily = (*so_far.daily, self._cuts.daily[cut.position])
            heappush(self._queue, _Candidate(so_far.cost + cut.at_least, daily, False, so_far, cut, lower))

    def _split(self, candidate: _Candidate) -> _SoFar | None:
        """The sequence with the times of day of its last dose, unless these cannot follow or are dearer than bound.

        In the second case it goes back into the queue with its own cost.
        """
        before, cut = candidate.so_far, candidate.cut
        assert cut is not None, "an end is never split"
        if candidate.others is not None:
            self._queue_next(before, candidate.others)
        doses = self._cuts.split(cut.position, before.split[-1] if before.split else self._start.doses)
        if doses is None:
            return None
        so_far = _SoFar(before.cost + cut.cost, candidate.daily, (*before.split, doses))
        bound = so_far.cost + self._remaining(cut.position, doses)
        if bound > candidate.bound:
            heappush(self._queue, candidate._replace(bound=bound, others=None))
            return None
        return so_far

    def _reached_from(self, dose: int, doses: DayDoses | None, *, is_timed: bool) -> list[_Lower]:
        """The cuts within the asked, when one of them can be split; else the next lower dose that can."""
        number = _times_taken(doses) if doses else self._start.times
        key = dose, number
        if key not in self._in_order:
            within = self._cuts.within_asked(dose, is_timed=is_timed)
            self._in_order[key] = sorted(self._lower(position, cost, number) for cost, position in within)
        lower = self._in_order[key]
        if self._cuts.can_follow((cut.position for cut in lower), doses):
            return lower
        position = self._cuts.next_lower(dose, doses)
        if position is None:
            return []
        return [self._lower(position, cost_of(self._cuts.days(dose, position, is_timed=is_timed), 1), number)]

    def _lower(self, position: int, cost: int, number: int) -> _Lower:
        return _Lower(cost + self._bounds.least(position, number), position, cost)

    def _remaining(self, position: int, doses: DayDoses) -> int:
        """What these doses cost at least to the end: by the day's doses where that is known, else by their sum."""
        known = self._low_end.cost(doses)
        return self._bounds.least(position, _times_taken(doses)) if known is None else known


def _times_taken(doses: DayDoses) -> int:
    return len(doses) - doses.count(0)
