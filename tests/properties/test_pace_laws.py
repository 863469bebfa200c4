"""Laws of the pace models: time adds up, no more is asked than there is, a larger cut never takes longer."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

import plan_requests
from taper_app.clinical.planning.pace import (
    AskedPace,
    FixedMg,
    Ladder,
    Occupancy,
    PercentOfCurrent,
    PercentOfStart,
    Table,
)
from taper_app.clinical.protocol.tapers import (
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PaceTable,
)

TAPERS = plan_requests.PROTOCOLS.tapers
#: mg of a ladder's medicine for 1 mg of the tapered one: the same medicine, and clonazepam or lorazepam in diazepam.
SCALES = st.sampled_from([Fraction(1), Fraction(20), Fraction(10), Fraction(10, 3)])
DOSES = st.integers(min_value=1, max_value=1_200_000)
EVERY = st.sampled_from([1, 3, 7, 14, 28])


@st.composite
def exact_paces(draw: st.DrawFn) -> FixedMg | Ladder | Occupancy | PercentOfStart | Table:
    """The models whose T is an exact fraction, over the shipped files, with figures of a request."""
    every, scale = draw(EVERY), draw(SCALES)
    taper = draw(st.sampled_from([taper for taper in TAPERS.values() if taper.pace.model != "percent_of_current"]))
    pace = taper.pace
    if isinstance(pace, PacePercentOfStart):
        percent = draw(st.sampled_from(["2.5", "10", "25", "33.3333"]))
        return PercentOfStart(Decimal(percent), every, pace, draw(DOSES))
    if isinstance(pace, PaceFixedMg):
        return FixedMg(draw(st.sampled_from([625, 1250, 2500, 5000])), every, pace)
    if isinstance(pace, PaceLadder):
        cut = draw(st.sampled_from([None, Decimal("0.5"), Decimal(1)]))
        return Ladder(every, pace, scale, cut, replaces_band_days=draw(st.booleans()))
    if isinstance(pace, PaceTable):
        return Table(every, pace, scale)
    assert isinstance(pace, PaceOccupancy)
    return Occupancy(Decimal(draw(st.sampled_from(["2.5", "5", "10"]))), every, pace, scale)


@st.composite
def percent_paces(draw: st.DrawFn) -> PercentOfCurrent:
    printed = TAPERS["asam-2025"].pace
    assert isinstance(printed, PacePercentOfCurrent)
    return PercentOfCurrent(Decimal(draw(st.sampled_from(["0.5", "5", "7.5", "10", "25"]))), draw(EVERY), printed)


PACES = st.one_of(exact_paces(), percent_paces())


@given(exact_paces(), st.lists(DOSES, min_size=3, max_size=3, unique=True))
def test_time_adds_up_exactly(pace: FixedMg | Ladder | Occupancy | PercentOfStart | Table, doses: list[int]) -> None:
    """T(a→b) + T(b→c) = T(a→c), before rounding up to whole days."""
    low, middle, high = sorted(doses)
    whole_way = pace.time(high, Fraction(low))
    assert pace.time(high, Fraction(middle)) + pace.time(middle, Fraction(low)) == whole_way
    assert pace.time(high, Fraction(high)) == 0
    assert pace.time(low, Fraction(0)) > 0


@given(exact_paces(), DOSES)
def test_whole_days_are_the_exact_time_rounded_up(
    pace: FixedMg | Ladder | Occupancy | PercentOfStart | Table, dose: int
) -> None:
    for lower in (pace.lowest_after(dose), Fraction(dose, 3), Fraction(0)):
        time, days = pace.time(dose, lower), pace.days_needed(dose, lower)
        assert days - 1 < time <= days


@given(percent_paces(), st.lists(DOSES, min_size=3, max_size=3, unique=True))
def test_whole_days_of_a_percentage_never_lose_or_gain_more_than_the_rounding(
    pace: PercentOfCurrent, doses: list[int]
) -> None:
    """Two parts, each rounded up, are at most one day more than the whole way, and never less."""
    low, middle, high = sorted(doses)
    parts = pace.days_needed(high, Fraction(middle)) + pace.days_needed(middle, Fraction(low))
    assert parts - 1 <= pace.days_needed(high, Fraction(low)) <= parts


@given(PACES, DOSES)
def test_the_dose_asked_lies_below_the_dose_and_never_below_nothing(pace: AskedPace, dose: int) -> None:
    assert 0 <= pace.lowest_after(dose) < dose
    assert pace.lowest_after(dose) == pace.begun_from(dose).lowest_after(dose) or isinstance(pace, PercentOfStart)


@given(PACES, st.lists(DOSES, min_size=3, max_size=3, unique=True))
def test_a_deeper_cut_never_takes_less_time(pace: AskedPace, doses: list[int]) -> None:
    low, middle, high = sorted(doses)
    assert pace.days_needed(high, Fraction(low)) >= pace.days_needed(high, Fraction(middle))
    assert pace.least_days(high) >= 1


@given(exact_paces(), DOSES)
def test_a_cut_as_large_as_asked_takes_its_interval_where_the_dose_stays_in_one_stretch(
    pace: FixedMg | Ladder | Occupancy | PercentOfStart | Table, dose: int
) -> None:
    """A ladder whose next band is slower, and a table joined between two lines, take longer or shorter."""
    asked = pace.lowest_after(dose)
    assume(asked > 0)
    if isinstance(pace, Ladder):
        assume(pace.band_of(dose) == pace.band_of(int(asked) + 1))
        assert pace.time(dose, asked) == pace.least_days(dose)
    elif not isinstance(pace, Table):
        assert pace.time(dose, asked) == pace.every_days


@given(
    st.sampled_from(["percent", "start", "fixed", "occupancy", "ladder"]),
    DOSES,
    DOSES,
    st.sampled_from([(Decimal("2.5"), Decimal(5)), (Decimal(5), Decimal(10)), (Decimal(9), Decimal("9.5"))]),
    EVERY,
)
def test_a_larger_cut_is_never_slower(
    model: str, one: int, other: int, cuts: tuple[Decimal, Decimal], every: int
) -> None:
    """Of two paces of one model that differ in their cut alone."""
    low, high = sorted((one, other))
    smaller, larger = (_with_cut(model, cut, every, start=high) for cut in cuts)
    assert larger.days_needed(high, Fraction(low)) <= smaller.days_needed(high, Fraction(low))
    assert larger.lowest_after(high) <= smaller.lowest_after(high)


def _with_cut(model: str, cut: Decimal, every: int, *, start: int) -> AskedPace:
    asam, dutch = TAPERS["asam-2025"].pace, TAPERS["dutch-25-percent-weekly"].pace
    label, occupancy = TAPERS["fda-klonopin-panic"].pace, TAPERS["hyperbolic-occupancy"].pace
    cks = TAPERS["nice-cks-ladder"].pace
    assert isinstance(asam, PacePercentOfCurrent)
    assert isinstance(dutch, PacePercentOfStart)
    assert isinstance(label, PaceFixedMg)
    assert isinstance(occupancy, PaceOccupancy)
    assert isinstance(cks, PaceLadder)
    paces: dict[str, AskedPace] = {
        "percent": PercentOfCurrent(cut, every, asam),
        "start": PercentOfStart(cut, every, dutch, start),
        "fixed": FixedMg(int(cut * 10_000), every, label),
        "occupancy": Occupancy(cut, every, occupancy, Fraction(1)),
        "ladder": Ladder(every, cks, Fraction(1), cut),
    }
    return paces[model]


@given(st.integers(min_value=1, max_value=60), st.sampled_from(["10", "12.5", "20", "25"]), EVERY)
def test_whole_cuts_take_exactly_their_days_and_a_hair_more_takes_one_day_more(
    cuts: int, percent: str, every: int
) -> None:
    """In milligrams and in percent of the start n cuts are n intervals, never a day more by a rounding."""
    for model, cut, size in (("fixed", Decimal("0.25"), 2500), ("start", Decimal(percent), 2500)):
        start = int(size * 100 / Decimal(percent))
        pace = _with_cut(model, cut, every, start=start)
        assert pace.days_needed(cuts * size, Fraction(0)) == cuts * every
        assert pace.days_needed(cuts * size + 1, Fraction(0)) == cuts * every + 1


@given(st.integers(min_value=0, max_value=11))
def test_from_line_to_line_of_a_table_time_is_what_is_printed(line: int) -> None:
    printed = TAPERS["six-month-15mg"].pace
    assert isinstance(printed, PaceTable)
    table, rows = Table(printed.every_days, printed, Fraction(1)), printed.rows
    dose = int(rows[line].mg * 10_000)
    lower = Fraction(rows[line + 1].mg * 10_000) if line + 1 < len(rows) else Fraction(0)
    assert table.lowest_after(dose) == lower
    assert table.time(dose, lower) == rows[line].days


@given(DOSES, st.sampled_from([7, 14, 21]))
def test_a_table_at_another_interval_is_stretched_alike(dose: int, every: int) -> None:
    printed = TAPERS["six-month-15mg"].pace
    assert isinstance(printed, PaceTable)
    usual, stretched = Table(14, printed, Fraction(1)), Table(every, printed, Fraction(1))
    assert stretched.time(dose, Fraction(0)) == usual.time(dose, Fraction(0)) * every / 14


@given(DOSES, SCALES)
def test_another_medicines_doses_are_scaled_and_nothing_else(dose: int, scale: Fraction) -> None:
    """A ladder on a dose and on its equivalent of the ladder's own medicine is one and the same."""
    printed = TAPERS["nice-cks-ladder"].pace
    assert isinstance(printed, PaceLadder)
    own, scaled = Ladder(14, printed, Fraction(1)), Ladder(14, printed, scale)
    equivalent = dose * scale
    assume(equivalent.denominator == 1)
    assert own.time(int(equivalent), Fraction(0)) == scaled.time(dose, Fraction(0))
    assert own.lowest_after(int(equivalent)) == scaled.lowest_after(dose) * scale


@given(st.sampled_from(["0.5", "5", "7.5", "10", "25"]), EVERY, st.integers(min_value=1, max_value=20), DOSES)
def test_a_hair_below_a_whole_number_of_percent_cuts_takes_one_day_more(
    percent: str, every: int, cuts: int, dose: int
) -> None:
    """Closer than any binary fraction can tell: integers decide."""
    pace = _with_cut("percent", Decimal(percent), every, start=dose)
    lower = dose * ((100 - Fraction(percent)) / 100) ** cuts
    assert pace.days_needed(dose, lower) == cuts * every
    assert pace.days_needed(dose, lower * (1 - Fraction(1, 10**40))) == cuts * every + 1


def test_a_time_beyond_any_step_is_told_roughly_and_never_short() -> None:
    pace = _with_cut("percent", Decimal("0.0001"), 14, start=1)
    assert pace.days_needed(20_000, Fraction(10_000)) > 10_000
