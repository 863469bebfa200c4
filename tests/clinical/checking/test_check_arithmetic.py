"""Laws of the checker's own arithmetic: makeable doses, the time a pace takes, sums of pieces and of days."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taper_app.clinical.checking import CheckResult, check_plan
from taper_app.clinical.checking.makeable import MakeableDoses, makeable_doses, pieces_in, smallest_cut
from taper_app.clinical.checking.pace import FixedPace, LadderPace, PercentPace
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.protocol.tapers import PaceLadder
from taper_app.clinical.quantities import plain

Plan = dict[str, Any]
shared_fixture = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def doses_of(protocols: Protocols, *product_ids: str, pieces: int = 6) -> MakeableDoses:
    listed = [product for each in product_ids if (product := protocols.product(each)) is not None]
    assert len(listed) == len(product_ids)
    return makeable_doses(listed, split=Split.HALF, pieces=pieces)


def test_the_makeable_doses_are_those_of_every_handful_of_pieces(protocols: Protocols) -> None:
    made = doses_of(protocols, "clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg", pieces=4)
    parts = [Fraction(1, 2), Fraction(1, 4), Fraction(1), Fraction(1, 8)]
    by_hand = {
        sum(handful, Fraction(0)) for count in range(5) for handful in combinations_with_replacement(parts, count)
    }
    grid = [Fraction(eighths, 16) for eighths in range(0, 80)]

    assert [mg for mg in grid if made.can_make(mg)] == [mg for mg in grid if mg in by_hand]
    assert made.smallest() == Fraction(1, 8)


def test_a_liquid_adds_whole_smallest_volumes_to_tablets(protocols: Protocols) -> None:
    made = doses_of(protocols, "diazepam-tablet-2mg", "diazepam-liquid-1mg-per-ml")
    assert made.can_make(Fraction(1, 2))
    assert made.can_make(Fraction(37, 2))
    assert not made.can_make(Fraction(1, 4))
    assert made.largest_below(Fraction(1, 2)) == 0


@given(tenths=st.integers(min_value=1, max_value=60_000))
@shared_fixture
def test_the_dose_below_is_makeable_and_nothing_lies_between(protocols: Protocols, tenths: int) -> None:
    made = doses_of(protocols, "clonazepam-tablet-0.5mg", "clonazepam-odt-0.125mg")
    dose = Fraction(tenths, 10_000)
    below = made.largest_below(dose)
    at_most = made.largest_at_most(dose)

    assert made.can_make(below)
    assert below < dose
    assert at_most == (dose if made.can_make(dose) else below)
    assert not any(
        made.can_make(below + Fraction(step, 16)) for step in range(1, 100) if below + Fraction(step, 16) < dose
    )


def test_the_smallest_cut_takes_from_one_time_and_mends_what_cannot_be_made(protocols: Protocols) -> None:
    made = {"clonazepam": doses_of(protocols, "clonazepam-tablet-0.5mg")}
    morning, night = ("08:00", "clonazepam"), ("20:00", "clonazepam")

    assert smallest_cut({morning: Fraction(1), night: Fraction(1)}, made) == Fraction(1, 4)
    assert smallest_cut({morning: Fraction(11, 10), night: Fraction(1)}, made) == Fraction(1, 10)
    assert smallest_cut({night: Fraction(1, 4)}, made) == Fraction(1, 4)
    assert smallest_cut({}, made) is None


def test_each_half_or_quarter_is_one_piece() -> None:
    counts = {Fraction(1, 2): 1, Fraction(3, 2): 2, Fraction(3, 4): 2, Fraction(7, 4): 3, Fraction(2): 2}
    assert {count: pieces_in(count, is_liquid=False) for count in counts} == counts
    assert pieces_in(Fraction(9, 2), is_liquid=True) == 1


@given(
    sixteenths=st.integers(min_value=2, max_value=400),
    fall=st.integers(min_value=1, max_value=399),
    percent=st.integers(min_value=1, max_value=50),
    every=st.integers(min_value=1, max_value=28),
    days=st.integers(min_value=1, max_value=400),
)
def test_whole_numbers_agree_with_logarithms_except_on_the_edge(
    sixteenths: int, fall: int, percent: int, every: int, days: int
) -> None:
    dose = Fraction(sixteenths, 16)
    lower = Fraction(max(sixteenths - fall, 1), 16)
    takes = every * math.log(dose / lower) / math.log(1 / (1 - percent / 100))
    if abs(takes - days) < 1e-6:
        return
    pace = PercentPace(Fraction(percent), Fraction(percent), every)
    assert pace.is_long_enough(dose, lower, days) == (takes < days)


def test_exactly_the_asked_cut_takes_exactly_the_interval() -> None:
    pace = PercentPace(Fraction(10), Fraction(10), 14)
    assert pace.is_long_enough(Fraction(5, 4), Fraction(9, 8), 14)
    assert not pace.is_long_enough(Fraction(5, 4), Fraction(9, 8), 13)
    assert FixedPace(Fraction(1, 4), Fraction(1, 4), 3).is_long_enough(Fraction(1), Fraction(1, 2), 6)
    assert not FixedPace(Fraction(1, 4), Fraction(1, 4), 3).is_long_enough(Fraction(1), Fraction(1, 2), 5)


def test_a_ladder_takes_the_sum_over_its_bands(protocols: Protocols) -> None:
    printed = protocols.tapers["nice-cks-ladder"].pace
    assert isinstance(printed, PaceLadder)
    ladder = LadderPace(printed.bands, None, 14)

    assert ladder.is_long_enough(Fraction(40), Fraction(20), 140)
    assert not ladder.is_long_enough(Fraction(40), Fraction(20), 139)
    assert ladder.is_long_enough(Fraction(21), Fraction(19), 21)
    assert not ladder.is_long_enough(Fraction(21), Fraction(19), 20)
    assert ladder.asked(Fraction(21)) == (Fraction(19), Fraction(39, 2))
    assert ladder.asked(Fraction(20)) == (Fraction(19),)
    assert ladder.asked(Fraction(46)) == (Fraction(44),)
    assert ladder.is_above_printed(Fraction(20), Fraction(17))
    assert not ladder.is_above_printed(Fraction(20), Fraction(18))


@given(shift=st.integers(min_value=0, max_value=20_000))
@shared_fixture
def test_a_plan_moved_as_a_whole_in_time_is_judged_the_same(taper: Plan, protocols: Protocols, shift: int) -> None:
    moved = move(taper, shift)
    assert check_plan(moved, protocols).as_json() == check_plan(taper, protocols).as_json()


@given(position=st.integers(min_value=1, max_value=15), shift=st.integers(min_value=-5, max_value=5))
@shared_fixture
def test_any_step_moved_alone_breaks_the_row_of_dates(
    taper: Plan, protocols: Protocols, position: int, shift: int
) -> None:
    plan = copy.deepcopy(taper)
    plan["steps"][position]["starts_on"] = _shifted(plan["steps"][position]["starts_on"], shift)
    rules = {finding.rule for finding in check_plan(plan, protocols).violations}
    assert ("dates-contiguous" in rules) == (shift != 0)


@given(data=st.data())
@shared_fixture
def test_any_other_count_of_pieces_is_noticed(taper: Plan, protocols: Protocols, data: st.DataObject) -> None:
    plan = copy.deepcopy(taper)
    step = data.draw(st.sampled_from(plan["steps"][:-1]))
    piece = data.draw(st.sampled_from(data.draw(st.sampled_from(step["doses"]))["pieces"]))
    quarters = data.draw(st.integers(min_value=0, max_value=24))
    count = Fraction(quarters, 4)
    is_changed = count != Fraction(piece["count"])
    piece["count"] = plain(count)
    found = {(each.rule, each.step) for each in check_plan(plan, protocols).violations}
    assert (("pieces-sum", step["number"]) in found) == is_changed
    assert (("dispense", step["number"]) in found) == is_changed


@given(data=st.data())
@shared_fixture
def test_each_step_given_for_less_than_it_needs_is_noticed(
    taper: Plan, protocols: Protocols, redated: Callable[[Plan], Plan], data: st.DataObject
) -> None:
    """Every length of the worked plan is the shortest that the pace allows."""
    plan = copy.deepcopy(taper)
    place = data.draw(st.integers(min_value=0, max_value=14))
    plan["steps"][place]["days"] -= data.draw(st.integers(min_value=1, max_value=13))
    result: CheckResult = check_plan(redated(plan), protocols)
    assert ("cut-too-early", place + 2) in {(each.rule, each.step) for each in result.violations}


junk: st.SearchStrategy[object] = st.sampled_from(
    [None, "", "0", "-1", "1e3", 0, -3, 10**9, 0.5, True, [], {}, [[]], "2027-02-30", "9999-12-31", "x"]
)


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, item in inside for each in ((*path, key), *_places(item, (*path, key)))]


@given(data=st.data())
@settings(parent=shared_fixture, max_examples=150)
def test_whatever_stands_in_a_field_the_plan_is_judged_or_refused(
    taper: Plan, protocols: Protocols, data: st.DataObject
) -> None:
    plan = copy.deepcopy(taper)
    *outer, last = data.draw(st.sampled_from(_places(plan)))
    place: Any = plan
    for key in outer:
        place = place[key]
    place[last] = data.draw(junk)
    try:
        sentences = [finding.message for finding in check_plan(plan, protocols).violations]
    except InputRefused as refusal:
        sentences = [fault.message for fault in refusal.faults] or ["refused without saying why"]
    assert all(sentence.endswith(".") for sentence in sentences)


def move(plan: Plan, days: int) -> Plan:
    plan = copy.deepcopy(plan)
    plan["request"]["start_on"] = _shifted(plan["request"]["start_on"], days)
    for name in ("starts_on", "first_day_without_drug"):
        plan[name] = _shifted(plan[name], days)
    for step in plan["steps"]:
        step["starts_on"] = _shifted(step["starts_on"], days)
    for row in plan["dispense"]:
        row["from"], row["to"] = _shifted(row["from"], days), _shifted(row["to"], days)
    return plan


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
