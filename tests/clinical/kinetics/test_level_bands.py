"""The bands of whole plans: what they hold, what 100 % means, and which medicines have none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taper_app.clinical.kinetics.chains import Chain, chain_of_metabolite, chain_of_parent
from taper_app.clinical.kinetics.level_bands import METABOLITE, PARENT, plan_levels
from taper_app.clinical.kinetics.samples import sampled_chains
from taper_app.clinical.kinetics.superposition import band_of, levels_of
from taper_app.clinical.kinetics.taken import Taken, taken
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.medicines import HoursRange, Medicine
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import load_protocols

ExamplePlan = Callable[[str], Plan]
LIBRARY = load_protocols()
WITH_LEVEL = sorted(
    name for name, one in LIBRARY.medicines.items() if one.half_life and one.absorption and not one.no_level_curve
)
START = date(2027, 1, 11)
FACTS = {"age_years": 44, "months_of_use": 18, "use_verified": "yes", "seizure_history": "no"} | dict.fromkeys(
    ("taken_for_epilepsy", "hepatic_impairment", "pregnant", "opioid_co_use", "alcohol_co_use"), "no"
)
#: Percentage points by which a value between two sampled ones may leave the band, of a mean level of 100 %.
BETWEEN_TWO_SAMPLES = 1.0


def plan_for(protocols: WardProtocols, drug: str, mg: str, **change: Any) -> Plan:
    request = {
        "current": [{"drug": drug, "mg": mg, "time": "22:00"}],
        "protocol": "asam-2025",
        "start_on": str(START),
        "patient": FACTS | {"other_sedatives": []},
        **change,
    }
    built = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(built, Plan), built
    return built


@pytest.fixture
def crossover(example_plan: ExamplePlan) -> Plan:
    return example_plan("plan_example_crossover")


def test_before_the_plan_every_daily_mean_is_100_percent(example_plan: ExamplePlan, protocols: WardProtocols) -> None:
    plan = example_plan("plan_example_taper")
    first, last = plan.starts_on - timedelta(days=7), plan.starts_on - timedelta(days=1)
    levels = plan_levels(plan, protocols, first_day=first, last_day=last, every_minutes=None)
    (band,) = levels.bands
    assert (band.medicine, band.substance) == ("clonazepam", PARENT)
    assert band.low_percent == pytest.approx([100] * 7, rel=1e-4)
    assert band.high_percent == pytest.approx([100] * 7, rel=1e-4)
    assert levels.times()[0] == datetime(2027, 1, 4, 12)


def test_a_taper_brings_the_level_down_and_long_after_its_end_nothing_is_left(
    example_plan: ExamplePlan, protocols: WardProtocols
) -> None:
    plan = example_plan("plan_example_taper")
    assert plan.first_day_without_drug is not None
    end = plan.first_day_without_drug
    daily = plan_levels(
        plan, protocols, first_day=plan.starts_on, last_day=end + timedelta(days=700), every_minutes=None
    )
    (band,) = daily.bands
    assert (np.diff(band.high_percent) <= 1e-6).all()
    assert band.high_percent[(end - plan.starts_on).days] < 13
    assert band.high_percent[-1] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(band.low_percent).all()


def test_a_band_has_a_value_for_every_time_at_any_resolution(
    example_plan: ExamplePlan, protocols: WardProtocols
) -> None:
    plan = example_plan("plan_example_taper")
    hourly = plan_levels(plan, protocols, first_day=START, last_day=START + timedelta(days=20))
    quarters = plan_levels(plan, protocols, first_day=START, last_day=START + timedelta(days=20), every_minutes=15)
    assert len(hourly.times()) == len(hourly.bands[0].low_percent) == 21 * 24
    assert len(quarters.times()) == len(quarters.bands[0].low_percent) == 21 * 96
    assert hourly.times()[25] == quarters.times()[100] == datetime(2027, 1, 12, 1)
    assert quarters.bands[0].high_percent[::4] == pytest.approx(hourly.bands[0].high_percent)


def test_a_curve_is_the_same_wherever_it_begins(example_plan: ExamplePlan, protocols: WardProtocols) -> None:
    """The doses before its first day are counted, however late it begins within the steady days before the plan."""
    plan = example_plan("plan_example_taper")
    last = START + timedelta(days=30)
    early = plan_levels(plan, protocols, first_day=START - timedelta(days=10), last_day=last).bands[0]
    late = plan_levels(plan, protocols, first_day=START, last_day=last).bands[0]
    assert early.low_percent[240:] == pytest.approx(late.low_percent)


@pytest.mark.parametrize("every_minutes", [0, -60, 7, 1441])
def test_a_resolution_that_does_not_divide_a_day_is_refused(
    every_minutes: int, crossover: Plan, protocols: WardProtocols
) -> None:
    with pytest.raises(ValueError, match="do not divide a day"):
        plan_levels(crossover, protocols, first_day=START, last_day=START, every_minutes=every_minutes)


def test_a_curve_that_ends_before_it_begins_is_refused(crossover: Plan, protocols: WardProtocols) -> None:
    with pytest.raises(ValueError, match="not before its first"):
        plan_levels(crossover, protocols, first_day=START, last_day=START - timedelta(days=1))


def test_in_a_crossover_each_medicine_has_its_own_100_percent_and_the_total_goes_by_the_named_table(
    crossover: Plan, protocols: WardProtocols
) -> None:
    last = START + timedelta(days=100)
    levels = plan_levels(crossover, protocols, first_day=START - timedelta(days=2), last_day=last, every_minutes=None)
    lorazepam, diazepam, metabolite = levels.bands
    assert (diazepam.substance, metabolite.substance) == (PARENT, METABOLITE)
    assert "1 mg lorazepam a day, the dose before the plan" in lorazepam.words[0]
    assert "10 mg diazepam a day, the highest dose of the plan" in diazepam.words[0]
    assert diazepam.high_percent[:2] == pytest.approx([0, 0])
    assert lorazepam.high_percent[-1] == pytest.approx(0, abs=1e-6)
    # 6 mg diazepam in the end, of 10 mg equivalent by Ashton before: 60 % by parent and metabolite alike, long after.
    assert levels.total is not None
    assert levels.total.table == "ashton-2002"
    assert "Other tables give other totals" in levels.total.words
    assert levels.total.low_percent[:2] == pytest.approx([100, 100], rel=1e-4)
    assert levels.total.low_percent[-1] == pytest.approx(60, rel=0.01)
    assert levels.total.high_percent[-1] == pytest.approx(60, rel=0.05)


def test_one_medicine_alone_has_no_total(example_plan: ExamplePlan, protocols: WardProtocols) -> None:
    plan = example_plan("plan_example_taper")
    assert plan_levels(plan, protocols, first_day=START, last_day=START).total is None


def test_beside_a_band_stand_the_figures_it_used_and_those_that_others_print(
    example_plan: ExamplePlan, protocols: WardProtocols
) -> None:
    levels = plan_levels(example_plan("plan_example_taper"), protocols, first_day=START, last_day=START)
    assert levels.bands[0].words == (
        "100 % is the mean level at steady state on 2 mg clonazepam a day, the dose before the plan.",
        "Half-life 18–50 h (Ashton (copy)). Others print 18–50 h (UpToDate (copy)), "
        "30–40 h (US label (copies), second-hand copy).",
        "Time to the peak 1–2 h (ASAM 2025 p. 19). Others print 1–4 h (US label (copies), second-hand copy).",
    )


@pytest.mark.parametrize(
    ("drug", "mg", "why"),
    [
        ("clorazepate", "15", "it is turned into nordiazepam in the stomach"),
        ("zopiclone", "7.5", "no time to the peak was read in a source"),
        ("flurazepam", "30", "it is gone within hours"),
    ],
)
def test_a_prodrug_or_a_medicine_without_figures_has_no_level_and_says_why(
    drug: str, mg: str, why: str, protocols: WardProtocols
) -> None:
    current = [{"drug": drug, "mg": mg, "time": "22:00"}, {"drug": "diazepam", "mg": "5", "time": "08:00"}]
    plan = plan_for(protocols, drug, mg, current=current, taper_drug="diazepam", equivalence="ashton-2002")
    levels = plan_levels(plan, protocols, first_day=START, last_day=START)
    assert {band.medicine for band in levels.bands} == {"diazepam"}
    (missing,) = levels.missing
    assert missing.words.startswith(f"No level is drawn for {drug}: {why}")
    assert levels.total is None, "a sum with a part missing is none"


def test_a_modified_release_product_has_no_level(protocols: WardProtocols) -> None:
    plan = plan_for(protocols, "alprazolam", "2", products=["alprazolam-xr-tablet-0.5mg"], override_reason="A test.")
    levels = plan_levels(plan, protocols, first_day=START, last_day=START)
    assert levels.bands == ()
    assert "modified-release tablet" in levels.missing[0].words


def test_clock_times_are_kept_across_the_night_in_which_clocks_change(
    example_plan: ExamplePlan, protocols: WardProtocols
) -> None:
    """New York, 14 March 2027: the plan's doses stand at 08:00 and 20:00, and the axis has 24 hours that day."""
    plan = example_plan("plan_example_taper")
    night = date(2027, 3, 14)
    assert taken(plan, "clonazepam", protocols, night, night).minutes == (480, 1200)
    times = plan_levels(plan, protocols, first_day=night, last_day=night).times()
    assert [moment.hour for moment in times] == list(range(24))
    assert all(moment.tzinfo is None for moment in times)


