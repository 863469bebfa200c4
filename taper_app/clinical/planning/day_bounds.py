"""What remains from a daily dose to the end costs at least this much, whichever way it is taken over the day.

There is one such bound for each number of times of day that are taken, because a dropped time does not return: the
one for three times looks at cuts that keep all three, and at what the daily dose would cost if two or one were left.

The cuts between daily doses bound what the times of day can follow, but for one thing. When these can follow no cut
within the asked, the smallest that they can follow is allowed, and it may be bigger than the smallest cut between
daily doses. It is never bigger than the widest gap between two makeable doses, because from makeable doses some time
of day can always give up one gap. And it comes to that only where no daily dose within the asked can be shared over
fewer times: where one can, the doses may be merged into these, however they are taken.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from taper_app.clinical.planning.day_cuts import DayCuts
from taper_app.clinical.planning.low_end import LEADS_NOWHERE, LowEnd
from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.path import PathRules
from taper_app.clinical.planning.sums import has, mask_up_to, plus_one_of, runs_of
from taper_app.clinical.planning.tails import Tails


@dataclass(frozen=True, slots=True)
class TimesTaken:
    """How daily doses can be shared over one number of times of day, by position.

    ``can_be``: whether over exactly so many. ``over_fewer_below``: the highest lower position that can be shared over
    fewer times, -1 when none can. ``less_one_gap``: the lowest daily dose (tenth_mcg) that is less by one gap.
    """

    can_be: Sequence[bool]
    over_fewer_below: Sequence[int]
    less_one_gap: Callable[[int], int]


def times_taken(cuts: DayCuts) -> list[TimesTaken]:
    """For each number of times of day, from one on."""
    makeable, times = cuts.splitter.makeable, cuts.start.times
    within = mask_up_to(cuts.start.daily // makeable.unit)
    above_zero = runs_of(makeable.bits & within & ~1)
    totals, totals_of_fewer = 1, 0
    found = []
    for _ in range(times):
        over_fewer_below = _highest_below([has(totals_of_fewer, dose // makeable.unit) for dose in cuts.daily])
        totals = plus_one_of(totals, above_zero) & within
        totals_of_fewer |= totals
        can_be = [has(totals, dose // makeable.unit) for dose in cuts.daily]
        found.append(TimesTaken(can_be, over_fewer_below, _less_one_gap(makeable, times)))
    return found


class DayBounds:
    """Lower bounds by position in the daily doses, the better the farther up ``low_end`` was worked out."""

    def __init__(self, cuts: DayCuts, low_end: LowEnd, taken: Sequence[TimesTaken]) -> None:
        self._bounds: list[_Bounds] = []
        for number, times in enumerate(taken, start=1):
            known = [cost if cost < LEADS_NOWHERE else None for cost in low_end.least(number)]
            fewer = self._bounds[-1] if self._bounds else None
            self._bounds.append(_Bounds(cuts.daily, cuts.rules, known, times, fewer))

    def least(self, position: int, number: int) -> int:
        """From this daily dose, taken at no more than ``number`` times of day; LEADS_NOWHERE when no way leads on."""
        cost = self._bounds[number - 1].cost(position)
        return LEADS_NOWHERE if cost is None else cost


class _Bounds(Tails):
    """For one number of times of day. ``known``: what the lowest doses cost at least, as it was worked out exactly."""

    def __init__(
        self,
        daily: Sequence[int],
        rules: PathRules,
        known: Sequence[int | None],
        times: TimesTaken,
        of_fewer: _Bounds | None,
    ) -> None:
        self._times = times
        self._of_fewer = of_fewer
        super().__init__(daily, rules, known)

    def _best_after(self, dose: int) -> tuple[int | None, int | None]:
        position = len(self._costs)
        by_fewer = self._of_fewer.cost(position) if self._of_fewer else None
        cost = super()._best_after(dose)[0] if self._times.can_be[position] else None
        return min((each for each in (cost, by_fewer) if each is not None), default=None), None

    def _lowest_reached(self, dose: int, below: int) -> int:
        within = bisect_left(self._daily, self._rules.lowest_within_asked(dose))
        if self._times.over_fewer_below[below] >= within:
            return within
        return min(within, max(below - 1, 0), bisect_left(self._daily, self._times.less_one_gap(dose)))


def _highest_below(is_one: Sequence[bool]) -> list[int]:
    """By position the highest lower position that is one; -1 when there is none."""
    found, highest = [], -1
    for position, is_this_one in enumerate(is_one):
        found.append(highest)
        if is_this_one:
            highest = position
    return found


def _less_one_gap(makeable: Makeable, times: int) -> Callable[[int], int]:
    """From a daily dose: less the widest gap below a makeable dose that may be the largest of that day."""
    doses = makeable.doses[1:]
    gaps = [high - low for low, high in pairwise(makeable.doses)]

    @cache
    def less_one_gap(daily: int) -> int:
        may_be_largest = gaps[bisect_left(doses, -(-daily // times)) : bisect_right(doses, daily)]
        return daily - max(may_be_largest, default=daily)

    return less_one_gap
