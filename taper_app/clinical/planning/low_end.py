"""The cost to the end from every way to take one of the lowest daily doses, where the times of day bind most.

It is worked from the lowest dose up. What comes after a dose is tried in the order of what it costs at least, by the
cheapest way to take the lower dose, and no further than this least is below the best that was found: most ways have
their cost after a few tries, and those left out could not have been cheaper.

Each number of times of day is worked up on its own. A time that was dropped never returns, so a dose taken at two
times leads only to doses taken at two or one; these have far fewer ways than doses taken at four, and are known
exactly much farther up.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from taper_app.clinical.planning.day_cuts import DayCuts
from taper_app.clinical.planning.shapes import Shapes
from taper_app.clinical.planning.shares import SharesOf
from taper_app.clinical.planning.slots import DayDoses
from taper_app.clinical.planning.tails import cost_of

#: Dearer than everything that leads to the end.
LEADS_NOWHERE = 10**30


class LowEnd:
    """Costs of days and steps, as ``cost_of`` writes them, from the day's doses to the end.

    They are exact, but where a time is dropped: there the cheapest of what any order of the doses may leave stands
    for the one that is left (``shapes``). So none is above the true cost, and none falls by more than a cut costs.
    """

    def __init__(self, cuts: DayCuts) -> None:
        self._cuts = cuts
        self._shapes = Shapes(cuts.splitter)
        self._costs: dict[SharesOf, int] = {}
        # [n - 1]: by position the cost from the cheapest way with at most n times, as far up as it was worked out.
        self._least: list[list[int]] = [[] for _ in range(cuts.start.times)]
        self._ways = [0] * cuts.start.times

    def cost(self, doses: DayDoses) -> int | None:
        """From these doses to the end at least; LEADS_NOWHERE or more when no way leads there; None: not worked out."""
        return self._costs.get(self._shapes.of(doses))

    def least(self, number: int) -> Sequence[int]:
        """By position the least cost from a dose that is taken at no more than ``number`` times of day."""
        return self._least[number - 1]

    def work_up(self, most: int) -> None:
        """Go on to higher daily doses while each number of times has no more than ``most`` ways for all of them."""
        for number in range(1, self._cuts.start.times + 1):
            # Where the doses of fewer times end, those that a time is dropped from would lead to unknown ones.
            for position in range(len(self.least(number)), self._may_go_up_to(number)):
                daily, left = self._cuts.daily[position], most - self._ways[number - 1]
                ways = list(islice(self._shapes.all_of(daily, number), left + 1))
                if len(ways) > left:
                    break
                self._ways[number - 1] += len(ways)
                self._add(position, number, ways)

    def _may_go_up_to(self, number: int) -> int:
        return len(self.least(number - 1)) if number > 1 else len(self._cuts.daily)

    def _add(self, position: int, number: int, ways: Sequence[SharesOf]) -> None:
        """Work out the costs of all ways to take this daily dose at so many times."""
        rules, daily = self._cuts.rules, self._cuts.daily[position]
        end = cost_of(rules.days_before_stop(daily), 1) if rules.may_be_last(daily) else LEADS_NOWHERE
        within = self._cuts.within_asked(daily, is_timed=True)
        lower = sorted((cost + self.least(number)[below], cost, below) for cost, below in within)
        least = self.least(number - 1)[position] if number > 1 else LEADS_NOWHERE
        for doses in ways:
            self._costs[doses] = min(end, self._cheapest(daily, doses, lower))
            least = min(least, self._costs[doses])
        self._least[number - 1].append(least)

    def _cheapest(self, daily: int, doses: SharesOf, lower: Sequence[tuple[int, int, int]]) -> int:
        """The cost by the best cut. ``lower``: what each cut costs at least to the end, itself, and where it leads."""
        best = None
        for at_least, cost, below in lower:
            if best is not None and at_least >= best:
                return best
            after = self._shapes.after(doses, self._cuts.daily[below])
            if after:
                found = cost + min(self._costs[each] for each in after)
                best = found if best is None else min(best, found)
        return self._by_next_lower(daily, doses) if best is None else best

    def _by_next_lower(self, daily: int, doses: SharesOf) -> int:
        for below in self._cuts.below_asked(daily):
            if after := self._shapes.after(doses, self._cuts.daily[below]):
                return cost_of(self._cuts.days(daily, below), 1) + min(self._costs[each] for each in after)
        return LEADS_NOWHERE
