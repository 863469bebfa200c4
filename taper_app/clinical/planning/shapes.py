"""The day's doses without what makes no difference to the doses that may follow: what ``low_end`` counts as one.

A dropped time never returns, so only those that are taken matter. With the ``even`` rule neither does their order, as
long as no time is dropped: the cut comes from the largest dose, or the flattest sharing is taken, and of both only
the clock times differ. Where a time has to be dropped the order says which doses the rest may be taken at. Then all
that any order may lead to is looked at, so that what comes out is never more than the cost from the doses in the
order they have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from taper_app.clinical.planning.shares import SharesOf
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.protocol.tapers import SlotRule


class Shapes:
    """``SharesOf`` stands here for the doses that are taken: ascending with the ``even`` rule, else by the clock."""

    def __init__(self, splitter: SlotSplitter) -> None:
        self._splitter = splitter
        self._shares = splitter.shares
        self._is_even = splitter.rule is SlotRule.EVEN

    def of(self, doses: DayDoses) -> SharesOf:
        taken = (dose for dose in doses if dose)
        return tuple(sorted(taken)) if self._is_even else tuple(taken)

    def all_of(self, daily: int, number: int) -> Iterator[SharesOf]:
        """Every shape in which a daily dose may be taken at so many times of day."""
        return self._shares.all_ascending(daily, number) if self._is_even else self._shares.all_of(daily, number)

    def after(self, before: SharesOf, daily: int) -> Sequence[SharesOf]:
        """What may follow for a lower daily dose, one of them for certain; empty when nothing can follow."""
        if not self._is_even:
            after = self._splitter.split(daily, before)
            return [] if after is None else [self.of(after)]
        *others, largest = before
        left = largest - (sum(before) - daily)
        if left > 0 and left in self._splitter.makeable:
            return [tuple(sorted((*others, left)))]
        flattest = self._shares.flattest_ascending(daily, before)
        return [flattest] if flattest is not None else list(self._with_fewer_times(before, daily))

    def _with_fewer_times(self, before: SharesOf, daily: int) -> Iterator[SharesOf]:
        """Without a rise, at any of the times; or merged, into as many as can be."""
        if daily <= sum(before) - before[0]:
            for number in range(len(before) - 1, 0, -1):
                for kept in combinations(before, number):
                    if shares := self._shares.flattest_ascending(daily, kept):
                        yield shares
        for number in range(len(before) - 1, 0, -1):
            if shares := self._shares.lowest_peak(daily, number):
                yield shares
                return
