"""Which time of day a cut is taken from.

No time of day's dose ever rises, except that the rest may be merged in the step in which a time is
dropped. A dropped time does not return. Times between first and last are dropped first, the last dose of
the day last, and one is dropped only when the daily dose cannot fill all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.protocol.tapers import SlotRule

#: The day's doses in the order of the clock, tenth_mcg; 0 where a time was dropped.
DayDoses = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlotSplitter:
    """Finds the day's doses for a lower daily dose, given the day's doses before it."""

    makeable: Makeable
    rule: SlotRule
    keeps_all_times: bool = False  # short-acting: a time is dropped only when the daily dose cannot fill all

    def split(self, daily: int, before: DayDoses) -> DayDoses | None:
        """The doses at each time for ``daily``, or None when these products cannot make it under the rule."""
        return self._from_one_dose(daily, before) or self._best(daily, before)

    def first_split(self, daily: int, slots: int) -> DayDoses | None:
        """An even split when nothing came before (the times of day change with the first step)."""
        everything = (daily,) * slots
        found = [doses for doses in _ways(daily, everything, self.makeable) if all(doses)] or list(
            _ways(daily, everything, self.makeable)
        )
        return min(found, key=lambda doses: (_dropped(doses), max(doses) - min(doses), doses), default=None)

    def _from_one_dose(self, daily: int, before: DayDoses) -> DayDoses | None:
        """The whole cut from the one dose that the rule names, when that can be made without dropping it."""
        cut = sum(before) - daily
        at = _first_taken(before) if self.rule is SlotRule.MORNING_FIRST else before.index(max(before))
        if cut < before[at] and (before[at] - cut) in self.makeable and self._others_makeable(before, at):
            return (*before[:at], before[at] - cut, *before[at + 1 :])
        return None

    def _others_makeable(self, before: DayDoses, at: int) -> bool:
        return all(dose in self.makeable for index, dose in enumerate(before) if index != at)

    def _best(self, daily: int, before: DayDoses) -> DayDoses | None:
        """Among all allowed ways: fewest times dropped, then as the slots rule wants it."""
        without_rise = [doses for doses in _ways(daily, before, self.makeable) if _drops_in_order(before, doses)]
        if self.rule is SlotRule.MORNING_FIRST:
            # Taking all of it from the earliest dose may drop it: that is what the rule asks for.
            kept = _dropped if self.keeps_all_times else (lambda doses: _middle_dropped(before, doses))
            best = min(without_rise, key=lambda doses: (kept(doses), doses), default=None)
        else:
            best = min(
                without_rise,
                key=lambda doses: (_dropped(doses), tuple(sorted(doses, reverse=True)), doses),
                default=None,
            )
        return best or self._merged(daily, before)

    def _merged(self, daily: int, before: DayDoses) -> DayDoses | None:
        """When a time is dropped the rest may be merged into the times that stay; as few are dropped as possible."""
        taken = [index for index, dose in enumerate(before) if dose]
        for number in range(1, len(taken)):
            found = [
                doses
                for gone in combinations(taken, number)
                if _drops_in_order(before, tuple(0 if index in gone else dose for index, dose in enumerate(before)))
                for doses in _ways(daily, self._most_without(daily, before, gone), self.makeable)
                if _dropped(doses) == _dropped(before) + number
            ]
            if found:
                return min(found, key=lambda doses: (max(doses), doses))
        return None

    def _most_without(self, daily: int, before: DayDoses, gone: Sequence[int]) -> DayDoses:
        return tuple(daily if dose and index not in gone else 0 for index, dose in enumerate(before))


def _ways(daily: int, at_most: Sequence[int], makeable: Makeable) -> Iterator[DayDoses]:
    """Every way to add up to ``daily`` with each time's dose makeable and not above its bound."""
    if len(at_most) == 1:
        if daily <= at_most[0] and daily in makeable:
            yield (daily,)
        return
    rest_at_most = sum(at_most[1:])
    for dose in makeable.doses:
        if dose > at_most[0] or dose > daily:
            break
        if daily - dose <= rest_at_most:
            for rest in _ways(daily - dose, at_most[1:], makeable):
                yield (dose, *rest)


def _first_taken(doses: DayDoses) -> int:
    return next(index for index, dose in enumerate(doses) if dose)


def _dropped(doses: DayDoses) -> int:
    return sum(1 for dose in doses if dose == 0)


def _middle_dropped(before: DayDoses, doses: DayDoses) -> int:
    return sum(1 for old, new in zip(before[1:-1], doses[1:-1], strict=True) if old and not new)


def _drops_in_order(before: DayDoses, doses: DayDoses) -> bool:
    """The last dose of the day stays to the end; the first goes only after those between."""
    taken = [index for index, dose in enumerate(before) if dose]
    kept = [index for index in taken if doses[index]]
    if not kept:
        return sum(doses) == 0
    if kept[-1] != taken[-1]:
        return False
    return kept[0] == taken[0] or len(kept) == 1
