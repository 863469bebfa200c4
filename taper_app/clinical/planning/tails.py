"""What is best after each daily dose, worked from the lowest dose up (dynamic programming).

Of the pace it uses only that the time to a lower dose is never shorter than to a higher one. So the doses that a
cut may reach are a few that take longer than the shortest time on a dose, which are looked at one by one, and
above them a stretch that all take this shortest time, whose best is read off a list kept for it. Neither the asked
dose nor the shortest time has to follow any order from dose to dose.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from taper_app.clinical.planning.path import PathRules

#: More than a plan has steps.
_MOST_STEPS = 1_000_000


def cost_of(days: int, steps: int) -> int:
    """Days and then steps, written as one whole number: costs add, and the smaller one is the better one."""
    return days * _MOST_STEPS + steps


class Cut(NamedTuple):
    """A cut and all that is best after it: its cost, then the position of the lower dose.

    The smaller one is the better one: on equal cost the lower dose.
    """

    cost: int
    position: int


class Tails:
    """The cheapest way from each dose to the end."""

    def __init__(self, daily: Sequence[int], rules: PathRules, known: Sequence[int | None] = ()) -> None:
        """``daily``: the doses that may be given, ascending. ``known``: the costs of the lowest ones, where they are
        known already.
        """
        self._daily = daily
        self._rules = rules
        self._costs: list[int | None] = []
        self._next: list[int | None] = []
        # Positions of doses that are better than every dose above them so far; their costs ascend.
        self._better_than_above: list[int] = []
        for cost in known:
            self._keep(cost, None)
        for dose in daily[len(known) :]:
            self._keep(*self._best_after(dose))

    def cost(self, position: int) -> int | None:
        """From the dose at this position to the end; None when no way leads there."""
        return self._costs[position]

    def best_cut(self, dose: int, *, is_timed: bool) -> Cut | None:
        """The best cut from ``dose``, which lies above all that were worked out; None when none leads to the end.

        ``is_timed``: the dose has to last; otherwise the cut comes at once.
        """
        below = len(self._costs)
        lowest = self._lowest_reached(dose, below)
        if not is_timed:
            return self._best_from(lowest, 0)
        shortest = self._rules.least_days(dose)
        longer: list[Cut] = []
        while lowest < below and (days := self._days(dose, lowest)) > shortest:
            cost = self._costs[lowest]
            if cost is not None:
                longer.append(Cut(cost + cost_of(days, 1), lowest))
            lowest += 1
        in_shortest_time = self._best_from(lowest, shortest)
        return min([*longer, in_shortest_time] if in_shortest_time else longer, default=None)

    def doses_from(self, position: int) -> list[int]:
        """The dose at this position and those that are best after it."""
        doses, at = [], position
        while at is not None:
            doses.append(self._daily[at])
            at = self._next[at]  # type: ignore[assignment]
        return doses

    def _best_after(self, dose: int) -> tuple[int | None, int | None]:
        """The cost from this dose, which lies above all others so far, and the position of the dose after it."""
        cut = self.best_cut(dose, is_timed=True)
        cost, following = (cut.cost, cut.position) if cut else (None, None)
        if self._rules.may_be_last(dose):
            end = cost_of(self._rules.days_before_stop(dose), 1)
            if cost is None or end < cost:
                cost, following = end, None
        return cost, following

    def _keep(self, cost: int | None, following: int | None) -> None:
        if cost is not None:
            self._keep_if_better(cost)
        self._costs.append(cost)
        self._next.append(following)

    def _keep_if_better(self, cost: int) -> None:
        """The dose that is added now is a candidate for all above it; dearer ones below it are none any more."""
        kept = self._better_than_above
        while kept and self._cost_known(kept[-1]) > cost:
            kept.pop()
        kept.append(len(self._costs))

    def _best_from(self, lowest: int, days: int) -> Cut | None:
        """The cheapest dose from position ``lowest`` up, given after so many days."""
        kept = self._better_than_above
        at = bisect_left(kept, lowest)
        if at == len(kept):
            return None
        return Cut(self._cost_known(kept[at]) + cost_of(days, 1), kept[at])

    def _cost_known(self, position: int) -> int:
        cost = self._costs[position]
        assert cost is not None, "only doses that lead to the end are kept"
        return cost

    def _lowest_reached(self, dose: int, below: int) -> int:
        """The position of the lowest dose that a cut may reach: the next lower one when none is within the asked."""
        return min(bisect_left(self._daily, self._rules.lowest_within_asked(dose)), max(below - 1, 0))

    def _days(self, dose: int, position: int) -> int:
        return self._rules.days_before(dose, Fraction(self._daily[position]))
