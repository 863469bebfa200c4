"""Off by a date: the slowest pace within what the source prints, or the earliest safe date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import apply_change, build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

Build = Callable[[dict[str, Any]], Plan]
PACE = ("cut_percent", "every_days", "longest_step_days")


@pytest.fixture
def free(written: dict[str, Any]) -> dict[str, Any]:
    """The worked story's request without a pace of its own."""
    return {name: value for name, value in written.items() if name not in PACE}


def refused(request: dict[str, Any], protocols: Protocols) -> Refusal:
    outcome = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(outcome, Refusal)
    return outcome


def pace_of(plan: Plan) -> tuple[str, int | None]:
    return str(plan.request.cut_percent), plan.request.every_days


@pytest.mark.parametrize(
    ("ends_by", "pace", "ends_on"),
    [
        ("2030-01-01", ("5", 28), "2028-03-06"),  # time enough: the slowest that is printed
        ("2028-03-06", ("5", 28), "2028-03-06"),
        # From 21 days on every step is bounded at 28: 21 x ln(1.875/1.75) / ln(1/0.95) = 28.2; with 20 it is 26.9.
        ("2028-03-05", ("5", 20), "2028-03-05"),
        ("2027-12-01", ("8.4", 14), "2027-11-30"),  # small cuts first, then larger ones at the shortest interval
        ("2027-11-11", ("10", 14), "2027-11-11"),
    ],
)
def test_the_slowest_printed_pace_that_ends_in_time(
    ends_by: str, pace: tuple[str, int], ends_on: str, free: dict[str, Any], plan_of: Build, protocols: Protocols
) -> None:
    plan = plan_of(free | {"ends_by": ends_by})
    assert (pace_of(plan), str(plan.first_day_without_drug)) == (pace, ends_on)
    assert plan.as_json()["request"]["ends_by"] == ends_by
    assert check_plan(plan.as_json(), protocols).as_json()["violations"] == []
    assert plan_of(plan.as_json()["request"]) == plan, "the filled-in request gives the same plan again"


def test_no_slower_printed_pace_ends_in_time(free: dict[str, Any], plan_of: Build) -> None:
    """The same interval with a smaller cut, and the same cut at a longer interval, both end too late."""
    for ends_by in ("2027-11-20", "2027-12-15", "2028-01-20", "2028-02-20"):
        plan = plan_of(free | {"ends_by": ends_by})
        percent, days = plan.request.cut_percent, plan.request.every_days
        assert percent is not None
        assert days is not None
        slower = [(percent - Decimal("0.1"), days), (percent, days + 1)]
        for cut, every in slower:
            if cut >= 5 and every <= 28:
                other = plan_of(free | {"cut_percent": str(cut), "every_days": every})
                assert str(other.first_day_without_drug) > ends_by, (cut, every)


def test_a_date_that_is_too_early_is_answered_with_the_earliest_safe_one(
    free: dict[str, Any], protocols: Protocols
) -> None:
    request = free | {"ends_by": "2027-06-01"}
    refusal = refused(request, protocols)
    assert refusal.code == "ends-too-late"
    assert "the earliest safe first day without clonazepam is 2027-11-11; 2027-06-01 is too early." in refusal.message
    assert [remedy.change for remedy in refusal.remedies] == [{"ends_by": "2027-11-11"}]
    for remedy in refusal.remedies:
        changed = apply_change(parse_request(request, protocols), remedy.change, protocols)
        assert isinstance(build_plan(changed, protocols), Plan)


def test_a_pace_that_is_named_is_kept_and_can_be_given_up(written: dict[str, Any], protocols: Protocols) -> None:
    slow = written | {"cut_percent": "5", "every_days": 28, "ends_by": "2027-12-01"}
    refusal = refused(slow, protocols)
    assert refusal.message.startswith("At the pace asked for, the earliest safe first day")
    assert [set(remedy.change) for remedy in refusal.remedies] == [set(PACE), {"ends_by"}]
    for remedy in refusal.remedies:
        changed = apply_change(parse_request(slow, protocols), remedy.change, protocols)
        assert isinstance(build_plan(changed, protocols), Plan)


def test_one_figure_that_is_named_leaves_the_other_free(free: dict[str, Any], plan_of: Build) -> None:
    assert pace_of(plan_of(free | {"cut_percent": "5", "ends_by": "2028-03-05"})) == ("5", 20)
    assert pace_of(plan_of(free | {"every_days": 14, "ends_by": "2027-12-01"})) == ("8.4", 14)
    assert pace_of(plan_of(free | {"longest_step_days": 20, "ends_by": "2030-01-01"}))[1] == 20


@pytest.mark.parametrize(
    ("facts", "most"),
    [({"age_years": 70}, ("5", 14)), ({"seizure_history": "yes", "specialist": "Dr Neurologist"}, ("5", 28))],
)
def test_older_patients_and_those_with_a_seizure_history_are_not_hurried(
    facts: dict[str, Any], most: tuple[str, int], free: dict[str, Any], plan_of: Build, protocols: Protocols
) -> None:
    free["patient"] |= facts
    refusal = refused(free | {"ends_by": "2027-06-01"}, protocols)
    earliest = refusal.remedies[0].change["ends_by"]
    assert pace_of(plan_of(free | {"ends_by": earliest})) == most


