"""Laws of the levels: they agree with the rate equations, are linear in dose, and fade with their own half-lives."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plan_requests
from ode_levels import STEPS_AN_HOUR, level_by_equations
from taper_app.clinical.kinetics.absorption import absorption_rate
from taper_app.clinical.kinetics.chains import Chain, chain_of_metabolite, chain_of_parent
from taper_app.clinical.kinetics.level_words import why_no_level
from taper_app.clinical.kinetics.samples import sampled_chains
from taper_app.clinical.kinetics.superposition import band_of, levels_of
from taper_app.clinical.kinetics.taken import Taken

MEDICINES = plan_requests.PROTOCOLS.medicines
WITH_LEVEL = sorted(
    name for name, one in MEDICINES.items() if one.half_life and one.absorption and not one.no_level_curve
)
WITHOUT_METABOLITE = [name for name in WITH_LEVEL if MEDICINES[name].active_metabolite_half_life is None]
#: Quarters of an hour; steps of the referee fall on each.
QUARTERS_A_DAY = 96
#: After so many half-lives of the slowest exponential less than a thousandth of a per mille is missing.
RUN_IN_HALF_LIVES = 20
FIRST_DAY = date(2027, 1, 11)

half_lives = st.floats(min_value=1, max_value=120)
peaks = st.floats(min_value=0.4, max_value=6)
doses_mg = st.sampled_from([0.0, 0.0625, 0.125, 0.5, 1.0, 7.5, 20.0])


@st.composite
def courses(draw: st.DrawFn, most_days: int = 12) -> Taken:
    """Some days of doses at one to four times of day, after a steady dose; some days may be without any."""
    quarters = sorted(draw(st.sets(st.integers(0, QUARTERS_A_DAY - 1), min_size=1, max_size=4)))
    row = st.tuples(*[doses_mg for _quarter in quarters])
    return Taken(
        medicine="examplazepam",
        first_day=FIRST_DAY,
        minutes=tuple(quarter * 15 for quarter in quarters),
        before=draw(st.tuples(*[st.sampled_from([0.5, 1.0, 10.0]) for _quarter in quarters])),
        days=tuple(draw(st.lists(row, min_size=1, max_size=most_days))),
    )


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """A parent's or a metabolite's; now and then with rates that are equal."""
    hours = draw(half_lives)
    tmax = draw(st.one_of(peaks, st.just(hours / np.log(2)).filter(lambda peak: peak < 24)))
    parent = chain_of_parent(float(tmax), hours)
    if draw(st.booleans()):
        return parent
    return chain_of_metabolite(parent, draw(st.one_of(half_lives, st.just(hours))))


@settings(max_examples=60)
@given(courses(), chains(), st.data())
def test_a_level_agrees_with_the_rate_equations_within_a_thousandth(
    doses: Taken, chain: Chain, data: st.DataObject
) -> None:
    """200 random points; the steady dose before is really taken, from nothing on."""
    day = data.draw(st.integers(0, len(doses.days) - 1), label="day")
    quarter = data.draw(st.integers(0, QUARTERS_A_DAY - 1), label="quarter of an hour")
    slowest = np.log(2) / min(chain.rates)
    run_in = int(RUN_IN_HALF_LIVES * slowest / 24) + 1
    steps_a_quarter = STEPS_AN_HOUR // 4
    given_at = {
        (number * QUARTERS_A_DAY + minute // 15) * steps_a_quarter: mg
        for number, row in enumerate([*[doses.before] * run_in, *doses.days])
        for minute, mg in zip(doses.minutes, row, strict=True)
    }
    of_metabolite = len(chain.rates) == 3
    rates = chain.rates if of_metabolite else (*chain.rates, 1.0)
    expected = level_by_equations(
        (rates[0], rates[1], rates[2]),
        given_at,
        until=((run_in + day) * QUARTERS_A_DAY + quarter) * steps_a_quarter,
        of_metabolite=of_metabolite,
    )
    level = levels_of([chain], doses, np.array([quarter / 4]))[0, day, 0]
    assert level == pytest.approx(expected, rel=1e-3)


@given(courses(), chains(), st.sampled_from([0.0, 0.1, 0.5, 3.0]))
def test_levels_are_linear_in_dose(doses: Taken, chain: Chain, times_as_much: float) -> None:
    other = Taken(
        doses.medicine,
        doses.first_day,
        doses.minutes,
        tuple(times_as_much * mg for mg in doses.before),
        tuple(tuple(times_as_much * mg for mg in row) for row in doses.days),
    )
    clock = np.arange(24.0)
    assert levels_of([chain], other, clock) == pytest.approx(times_as_much * levels_of([chain], doses, clock))


@given(courses(), chains())
def test_a_day_on_the_steady_dose_has_that_dose_as_its_mean(doses: Taken, chain: Chain) -> None:
    """100 % before the plan, whatever the half-lives: what a relative level means."""
    steady = Taken(doses.medicine, doses.first_day, doses.minutes, doses.before, (doses.before,) * 3)
    assert levels_of([chain], steady, None)[0, :, 0] == pytest.approx([sum(doses.before)] * 3, rel=1e-4)


@settings(max_examples=25)
@given(courses(most_days=4), chains())
def test_the_mean_of_a_day_is_the_mean_of_its_minutes(doses: Taken, chain: Chain) -> None:
    minutes = (np.arange(1440) + 0.5) / 60
    assert levels_of([chain], doses, None)[0, :, 0] == pytest.approx(
        levels_of([chain], doses, minutes)[0].mean(axis=1), rel=2e-3
    )


@given(peaks, half_lives)
def test_a_single_dose_peaks_when_the_file_says(tmax: float, half_life: float) -> None:
    rate = absorption_rate(tmax, half_life)
    elimination = np.log(2) / half_life
    if abs(rate - elimination) > 1e-6 * elimination:
        assert np.log(rate / elimination) / (rate - elimination) == pytest.approx(tmax, rel=1e-6)
    assert (rate < elimination) == (tmax > half_life / np.log(2)) or rate == pytest.approx(elimination)


@given(peaks, half_lives)
def test_five_half_lives_after_its_peak_a_last_dose_has_left_less_than_4_percent(tmax: float, half_life: float) -> None:
    """Of the peak, where absorption is at least 4.57 times as fast as elimination: 2⁻⁵ a/(a-e) is then below 4 %.

    From the peak on a dose has at most a/(a-e) times what elimination alone would leave of it.
    """
    chain = chain_of_parent(tmax, half_life)
    ratio = chain.rates[0] / chain.rates[1]
    left = chain.density(tmax + 5 * half_life) / chain.density(tmax)
    if ratio > 1.001:
        assert left <= 2**-5 * ratio / (ratio - 1) * (1 + 1e-6)
    if ratio >= 4.571:
        assert left < 0.04


@pytest.mark.parametrize("medicine", WITHOUT_METABOLITE)
def test_five_of_its_own_half_lives_after_the_last_dose_a_medicine_without_metabolite_is_below_4_percent(
    medicine: str,
) -> None:
    """Of the highest level after that dose, five half-lives after that level, on a steady dose twice a day.

    By hand: after the last dose the level is A exp(-e t) - B exp(-a t). At its peak the slope is zero, so the peak is
    A exp(-e t) (1 - e/a), and five half-lives later at most 2⁻⁵ a/(a-e) of it is left, however much had accumulated.
    That is below 4 % where absorption is at least 4.57 times as fast as elimination. At the slow end of their times to
    the peak oxazepam, triazolam, zolpidem and loprazolam still absorb while they are eliminated, and leave 4.7–6.3 %.
    """
    doses = Taken(medicine, FIRST_DAY, (480, 1200), (1.0, 1.0), ((1.0, 1.0), *[(0.0, 0.0)] * 15))
    for chain in sampled_chains(MEDICINES[medicine]).parent:
        ratio = chain.rates[0] / chain.rates[1]
        last = levels_of([chain], doses, np.arange(0, 48, 0.01))[0, 0, 2000:]
        peak_at = 20 + np.argmax(last) * 0.01
        after = divmod(peak_at + 5 * chain.half_life_hours, 24)
        left = levels_of([chain], doses, np.array([after[1]]))[0, int(after[0]), 0] / last.max()
        limit = 0.04 if ratio >= 4.571 else 2**-5 * ratio / (ratio - 1) * 1.005
        assert left < limit, (medicine, chain.half_life_hours, ratio)


@given(courses(most_days=30), st.sampled_from(WITH_LEVEL))
def test_a_band_never_turns_over_and_never_falls_below_nothing(doses: Taken, medicine: str) -> None:
    sampled = sampled_chains(MEDICINES[medicine])
    for some in (sampled.parent, sampled.metabolite):
        if some:
            low, high = band_of(some, doses, np.arange(24.0))
            assert (low <= high).all()
            # Differences of exponentials, of which nothing is left, may come out as a trace below zero.
            assert low.min() >= -1e-9 * max(sum(doses.before), 1.0)


@given(chains(), st.integers(1, 40), st.tuples(doses_mg, doses_mg, doses_mg), st.tuples(doses_mg, doses_mg, doses_mg))
def test_what_a_lasting_change_has_done_by_a_day_is_what_adding_up_the_doses_gives(
    chain: Chain, day: int, before: tuple[float, float, float], after: tuple[float, float, float]
) -> None:
    """The mean of a day falls by each dose's change times the part of it that has shown, also where one dose rises."""
    doses = Taken("examplazepam", FIRST_DAY, (0, 480, 1200), before, (after,) * day)
    mean = levels_of([chain], doses, None)[0, -1, 0]
    shown = sum(
        (was - now) * chain.done_after(24 * day - minute / 60)
        for minute, was, now in zip(doses.minutes, before, after, strict=True)
    )
    assert sum(before) - mean == pytest.approx(shown, abs=1e-4 * (1 + sum(before)))


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=20), st.sampled_from(WITH_LEVEL))
def test_on_the_way_down_the_longer_half_life_has_the_higher_daily_mean(mg: list[float], medicine: str) -> None:
    """So the daily band of a taper runs from the shortest half-life to the longest, at one time to the peak."""
    doses = Taken(medicine, FIRST_DAY, (480,), (2.0,), tuple((one,) for one in sorted(mg, reverse=True)))
    hours, peak = MEDICINES[medicine].half_life, MEDICINES[medicine].absorption
    assert hours is not None
    assert peak is not None
    tmax = float(peak.tmax_low_hours)
    ends = np.linspace(float(hours.low_hours), float(hours.high_hours), 4)
    for shorter, longer in pairwise(chain_of_parent(tmax, float(end)) for end in ends):
        lower, higher = levels_of([shorter], doses, None), levels_of([longer], doses, None)
        assert (lower <= higher * (1 + 1e-4) + 1e-9).all()


def test_every_other_medicine_says_why_it_has_no_level() -> None:
    """Each of the shipped medicines has a level or a reason."""
    assert set(MEDICINES) - set(WITH_LEVEL) == {
        "clorazepate",
        "flurazepam",
        "halazepam",
        "ketazolam",
        "medazepam",
        "midazolam",
        "nordazepam",
        "prazepam",
        "zopiclone",
    }
    assert why_no_level.__doc__
