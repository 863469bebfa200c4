"""The search against every allowed plan of small cases, and what it takes for granted of a pace and of products."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from every_plan import AllowedPlan, Case, TooManyPlans, best_plan, best_plan_by_day_doses
from small_cases import MEDICINE, MG, Small, pace_of, paces, products, small_cases, whole_tablets
from taper_app.clinical.planning.day_search import search_day_doses
from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.pace import AskedPace
from taper_app.clinical.planning.path import NoPath, days_of_start
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.protocol.tapers import SlotRule

A_GAP_IS_JUMPED = whole_tablets(
    "2", "5", most=2, times=2, total=112_500, pace=pace_of("six-month-15mg", 11, None, None)
)
SOME_DOSES_CANNOT_BE_SPLIT = whole_tablets(
    "0.5", "2", most=1, times=3, total=47_500, pace=pace_of("dutch-25-percent-weekly", 5, None, None).begun_from(47_500)
)
TWO_WAYS_LEAD_TO_THE_SAME_DOSES = whole_tablets(
    "0.5", "3", most=2, times=3, total=52_500, pace=pace_of("hyperbolic-occupancy", 5, None, None)
)


def soonest(case: Case, by: Callable[[Case], AllowedPlan | None]) -> AllowedPlan | None:
    """Of all allowed plans the best one; a case with too many of them is passed over."""
    try:
        return by(case)
    except TooManyPlans:
        assume(False)
        return None


@settings(max_examples=60)
@given(small_cases())
def test_no_allowed_plan_is_better_than_the_one_that_is_found(small: Small) -> None:
    """The same doses at the same times for the same days: sooner is best, then fewer steps, then lower doses."""
    case = small.every_plan
    best = soonest(case, best_plan)
    daily = daily_doses(small.makeable, case.times, up_to=case.daily_now)
    try:
        given_ = find_path(small.start, daily, small.splitter, small.rules)
    except NoPath:
        assert best is None
        return
    assert best is not None
    assert tuple(step.doses for step in given_) == best.split
    first = days_of_start(small.start, given_, small.rules) if case.start_is_a_step else 0
    assert first + sum(step.days for step in given_) == best.days


@settings(max_examples=60)
@given(small_cases())
@example(A_GAP_IS_JUMPED)
@example(SOME_DOSES_CANNOT_BE_SPLIT)
@example(TWO_WAYS_LEAD_TO_THE_SAME_DOSES)
def test_no_way_over_the_times_of_day_is_better_than_the_one_that_is_found(small: Small) -> None:
    """The search over the day's doses by itself, also where the daily doses alone would have done."""
    case = small.every_plan
    best = soonest(case, best_plan_by_day_doses)
    daily = daily_doses(small.makeable, case.times, up_to=case.daily_now - 1)
    wanted = [dose for dose in daily if dose >= case.target]
    try:
        split = search_day_doses(small.start, wanted, small.splitter, small.rules)
    except NoPath:
        assert best is None
        return
    assert best is not None
    assert tuple(split) == best.split


@settings(max_examples=300)
@given(paces, st.integers(min_value=1, max_value=600_000), st.lists(st.integers(1, 600_000), min_size=2, max_size=2))
def test_a_lower_dose_is_never_reached_sooner_than_a_higher_one(pace: AskedPace, dose: int, lower: list[int]) -> None:
    """All that the search takes for granted of a pace, for every model that is shipped."""
    low, high = sorted(lower)
    assume(high < dose)
    assert pace.days_needed(dose, Fraction(low)) >= pace.days_needed(dose, Fraction(high))
    assert pace.lowest_after(dose) < dose
    assert pace.least_days(dose) >= 1


@settings(max_examples=60)
@given(products(), st.sampled_from(list(Split)), st.sampled_from([1, 2, 3]), st.booleans(), st.data())
def test_some_time_of_day_can_always_give_up_one_gap_between_makeable_doses(
    listed: list[StockedProduct], split: Split, times: int, morning_first: bool, data: st.DataObject
) -> None:
    """So the smallest cut that the times of day can follow is never larger: the bound of the search rests on it."""
    makeable = Makeable(MEDICINE, listed, split, most_pieces=4, up_to=12 * MG)
    now = tuple(data.draw(st.sampled_from(makeable.doses[1:9])) for _ in range(times))
    upwards = [dose for dose in makeable.doses if dose <= sum(now)]
    widest = max(high - low for low, high in pairwise(upwards))
    splitter = SlotSplitter(makeable, SlotRule.MORNING_FIRST if morning_first else SlotRule.EVEN)
    lower = {sum(doses) for doses in product(upwards, repeat=times)}
    within = [daily for daily in lower if max(1, sum(now) - widest) <= daily < sum(now)]
    assert sum(now) == makeable.smallest or any(splitter.split(daily, now) for daily in within)
