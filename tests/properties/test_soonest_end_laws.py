"""The search against every allowed plan of small cases, and what it takes for granted of a pace and of products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import plan_requests
from every_plan import AllowedPlan, Case, TooManyPlans, best_plan, best_plan_by_day_doses
from taper_app.clinical.planning.day_search import search_day_doses
from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.pace import AskedPace
from taper_app.clinical.planning.path import NoPath, PathRules, Start, days_of_start
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Product, Split
from taper_app.clinical.protocol.tapers import SlotRule
from taper_app.clinical.quantities import MedicineId

PROTOCOLS = plan_requests.PROTOCOLS
MG = 10_000
MEDICINE = MedicineId("diazepam")


def pace_of(protocol: str, start_mg: int, every_days: int | None, cut: str | None) -> AskedPace:
    """A shipped pace with other numbers where its model takes them; ranges are not looked at here."""
    taper = PROTOCOLS.tapers[protocol]
    drug = taper.only_medicines[0] if taper.only_medicines else MEDICINE
    request = {
        "current": [{"drug": drug, "mg": str(start_mg), "time": "08:00"}],
        "protocol": protocol,
        "start_on": "2027-01-11",
        "equivalence": "ashton-2002",
    }
    if every_days is not None:
        request["every_days"] = every_days
    if cut is not None and taper.pace.model != "table":
        request["cut_mg" if taper.pace.model in ("fixed_mg", "ladder") else "cut_percent"] = cut
    return settle(parse_request(request, PROTOCOLS), PROTOCOLS).pace.begun_from(start_mg * MG)


paces = st.builds(
    pace_of,
    st.sampled_from(sorted(PROTOCOLS.tapers)),
    st.integers(min_value=1, max_value=60),
    st.sampled_from([None, 1, 7, 14]),
    st.sampled_from([None, None, "0.5", "2", "10", "25", "40"]),
)


@st.composite
def products(draw: st.DrawFn) -> list[StockedProduct]:
    """One to three products of strengths that leave gaps."""
    found = {}
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        form = draw(st.sampled_from([Form.TABLET, Form.TABLET, Form.TABLET, Form.ODT, Form.LIQUID]))
        made = Product(
            form=form,
            strength_mg=Decimal(draw(st.sampled_from(["0.5", "1", "2", "3", "5", "7.5", "10"]))),
            splits_into=draw(st.sampled_from(list(Split))) if form is Form.TABLET else Split.NONE,
            smallest_ml=Decimal(1) if form is Form.LIQUID else None,
            markets=("us",),
            source="local-default",
            where="made up",
        )
        found[made.product_id(MEDICINE)] = StockedProduct(made.product_id(MEDICINE), MEDICINE, made)
    return list(found.values())


@dataclass(frozen=True)
class Small:
    """A case small enough to look at every plan, and what the search is given for it."""

    makeable: Makeable
    every_plan: Case

    @property
    def rules(self) -> PathRules:
        case = self.every_plan
        assert self.makeable.smallest is not None
        return PathRules(
            case.pace, case.longest_step_days, case.target, self.makeable.smallest, case.stop_allowed_up_to
        )

    @property
    def start(self) -> Start:
        case = self.every_plan
        return Start(case.now, case.daily_now, case.times, case.start_is_a_step, case.start_may_end)

    @property
    def splitter(self) -> SlotSplitter:
        case = self.every_plan
        rule = SlotRule.MORNING_FIRST if case.morning_first else SlotRule.EVEN
        return SlotSplitter(self.makeable, rule, case.keeps_all_times)


@st.composite
def small_cases(draw: st.DrawFn) -> Small:
    listed, split = draw(products()), draw(st.sampled_from(list(Split)))
    times = draw(st.sampled_from([1, 2, 2, 3, 3, 4]))
    most = draw(st.sampled_from([1, 2, 3, 6]))
    makeable = Makeable(MEDICINE, listed, split, most_pieces=most, up_to=12 * MG)
    doses = makeable.doses[1 : draw(st.sampled_from([4, 9, 14])) // times + 3]
    assume(doses)
    now = tuple(draw(st.sampled_from(doses[-4:])) for _ in range(times))
    if draw(st.integers(min_value=0, max_value=5)) == 0:  # one dose that these products cannot make
        now = (now[0] + MG // 4, *now[1:])
    total = sum(now)
    daily = daily_doses(makeable, times, up_to=total)
    case = Case(
        now=now if draw(st.integers(min_value=0, max_value=4)) else None,
        daily_now=total,
        times=times,
        makeable=frozenset(dose for dose in makeable.doses if dose <= total),
        pace=draw(paces).begun_from(total),
        longest_step_days=draw(st.sampled_from([14, 28, 60])),
        target=draw(st.sampled_from([0, 0, 0, daily[0], daily[-1]])),
        stop_allowed_up_to=Fraction(draw(st.sampled_from([0, 0, MG // 2, MG, total]))),
        morning_first=draw(st.booleans()),
        keeps_all_times=draw(st.booleans()),
        start_is_a_step=draw(st.booleans()),
        start_may_end=draw(st.booleans()),
    )
    assume(len(case.makeable) > 1)
    return Small(makeable, replace(case, longest_step_days=max(case.longest_step_days, case.pace.every_days)))


def whole_tablets(*strengths: str, most: int, times: int, total: int, pace: AskedPace) -> Small:
    """The times of day change with the first step; only whole tablets, at most so many a dose."""
    listed = [
        Product(form=Form.TABLET, strength_mg=Decimal(mg), markets=("us",), source="local-default", where="made up")
        for mg in strengths
    ]
    stocked = [StockedProduct(made.product_id(MEDICINE), MEDICINE, made) for made in listed]
    makeable = Makeable(MEDICINE, stocked, Split.NONE, most_pieces=most, up_to=12 * MG)
    case = Case(
        now=None,
        daily_now=total,
        times=times,
        makeable=frozenset(makeable.doses),
        pace=pace,
        longest_step_days=14,
        target=0,
        stop_allowed_up_to=Fraction(0),
        morning_first=False,
        keeps_all_times=False,
        start_is_a_step=False,
        start_may_end=False,
    )
    return Small(makeable, case)


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


@settings(max_examples=200)
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


@settings(max_examples=200)
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


@settings(max_examples=100)
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
