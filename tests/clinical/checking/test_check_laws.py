"""Laws of judging: moved plans, other counts and lengths, and anything at all in any field."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taper_app.clinical.checking import CheckResult, check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain

Plan = dict[str, Any]
shared_fixture = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
    [
        None,
        "",
        "0",
        "-1",
        "1e3",
        "1" + "0" * 30,
        "0.00001",
        0,
        -3,
        10**9,
        0.5,
        True,
        [],
        {},
        [[]],
        "2027-02-30",
        "9999-12-31",
        "x",
    ]
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