def test_a_ladder_keeps_its_cuts_and_shortens_its_interval(protocols: Protocols, plan_of: Build, free: Any) -> None:
    ladder = free | {
        "current": [{"drug": "diazepam", "mg": "20", "time": "20:00"}],
        "taper_drug": "diazepam",
        "protocol": "nice-cks-ladder",
        "products": ["diazepam-tablet-2mg", "diazepam-tablet-5mg"],
        "times": ["20:00"],
    }
    ends = {days: plan_of(ladder | {"every_days": days}).first_day_without_drug for days in (7, 8, 13, 14)}
    for days, end in ends.items():
        assert plan_of(ladder | {"ends_by": str(end)}).request.every_days == days
    assert ends[8] is not None
    assert plan_of(ladder | {"ends_by": str(ends[8] - timedelta(days=1))}).request.every_days == 7


def test_a_ladder_whose_bands_have_days_of_their_own_has_one_pace(plan_of: Build, free: dict[str, Any]) -> None:
    request = free | {"protocol": "nardi-2010", "ends_by": "2029-01-01", "override_reason": "The trial's pace."}
    plan = plan_of(request)
    del request["ends_by"]
    assert plan.steps == plan_of(request).steps


def test_a_fixed_cut_without_a_printed_smallest_one_is_only_given_later(plan_of: Build, free: dict[str, Any]) -> None:
    request = free | {"protocol": "fda-klonopin-panic", "override_reason": "The label's pace."}
    plan = plan_of(request | {"ends_by": "2029-01-01"})
    assert plan.request.cut_mg == Decimal("0.25")
    assert plan.request.every_days is not None
    assert plan.request.every_days > 3
    assert plan.first_day_without_drug is not None
    assert plan.first_day_without_drug <= date(2029, 1, 1)


def test_a_maintenance_dose_is_reached_in_time(plan_of: Build, free: dict[str, Any], protocols: Protocols) -> None:
    plan = plan_of(free | {"target_daily_mg": "1", "ends_by": "2027-07-01"})
    assert plan.steps[-1].starts_on <= date(2027, 7, 1)
    refusal = refused(free | {"target_daily_mg": "1", "ends_by": "2027-02-01"}, protocols)
    assert "the earliest safe day on 1 mg is" in refusal.message


def test_what_no_pace_can_mend_is_refused_as_without_a_date(free: dict[str, Any], protocols: Protocols) -> None:
    tablets = free | {"products": free["products"][:2], "ends_by": "2028-06-01"}
    refusal = refused(tablets, protocols)
    assert refusal.code == "ceiling"
    assert refusal.remedies[0].change["products"][-1] == "clonazepam-odt-0.125mg"
    free["patient"]["seizure_history"] = "yes"
    assert refused(free | {"ends_by": "2028-06-01"}, protocols).code == "seizure-history-without-specialist"


@pytest.mark.parametrize("ends_by", ["2027-01-11", "2026-01-01", "9999-12-31", "soon", 7])
def test_an_end_that_no_plan_could_have_is_bad_input(
    ends_by: object, free: dict[str, Any], protocols: Protocols
) -> None:
    with pytest.raises(InputRefused) as found:
        parse_request(free | {"ends_by": ends_by}, protocols)
    assert [fault.field for fault in found.value.faults] == ["ends_by"]


def test_an_end_is_not_blamed_for_a_start_that_cannot_be_read(free: dict[str, Any], protocols: Protocols) -> None:
    with pytest.raises(InputRefused) as found:
        parse_request(free | {"start_on": "soon", "ends_by": "2027-06-01"}, protocols)
    assert [fault.field for fault in found.value.faults] == ["start_on"]


def test_without_an_end_the_request_says_nothing_of_one(written: dict[str, Any], plan_of: Build) -> None:
    assert "ends_by" not in plan_of(written).as_json()["request"]


def test_a_changed_plan_says_that_the_date_is_not_met_any_more(
    free: dict[str, Any], plan_of: Build, protocols: Protocols
) -> None:
    from taper_app.clinical.planning.amend import amend_plan, parse_change

    plan = plan_of(free | {"ends_by": "2027-12-01"})
    for change, is_late in (
        ({"kind": "keep_days", "days": 30}, True),
        ({"kind": "keep"}, True),
        ({"kind": "keep_days", "days": 1}, False),
    ):
        new = amend_plan(plan, parse_change({"on": "2027-02-01", "reason": "asked", **change}), protocols)
        assert isinstance(new, Plan)
        assert new.as_json()["request"]["ends_by"] == "2027-12-01"
        assert ("end-date-not-met" in {warning.code for warning in new.warnings}) is is_late
        assert check_plan(new.as_json(), protocols).as_json()["violations"] == []
