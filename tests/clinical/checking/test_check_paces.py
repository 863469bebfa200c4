"""The time that each pace takes and the dose it asks for, worked by hand or against logarithms."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.checking.numbers import PER_ONE, Exact
from taper_app.clinical.checking.paces import (
    AskedPace,
    EitherPace,
    OccupancyPace,
    PaceAsked,
    PercentPace,
    StretchPace,
    TablePace,
    pace_of,
)
from taper_app.clinical.protocol.library import Protocols

AS_PRINTED = PaceAsked(None, None, None)


def mg(text: str) -> int:
    amount = Fraction(text) * PER_ONE
    assert amount.denominator == 1
    return amount.numerator


def asked_mg(pace: AskedPace, dose: str) -> list[Fraction]:
    return [Fraction(each, PER_ONE) for each in pace.asked(mg(dose))]


def days(pace: AskedPace, dose: str, lower: str) -> int:
    """The fewest whole days that are long enough."""
    end: Exact = mg(lower)
    return next(count for count in range(1000) if pace.is_long_enough(mg(dose), end, count))


def shipped(protocols: Protocols, taper: str, asked: PaceAsked = AS_PRINTED, **more: int | Fraction) -> AskedPace:
    per_unit, start = Fraction(more.get("per_unit", 1)), int(more.get("start", 0))
    pace = pace_of(protocols.tapers[taper].pace, asked, per_unit=per_unit, start=start)
    assert pace is not None
    return pace


@given(
    sixteenths=st.integers(min_value=2, max_value=400),
    fall=st.integers(min_value=1, max_value=399),
    percent=st.integers(min_value=1, max_value=50),
    every=st.integers(min_value=1, max_value=28),
    given_for=st.integers(min_value=1, max_value=400),
)
def test_whole_numbers_agree_with_logarithms_except_on_the_edge(
    sixteenths: int, fall: int, percent: int, every: int, given_for: int
) -> None:
    dose, lower = sixteenths * 625, max(sixteenths - fall, 1) * 625
    takes = every * math.log(dose / lower) / math.log(1 / (1 - percent / 100))
    if abs(takes - given_for) < 1e-6:
        return
    pace = PercentPace(Fraction(percent), Fraction(percent), every)
    assert pace.is_long_enough(dose, lower, given_for) == (takes < given_for)


def test_exactly_the_asked_cut_takes_exactly_the_interval() -> None:
    pace = PercentPace(Fraction(10), Fraction(10), 14)
    assert days(pace, "1.25", "1.125") == 14
    assert not pace.is_bigger_than_asked(mg("1.25"), mg("1.125"))
    assert pace.is_bigger_than_asked(mg("1.25"), mg("1.1249"))
    assert not pace.is_above_printed(mg("1.25"), mg("1.125"))


def test_a_percentage_of_the_dose_now_never_reaches_zero() -> None:
    pace = PercentPace(Fraction(10), Fraction(10), 14)
    assert not pace.is_long_enough(mg("1"), 0, 10_000)
    assert pace.has_no_end
    assert not pace.is_above_bands(mg("1000"))


def test_fixed_milligrams_take_their_share_of_the_interval(protocols: Protocols) -> None:
    label = shipped(protocols, "fda-klonopin-panic")
    assert days(label, "1", "0.5") == 6
    assert asked_mg(label, "1") == [Fraction(3, 4)]
    assert asked_mg(label, "0.125") == [0]
    assert label.is_above_printed(mg("1"), mg("0.5"))
    assert not label.is_above_bands(mg("1000"))


def test_a_percentage_of_the_start_is_the_same_cut_each_time(protocols: Protocols) -> None:
    pace = shipped(protocols, "dutch-25-percent-weekly", start=mg("22"))
    assert asked_mg(pace, "22") == [Fraction(33, 2)]
    assert asked_mg(pace, "16.5") == [11]
    assert days(pace, "16.5", "0") == 21
    assert not pace.has_no_end
    assert pace_of(protocols.tapers["dutch-25-percent-weekly"].pace, AS_PRINTED, per_unit=Fraction(1), start=0) is None


def test_a_ladder_takes_the_sum_over_its_bands(protocols: Protocols) -> None:
    ladder = shipped(protocols, "nice-cks-ladder")
    assert isinstance(ladder, StretchPace)
    assert days(ladder, "40", "20") == 140
    assert days(ladder, "21", "19") == 21
    assert asked_mg(ladder, "21") == [19, Fraction(39, 2)]
    assert asked_mg(ladder, "20") == [19]
    assert asked_mg(ladder, "46") == [44]
    assert asked_mg(ladder, "0.5") == [0]
    assert ladder.is_above_bands(mg("46"))
    assert not ladder.is_above_bands(mg("40"))
    assert ladder.is_above_printed(mg("20"), mg("17"))
    assert not ladder.is_above_printed(mg("20"), mg("18"))
    assert not ladder.is_bigger_than_asked(mg("21"), mg("19"))
    assert ladder.is_bigger_than_asked(mg("21"), mg("18.9999"))


def test_the_totals_that_cks_states_are_thirty_and_twenty_steps(protocols: Protocols) -> None:
    ladder = shipped(protocols, "nice-cks-ladder")
    assert days(ladder, "40", "0") == 30 * 14
    assert days(ladder, "20", "0") == 20 * 14


def test_a_ladder_with_an_open_top_uses_its_highest_band_for_every_dose(protocols: Protocols) -> None:
    ladder = shipped(protocols, "mcmaster-2010")
    assert asked_mg(ladder, "400") == [395]
    assert not ladder.is_above_bands(mg("400"))
    assert days(ladder, "30", "18") == 7 * 2 + 7 * 2


def test_bands_keep_their_own_days_unless_another_interval_is_asked(protocols: Protocols) -> None:
    own = shipped(protocols, "nardi-2010")
    assert [own.least_days(mg(dose)) for dose in ("1.5", "1", "0.25")] == [14, 7, 7]
    assert days(own, "2", "0.5") == 28 + 14
    assert own.every_days == 7

    filled = shipped(protocols, "nardi-2010", PaceAsked(None, None, 7))
    assert filled == own, "the filled request of such a ladder names the smallest of its days"

    slower = shipped(protocols, "nardi-2010", PaceAsked(None, None, 14))
    assert [slower.least_days(mg(dose)) for dose in ("1.5", "1")] == [14, 14]


def test_a_cut_asked_for_replaces_that_of_every_band(protocols: Protocols) -> None:
    ladder = shipped(protocols, "nice-cks-ladder", PaceAsked(None, mg("0.5"), 7))
    assert days(ladder, "40", "39") == 14
    assert asked_mg(ladder, "5") == [Fraction(9, 2)]
    assert not ladder.is_above_printed(mg("40"), mg("36"))


def test_a_ladder_in_mg_diazepam_is_scaled_to_the_medicine_that_is_tapered(protocols: Protocols) -> None:
    ladder = shipped(protocols, "scotland-2024", per_unit=Fraction(20))
    assert asked_mg(ladder, "1") == [Fraction(19, 20)]
    assert days(ladder, "1", "0.5") == 140


@pytest.mark.parametrize(
    ("dose", "asked"), [("40", "35"), ("35", "30"), ("22", "20"), ("20", "15"), ("5", "0"), ("50", "45"), ("3", "0")]
)
def test_a_table_asks_for_its_next_lower_line(protocols: Protocols, dose: str, asked: str) -> None:
    table = shipped(protocols, "va-ncptsd")
    assert isinstance(table, TablePace)
    assert asked_mg(table, dose) == [Fraction(asked)]
    assert table.is_above_bands(mg(dose)) == (dose == "50")


def test_a_tables_time_runs_evenly_from_line_to_line(protocols: Protocols) -> None:
    table = shipped(protocols, "va-ncptsd")
    assert days(table, "40", "0") == 7 + 7 + 7 + 7 + 35 + 14 + 14 + 14
    assert days(table, "20", "18") == 14
    assert days(table, "50", "40") == 14
    assert table.least_days(mg("20")) == 7

    slower = shipped(protocols, "va-ncptsd", PaceAsked(None, None, 14))
    assert days(slower, "20", "15") == 70


def test_a_cut_within_a_tables_stretch_may_be_read_either_way_above_the_printed_one(protocols: Protocols) -> None:
    table = shipped(protocols, "va-ncptsd")
    assert table.is_above_printed(mg("22"), mg("20")) is False
    assert table.is_above_printed(mg("22"), mg("18")) is None
    assert table.is_above_printed(mg("22"), mg("16")) is True


def test_equal_cuts_of_occupancy(protocols: Protocols) -> None:
    pace = shipped(protocols, "hyperbolic-occupancy")
    assert isinstance(pace, OccupancyPace)
    assert asked_mg(pace, "4") == [Fraction("0.7") * 1553 / 327]
    assert asked_mg(pace, "0.01") == [0]
    assert days(pace, "3", "2.5") == 17
    assert days(pace, "0.7", "0") == 14 * 20
    assert pace.is_bigger_than_asked(mg("3"), mg("2.5"))
    assert pace.is_above_printed(mg("3"), mg("1"))
    assert not pace.is_above_bands(mg("1000"))
    assert pace.least_days(mg("1")) == 14

    of_clonazepam = shipped(protocols, "hyperbolic-occupancy", per_unit=Fraction(20))
    assert asked_mg(of_clonazepam, "0.2") == [asked / 20 for asked in asked_mg(pace, "4")]


@pytest.mark.parametrize("percent", ["0", "100", "150"])
def test_a_percentage_that_cuts_nothing_or_everything_makes_no_pace(protocols: Protocols, percent: str) -> None:
    asked = PaceAsked(Fraction(percent), None, None)
    assert pace_of(protocols.tapers["asam-2025"].pace, asked, per_unit=Fraction(1), start=0) is None


def test_an_interval_or_a_cut_of_nothing_makes_no_pace(protocols: Protocols) -> None:
    ladder = protocols.tapers["nice-cks-ladder"].pace
    assert pace_of(ladder, PaceAsked(None, None, 0), per_unit=Fraction(1), start=0) is None
    assert pace_of(ladder, PaceAsked(None, 0, None), per_unit=Fraction(1), start=0) is None


def test_where_two_starts_may_be_meant_what_is_right_by_one_is_right(protocols: Protocols) -> None:
    one = shipped(protocols, "dutch-25-percent-weekly", start=mg("20"))
    other = shipped(protocols, "dutch-25-percent-weekly", start=mg("40"))
    either = EitherPace(one, other)
    assert asked_mg(either, "20") == [10, 15]
    assert either.every_days == either.least_days(mg("20")) == 7
    assert not either.has_no_end
    assert not either.is_bigger_than_asked(mg("20"), mg("10"))
    assert either.is_bigger_than_asked(mg("20"), mg("9"))
    assert either.is_long_enough(mg("20"), mg("10"), 7)
    assert either.is_above_printed(mg("20"), mg("12")) is None
    assert either.is_above_printed(mg("20"), mg("5")) is True
    assert not either.is_above_bands(mg("20"))