@settings(max_examples=40)
@given(st.sampled_from(WITH_LEVEL), st.data())
def test_every_half_life_and_time_to_the_peak_of_the_range_lies_in_the_band(name: str, data: st.DataObject) -> None:
    """Within one percentage point: the band is drawn over some values of each range, and the ends alone are no band."""
    medicine = LIBRARY.medicines[name]
    doses = Taken(name, START, (480, 1200), (0.5, 0.5), ((0.5, 0.5), *[(0.4, 0.5)] * 5, *[(0.0, 0.4)] * 3, (0.0, 0.0)))
    sampled, (parent, metabolite) = sampled_chains(medicine), any_chains(medicine, data)
    for chains, one in ((sampled.parent, parent), (sampled.metabolite, metabolite)):
        if one is not None:
            low, high = band_of(chains, doses, np.arange(0, 24, 0.25))
            level = levels_of([one], doses, np.arange(0, 24, 0.25))[0]
            assert 100 * (low - level).max() < BETWEEN_TWO_SAMPLES
            assert 100 * (level - high).max() < BETWEEN_TWO_SAMPLES


def any_chains(medicine: Medicine, data: st.DataObject) -> tuple[Chain, Chain | None]:
    """A parent and a metabolite with half-lives and a time to the peak anywhere in the printed ranges."""
    assert medicine.half_life is not None
    assert medicine.absorption is not None
    peak, metabolite = medicine.absorption, medicine.active_metabolite_half_life
    tmax = data.draw(st.floats(float(peak.tmax_low_hours), float(peak.tmax_high_hours)), label="time to the peak")
    parent = chain_of_parent(tmax, data.draw(hours_within(medicine.half_life), label="half-life"))
    if metabolite is None:
        return parent, None
    return parent, chain_of_metabolite(parent, data.draw(hours_within(metabolite), label="of the metabolite"))


def hours_within(hours: HoursRange) -> st.SearchStrategy[float]:
    return st.floats(float(hours.low_hours), float(hours.high_hours))
