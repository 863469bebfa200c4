"""What the search takes for the least that is still to come, against what really comes: every way of small cases.

A bound above the true cost would let the search miss the soonest end; one that falls by more than a cut costs would
let it settle the day's doses too early.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from small_cases import Small, pace_of, small_cases, whole_tablets
from taper_app.clinical.planning.day_bounds import DayBounds, times_taken
from taper_app.clinical.planning.day_cuts import DayCuts
from taper_app.clinical.planning.low_end import LEADS_NOWHERE, LowEnd
from taper_app.clinical.planning.makeable import daily_doses
from taper_app.clinical.planning.slots import DayDoses
from taper_app.clinical.planning.tails import cost_of

#: More of the day's doses than this are not looked at.
MOST_WAYS = 400


class EveryWay:
    """Each way to take each daily dose, the cuts that may follow it, and what it costs to the end."""

    def __init__(self, small: Small) -> None:
        case = small.every_plan
        daily = daily_doses(small.makeable, case.times, up_to=case.daily_now - 1)
        self.daily = [dose for dose in daily if dose >= case.target]
        self.cuts = DayCuts(small.start, self.daily, small.splitter, small.rules)
        self._doses = [dose for dose in small.makeable.doses if dose < case.daily_now]
        self._costs: dict[DayDoses, int] = {}

    @cached_property
    def ways(self) -> list[DayDoses]:
        assume(len(self._doses) ** self.cuts.start.times <= 20 * MOST_WAYS)
        found = [doses for doses in product(self._doses, repeat=self.cuts.start.times) if sum(doses) in self.daily]
        assume(0 < len(found) <= MOST_WAYS)
        return found

    def position(self, doses: DayDoses) -> int:
        return self.daily.index(sum(doses))

    def cuts_from(self, doses: DayDoses) -> Iterator[tuple[int, DayDoses]]:
        """The cost of each cut that is allowed, and the doses after it."""
        rules, dose = self.cuts.rules, sum(doses)
        after = {at: self.cuts.split(at, doses) for at in range(self.position(doses))}
        follow = {at: lower for at, lower in after.items() if lower is not None}
        within = [at for at in follow if self.daily[at] >= rules.lowest_within_asked(dose)]
        for at in within or sorted(follow)[-1:]:
            yield cost_of(self.cuts.days(dose, at), 1), follow[at]

    def cost(self, doses: DayDoses) -> int:
        if doses not in self._costs:
            rules, dose = self.cuts.rules, sum(doses)
            found = [cost + self.cost(lower) for cost, lower in self.cuts_from(doses)]
            if rules.may_be_last(dose):
                found.append(cost_of(rules.days_before_stop(dose), 1))
            self._costs[doses] = min(found, default=LEADS_NOWHERE)
        return self._costs[doses]


class Bounds:
    """The bounds of the search when so many ways were worked out beforehand."""

    def __init__(self, every: EveryWay, worked_out: int) -> None:
        self._every = every
        self.low_end = LowEnd(every.cuts)
        self.low_end.work_up(worked_out)
        self.by_day = DayBounds(every.cuts, self.low_end, times_taken(every.cuts))

    def remaining(self, doses: DayDoses) -> int:
        known = self.low_end.cost(doses)
        return self.by_day.least(self._every.position(doses), taken_at(doses)) if known is None else known


def taken_at(doses: DayDoses) -> int:
    return len(doses) - doses.count(0)


worked_out = st.sampled_from([0, 1, 2, 5, 20, 1_000_000])
#: From 0.5, 0.5 and 4 mg the first and the last time cannot make 4 mg without a rise; the last one alone can.
ONE_TIME_IS_LEFT_OF_THREE = whole_tablets(
    "0.5", "1", "2", "4", most=1, times=3, total=60_000, pace=pace_of("dutch-25-percent-weekly", 6, None, None)
)


@settings(max_examples=60)
@given(small_cases(), worked_out)
@example(ONE_TIME_IS_LEFT_OF_THREE, 1_000_000)
def test_what_is_still_to_come_is_never_taken_for_more_than_it_is(small: Small, ways: int) -> None:
    """By the day's doses where that is worked out, and by the daily dose and how many times of day are taken."""
    every = EveryWay(small)
    bounds = Bounds(every, ways)
    for doses in every.ways:
        assert bounds.remaining(doses) <= every.cost(doses) or every.cost(doses) >= LEADS_NOWHERE
        for number in range(taken_at(doses), len(doses) + 1):
            assert bounds.by_day.least(every.position(doses), number) <= every.cost(doses)


@settings(max_examples=60)
@given(small_cases(), worked_out)
def test_what_is_still_to_come_never_falls_by_more_than_a_cut_costs(small: Small, ways: int) -> None:
    every = EveryWay(small)
    bounds = Bounds(every, ways)
    for doses in every.ways:
        for cost, lower in every.cuts_from(doses):
            assert bounds.remaining(doses) <= cost + bounds.remaining(lower)
