"""A plan that began with a part of the reported dose goes on from what is given, never from a part of that again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols

REQUEST: dict[str, Any] = {
    "current": [
        {"drug": "diazepam", "mg": "50", "time": "08:00", "source": "reported"},
        {"drug": "diazepam", "mg": "50", "time": "22:00", "source": "reported"},
    ],
    "protocol": "asam-2025",
    "start_on": "2027-01-11",
    "setting": "inpatient",
    "start_fraction_percent": "40",
    "patient": {"use_verified": "no"},
}
CHANGES: list[dict[str, Any]] = [
    {"kind": "keep_days", "on": "2027-01-20", "days": 7, "reason": "Unwell."},
    {"kind": "keep_days", "on": "2027-02-01", "days": 7, "reason": "Unwell."},
    {"kind": "restabilise", "on": "2027-01-20", "daily_mg": "40", "keep_days": 14, "reason": "Signs came back."},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change['kind']} {change['on']}")
def test_a_change_goes_on_from_the_dose_that_is_given(
    change: dict[str, Any], plan_of: Callable[[dict[str, Any]], Plan], protocols: Protocols
) -> None:
    plan = plan_of(REQUEST)
    amended = amend_plan(plan, parse_change(change), protocols)
    assert isinstance(amended, Plan), getattr(amended, "message", "")
    assert amended.request.start_fraction_percent == plan.request.start_fraction_percent
    assert amended.starting_daily_mg == plan.starting_daily_mg
    assert min(step.daily_of("diazepam") for step in amended.steps if step.doses) < 40
    assert all(step.daily_of("diazepam") <= 40 for step in amended.steps)
    kept = amended.step_on(parse_change(change).on)
    assert kept is not None
    assert kept.daily_of("diazepam") >= 32, "no second part of it is taken"
    assert check_plan(amended.as_json(), protocols).as_json()["violations"] == []


def test_the_request_of_the_plan_gives_the_same_plan_again(
    plan_of: Callable[[dict[str, Any]], Plan],
) -> None:
    plan = plan_of(REQUEST)
    assert plan_of(plan.request.as_json()) == plan
