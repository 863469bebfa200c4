"""The checker's own arithmetic of products: which doses can be made, and by how little a day can go down."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taper_app.clinical.checking.makeable import MakeableDoses, makeable_doses, pieces_in
from taper_app.clinical.checking.numbers import PER_ONE, half_even, percent_figure
from taper_app.clinical.checking.smallest_cuts import smallest_cut, smallest_cut_at_other_times
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Split

shared_fixture = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mg(text: str) -> int:
    """Milligrams in units of 0.0001 mg."""
    amount = Fraction(text) * PER_ONE
    assert amount.denominator == 1
    return amount.numerator


def doses_of(protocols: Protocols, *product_ids: str, pieces: int = 6) -> MakeableDoses:
    listed = [found for each in product_ids if (found := protocols.product(each)) is not None]
    assert len(listed) == len(product_ids)
    return makeable_doses(listed, split=Split.HALF, pieces=pieces)


def test_the_makeable_doses_are_those_of_every_handful_of_pieces(protocols: Protocols) -> None:
    made = doses_of(protocols, "clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg", pieces=4)
    parts = [mg("0.5"), mg("0.25"), mg("1"), mg("0.125")]
    by_hand = {sum(handful) for count in range(5) for handful in combinations_with_replacement(parts, count)}
    grid = [mg("0.0625") * step for step in range(0, 80)]

    assert [dose for dose in grid if made.can_make(dose)] == [dose for dose in grid if dose in by_hand]
    assert made.smallest() == mg("0.125")


def test_a_liquid_adds_whole_smallest_volumes_to_tablets(protocols: Protocols) -> None:
    made = doses_of(protocols, "diazepam-tablet-2mg", "diazepam-liquid-1mg-per-ml")
    assert made.can_make(mg("0.5"))
    assert made.can_make(mg("18.5"))
    assert not made.can_make(mg("0.25"))
    assert made.largest_below(mg("0.5")) == 0


def test_products_that_make_nothing_make_no_dose_at_all(protocols: Protocols) -> None:
    made = doses_of(protocols)
    assert made.smallest() is None
    assert made.can_make(0)
    assert made.largest_at_most(mg("1000")) == 0


def test_a_dose_far_beyond_every_product_is_simply_not_makeable(protocols: Protocols) -> None:
    made, absurd = doses_of(protocols, "diazepam-tablet-2mg"), 10**26
    assert not made.can_make(absurd)
    assert made.largest_below(absurd) == mg("12")
    assert made.smallest_from(absurd) is None


@given(dose=st.integers(min_value=1, max_value=60_000))
@shared_fixture
def test_the_dose_below_and_above_are_makeable_and_nothing_lies_between(protocols: Protocols, dose: int) -> None:
    made = doses_of(protocols, "clonazepam-tablet-0.5mg", "clonazepam-odt-0.125mg")
    below, at_most, above = made.largest_below(dose), made.largest_at_most(dose), made.smallest_from(dose)
    every = [step * 625 for step in range(0, 100) if made.can_make(step * 625)]

    assert below == max(each for each in every if each < dose)
    assert at_most == (dose if made.can_make(dose) else below)
    assert above == min((each for each in every if each >= dose), default=None)


@given(most=st.lists(st.integers(min_value=0, max_value=30_000), min_size=1, max_size=3))
@shared_fixture
def test_a_day_adds_up_what_each_time_can_give(protocols: Protocols, most: list[int]) -> None:
    made = doses_of(protocols, "clonazepam-tablet-0.5mg", "clonazepam-odt-0.125mg", pieces=3)
    each_time = [[dose for dose in range(0, limit + 1, 625) if made.can_make(dose)] for limit in most]
    sums = {sum(doses) for doses in product(*each_time)}
    of_a_day = made.of_a_day(most)
    assert {dose for dose in range(0, sum(most) + 1, 625) if of_a_day.can_make(dose)} == sums


def test_the_smallest_cut_takes_from_one_time_and_mends_what_cannot_be_made(protocols: Protocols) -> None:
    made = {"clonazepam": doses_of(protocols, "clonazepam-tablet-0.5mg")}
    morning, night = ("08:00", "clonazepam"), ("20:00", "clonazepam")

    assert smallest_cut({morning: mg("1"), night: mg("1")}, made) == mg("0.25")
    assert smallest_cut({morning: mg("1.1"), night: mg("1")}, made) == mg("0.1")
    assert smallest_cut({night: mg("0.25")}, made) == mg("0.25")
    assert smallest_cut({}, made) is None
    assert smallest_cut({("20:00", "diazepam"): mg("1")}, made) is None


def test_at_other_times_any_sum_of_doses_may_follow(protocols: Protocols) -> None:
    made = doses_of(protocols, "clonazepam-tablet-1mg")
    assert smallest_cut_at_other_times(mg("2.5"), made, 2) == mg("0.5")
    assert smallest_cut_at_other_times(mg("0.5"), made, 2) is None


def test_each_half_or_quarter_is_one_piece() -> None:
    counts = {"0.5": 1, "1.5": 2, "0.75": 2, "1.75": 3, "2": 2}
    assert {count: pieces_in(mg(count), is_liquid=False) for count in counts} == counts
    assert pieces_in(mg("4.5"), is_liquid=True) == 1


def test_figures_are_rounded_half_to_even() -> None:
    assert [half_even(each, 2) for each in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]
    assert percent_figure(mg("0.125"), mg("2")) == mg("6.2")
    assert percent_figure(Fraction(1, 3), Fraction(1)) == mg("33.3")
