"""Which time of day a cut is taken from.

No time of day's dose ever rises, except that the rest may be merged in the step in which a time is
dropped. A dropped time does not return. Times between first and last are dropped first, the last dose of
the day last, and one is dropped only when the daily dose cannot fill all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations, groupby

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.shares import Shares
from taper_app.clinical.protocol.tapers import SlotRule

#: The day's doses in the order of the clock, tenth_mcg; 0 where a time was dropped.
DayDoses = tuple[int, ...]


class SlotSplitter:
    """Finds the day's doses for a lower daily dose, given the day's doses before it."""

    def __init__(self, makeable: Makeable, rule: SlotRule, keeps_all_times: bool = False) -> None:
        """``keeps_all_times``: short-acting, a time is dropped only when the daily dose cannot fill all."""
        self.makeable = makeable
        self.rule = rule
        self.keeps_all_times = keeps_all_times
        self.shares = Shares(makeable)

    def split(self, daily: int, before: DayDoses) -> DayDoses | None:
        """The doses at each time for ``daily``, or None when these products cannot make it under the rule."""
        return self._from_one_dose(daily, before) or self._without_rise(daily, before) or self._merged(daily, before)

    def first_split(self, daily: int, slots: int) -> DayDoses | None:
        """An even split when nothing came before (the times of day change with the first step)."""
        if all_taken := self.shares.most_even(daily, slots):
            return all_taken
        for taken in range(slots - 1, 0, -1):
            if shares := self.shares.lowest_peak(daily, taken):
                return (0,) * (slots - taken) + shares
        return None

    def _from_one_dose(self, daily: int, before: DayDoses) -> DayDoses | None:
        """The whole cut from the one dose that the rule names, when that can be made without dropping it."""
        at = _first_taken(before) if self.rule is SlotRule.MORNING_FIRST else before.index(max(before))
        left = before[at] - (sum(before) - daily)
        if left <= 0 or left not in self.makeable:
            return None
        others_makeable = all(dose in self.makeable for index, dose in enumerate(before) if index != at)
        return (*before[:at], left, *before[at + 1 :]) if others_makeable else None

    def _without_rise(self, daily: int, before: DayDoses) -> DayDoses | None:
        """Among all ways in which no dose rises: fewest times dropped, then as the slots rule wants it."""
        if self.rule is SlotRule.MORNING_FIRST:
            return self._morning_first(daily, before)
        for _, alike in groupby(_kept_times(before), key=len):
            found = [
                _placed(shares, kept, before)
                for kept in alike
                if (shares := self.shares.flattest(daily, [before[at] for at in kept]))
            ]
            if found:
                return min(found, key=lambda doses: (sorted(doses, reverse=True), doses))
        return None

    def _morning_first(self, daily: int, before: DayDoses) -> DayDoses | None:
        """Taking all of it from the earliest dose may drop it: that is what the rule asks for.

        So the smallest first dose, then the smallest second one: a dose between first and last is gone before the
        last one is cut at all. Only a short-acting medicine keeps its times while the daily dose can fill them.
        """
        found = [
            _placed(shares, kept, before)
            for kept in _kept_times(before)
            if (shares := self.shares.earliest_smallest(daily, [before[at] for at in kept]))
        ]
        return min(found, key=lambda doses: (_dropped(doses) if self.keeps_all_times else 0, doses), default=None)

    def _merged(self, daily: int, before: DayDoses) -> DayDoses | None:
        """When a time is dropped the rest may be merged into the times that stay; as few are dropped as possible."""
        kept_times = _kept_times(before)
        for number in range(sum(1 for dose in before if dose) - 1, 0, -1):
            if shares := self.shares.lowest_peak(daily, number):
                return min(_placed(shares, kept, before) for kept in kept_times if len(kept) == number)
        return None


def _kept_times(before: DayDoses) -> Sequence[tuple[int, ...]]:
    """Which times of day may go on being taken, the most times first."""
    return _kept_of(tuple(index for index, dose in enumerate(before) if dose))


@cache
def _kept_of(taken: tuple[int, ...]) -> Sequence[tuple[int, ...]]:
    """The last dose stays to the end, the first goes after those between."""
    if len(taken) == 1:
        return (taken,)
    first, *between, last = taken
    kept = (
        (first, *middle, last) for number in range(len(between), -1, -1) for middle in combinations(between, number)
    )
    return (*kept, (last,))


def _placed(shares: Sequence[int], kept: Sequence[int], before: DayDoses) -> DayDoses:
    """The shares at the times that are kept, nothing at the others."""
    doses = [0] * len(before)
    for at, share in zip(kept, shares, strict=True):
        doses[at] = share
    return tuple(doses)


def _first_taken(doses: DayDoses) -> int:
    return next(index for index, dose in enumerate(doses) if dose)


def _dropped(doses: DayDoses) -> int:
    return sum(1 for dose in doses if dose == 0)
