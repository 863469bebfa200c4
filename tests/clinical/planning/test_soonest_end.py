"""The search by hand: where it ends, and what it does when another cut is sooner than the end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from taper_app.clinical.planning.day_search import search_day_doses
from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.pace import FixedMg, PercentOfCurrent
from taper_app.clinical.planning.path import NoPath, PathRules, Start, days_of_start
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.shapes import Shapes
from taper_app.clinical.planning.shares import Shares
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Product, Split
from taper_app.clinical.protocol.tapers import PaceFixedMg, PacePercentOfCurrent, SlotRule
from taper_app.clinical.quantities import MedicineId

MG = 10_000


@pytest.fixture
def two_mg_tablets(protocols: Protocols) -> Makeable:
    stocked = protocols.product("diazepam-tablet-2mg")
    assert stocked is not None
    return Makeable(MedicineId("diazepam"), [stocked], Split.HALF, most_pieces=6, up_to=20 * MG)


@pytest.fixture
def one_mg_a_week(protocols: Protocols) -> FixedMg:
    printed = protocols.tapers["fda-klonopin-panic"].pace
    assert isinstance(printed, PaceFixedMg)
    return FixedMg(MG, 7, printed)


@dataclass(frozen=True)
class LongLastDose(FixedMg):
    """A stop that is farther away the higher the last dose is, beyond the pace's own time."""

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return super().days_needed(dose, lower) + (100 * dose // MG if lower == 0 else 0)


def found(makeable: Makeable, pace: FixedMg, start: Start, *, target: int = 0, stop_up_to: int = 0) -> list[int]:
    """The daily doses in mg after the start."""
    assert makeable.smallest is not None
    rules = PathRules(pace, 28, target * MG, makeable.smallest, Fraction(stop_up_to * MG))
    daily = daily_doses(makeable, start.times, up_to=start.daily)
    given = find_path(start, daily, SlotSplitter(makeable, SlotRule.EVEN), rules)
    return [step.daily // MG for step in given]


def at_once(mg: int, *, is_first_step: bool = False, may_end: bool = False) -> Start:
    return Start((mg * MG,), mg * MG, 1, is_first_step, may_end)


def test_the_plan_goes_down_to_the_smallest_dose_and_stops(two_mg_tablets, one_mg_a_week):
    assert found(two_mg_tablets, one_mg_a_week, at_once(4)) == [3, 2, 1]


def test_the_stop_follows_the_first_dose_that_is_low_enough(two_mg_tablets, one_mg_a_week):
    assert found(two_mg_tablets, one_mg_a_week, at_once(4), stop_up_to=2) == [3, 2]


def test_a_dose_to_stay_on_ends_the_plan(two_mg_tablets, one_mg_a_week):
    assert found(two_mg_tablets, one_mg_a_week, at_once(4), target=2) == [3, 2]


def test_the_dose_after_a_change_of_medicine_may_be_the_last_one(two_mg_tablets, one_mg_a_week):
    assert found(two_mg_tablets, one_mg_a_week, at_once(2, is_first_step=True), stop_up_to=2) == []


def test_the_present_dose_is_cut_once_before_the_stop_unless_nothing_lower_can_be_made(two_mg_tablets, one_mg_a_week):
    assert found(two_mg_tablets, one_mg_a_week, at_once(2), stop_up_to=2) == [1]
    assert found(two_mg_tablets, one_mg_a_week, at_once(1), stop_up_to=2) == []


def test_where_the_stop_is_farther_away_than_a_further_cut_the_cut_is_made(two_mg_tablets, one_mg_a_week):
    far = LongLastDose(one_mg_a_week.cut, one_mg_a_week.every_days, one_mg_a_week.printed)
    assert found(two_mg_tablets, far, at_once(4), stop_up_to=3) == [3, 2, 1]
    assert found(two_mg_tablets, far, at_once(3, is_first_step=True), stop_up_to=3) == [2, 1]


@pytest.mark.parametrize(("start_mg", "target_mg", "stuck_at_mg"), [(1, 2, 1), (4, 9, 4)])
def test_a_target_that_is_not_below_the_present_dose_is_never_reached(
    two_mg_tablets, one_mg_a_week, start_mg, target_mg, stuck_at_mg
):
    with pytest.raises(NoPath) as stuck:
        found(two_mg_tablets, one_mg_a_week, at_once(start_mg), target=target_mg)
    assert stuck.value.stuck_at == stuck_at_mg * MG


def test_a_target_that_no_tablets_make_is_never_reached(protocols, one_mg_a_week):
    stocked = protocols.product("diazepam-tablet-5mg")
    assert stocked is not None
    five = Makeable(MedicineId("diazepam"), [stocked], Split.NONE, most_pieces=6, up_to=20 * MG)
    with pytest.raises(NoPath) as stuck:
        found(five, one_mg_a_week, at_once(15), target=4)
    assert stuck.value.stuck_at == 5 * MG


def test_the_search_over_the_times_of_day_says_where_it_got_stuck(protocols, one_mg_a_week):
    stocked = [protocols.product("diazepam-tablet-10mg")]
    ten = Makeable(MedicineId("diazepam"), stocked, Split.NONE, most_pieces=6, up_to=60 * MG)
    rules = PathRules(one_mg_a_week, 28, 5 * MG, 10 * MG, Fraction(0))
    start = Start((10 * MG, 10 * MG), 20 * MG, 2)
    with pytest.raises(NoPath) as stuck:
        search_day_doses(start, [10 * MG], SlotSplitter(ten, SlotRule.EVEN), rules)
    assert stuck.value.stuck_at == 10 * MG


def test_seventy_mg_at_four_times_with_two_liquids_that_make_few_odd_doses_ends_as_soon_as_it_can(protocols):
    """Halves of 2 mg, 0.2 mg steps of one liquid, 2.5 mg steps of the other: a dropped time leaves few doses.

    By the daily doses alone it would end after 1,214 days; 1,233 is what a search without any shortcut found.
    """
    listed = [f"diazepam-{name}" for name in ("tablet-2mg", "liquid-0.4mg-per-ml", "liquid-5mg-per-ml")]
    stocked = [product for name in listed if (product := protocols.product(name))]
    makeable = Makeable(MedicineId("diazepam"), stocked, Split.HALF, most_pieces=6, up_to=70 * MG)
    printed = protocols.tapers["asam-2025"].pace
    assert isinstance(printed, PacePercentOfCurrent)
    rules = PathRules(PercentOfCurrent(Decimal(5), 14, printed), 28, 0, 2_000, Fraction(1 * MG))
    start = Start((10 * MG, 10 * MG, 35 * MG, 15 * MG), 70 * MG, 4, is_first_step=True)
    daily = daily_doses(makeable, 4, up_to=70 * MG)
    given = find_path(start, daily, SlotSplitter(makeable, SlotRule.EVEN), rules)
    assert (days_of_start(start, given, rules) + sum(step.days for step in given), len(given) + 1) == (1_233, 79)
    # On the way the two times that are left stand at 3 and 3.5 mg, which the daily doses alone do not ask for.
    assert (30_000, 0, 0, 35_000) in [step.doses for step in given]


@pytest.mark.parametrize(
    ("rule", "ways"),
    [
        (SlotRule.EVEN, [(1, 3), (2, 2)]),  # whichever of the two comes first
        (SlotRule.MORNING_FIRST, [(1, 3), (2, 2), (3, 1)]),
    ],
)
def test_four_mg_at_two_times_are_taken_in_ways_that_lead_to_different_plans(two_mg_tablets, rule, ways):
    found = Shapes(SlotSplitter(two_mg_tablets, rule)).all_of(4 * MG, 2)
    assert [tuple(dose // MG for dose in way) for way in found] == ways


def test_the_finest_amount_that_can_be_written_down_is_shared_like_any_other():
    """0.0003 mg over two times of day, from tablets of 0.0001 mg."""
    finest = Product(
        form=Form.TABLET, strength_mg=Decimal("0.0001"), markets=("us",), source="local-default", where="made up"
    )
    medicine = MedicineId("diazepam")
    stocked = StockedProduct(finest.product_id(medicine), medicine, finest)
    makeable = Makeable(medicine, [stocked], Split.NONE, most_pieces=6, up_to=MG)
    assert list(Shares(makeable).all_of(3, 2)) == [(1, 2), (2, 1)]
