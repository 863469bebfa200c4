"""The checker on changed plans: a step back is signed, goes back to a given dose, and never above the start."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking.findings import CheckResult
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
Judged = Callable[[dict[str, Any]], CheckResult]
Changed = Callable[..., dict[str, Any]]


@pytest.fixture
def changed(protocols: Protocols) -> Changed:
    """The worked story's plan after some changes, as it travels."""

    def change(*changes: dict[str, Any], **asked: Any) -> dict[str, Any]:
        request = json.loads((EXAMPLES / "plan_example_taper.json").read_text())["request"] | asked
        plan = build_plan(parse_request(request, protocols), protocols)
        for each in changes:
            assert isinstance(plan, Plan), plan.message
            plan = amend_plan(plan, parse_change({"reason": "asked", **each}), protocols)
        assert isinstance(plan, Plan), plan.message
        return plan.as_json()

    return change


STEP_BACK = {"kind": "step_back", "on": "2027-03-01", "to_step": 2}


def rules(result: CheckResult) -> set[tuple[str, int | None]]:
    return {(finding.rule, finding.step) for finding in result.violations}


def test_a_step_back_is_accepted_by_its_signature_and_by_nothing_less(changed: Changed, judged: Judged) -> None:
    plan = changed(STEP_BACK)
    result = judged(plan)
    assert rules(result) == set()
    assert ("daily-dose-rises", 5) in {(finding.rule, finding.step) for finding in result.accepted}
    for severity in ("warn", "info"):
        unsigned = deepcopy(plan)
        for warning in unsigned["warnings"]:
            if warning["code"] == "dose-rises":
                warning["severity"] = severity
        assert ("daily-dose-rises", 5) in rules(judged(unsigned))


def test_a_step_back_goes_to_a_dose_that_was_given(changed: Changed, judged: Judged) -> None:
    plan = changed(STEP_BACK)
    step = plan["steps"][4]
    step["doses"] = deepcopy(plan["steps"][3]["doses"])
    step["doses"][0] |= {"mg": "1", "pieces": [{"product": "clonazepam-tablet-1mg", "count": "1"}]}
    assert ("step-back", 5) not in rules(judged(plan)), "0.75 + 1 mg is 1.75 mg, which was given"
    step["doses"][1] |= {"mg": "0.875", "pieces": plan["steps"][1]["doses"][0]["pieces"]}
    assert ("step-back", 5) not in rules(judged(plan)), "0.875 + 1 mg is 1.875 mg, which was given"
    step["doses"][1] |= {"mg": "1.5", "pieces": [{"product": "clonazepam-tablet-1mg", "count": "1.5"}]}
    assert ("step-back", 5) in rules(judged(plan)), "2.5 mg was not given, and lies above the start"


def test_a_dose_that_a_prescriber_orders_may_be_any_and_last_as_ordered(changed: Changed, judged: Judged) -> None:
    ordered = {"kind": "restabilise", "on": "2027-02-01", "daily_mg": "3", "keep_days": 5}
    assert rules(judged(changed(ordered))) == set()


def test_the_past_was_made_of_the_products_of_then(changed: Changed, judged: Judged) -> None:
    products = ["clonazepam-odt-0.125mg", "clonazepam-odt-0.25mg"]
    plan = changed({"kind": "change_products", "on": "2027-02-01", "products": products})
    assert rules(judged(plan)) == set()
    plan["request"]["products"] = ["clonazepam-odt-0.125mg"]
    assert ("product-not-listed", 3) in rules(judged(plan))
    assert ("product-not-listed", 2) not in rules(judged(plan))


def test_a_promised_end_is_held_until_the_plan_is_changed(changed: Changed, judged: Judged) -> None:
    plan = changed(ends_by="2027-12-01")
    assert rules(judged(plan)) == set()
    late = deepcopy(plan)
    late["request"]["ends_by"] = "2027-06-01"
    assert ("ends-too-late", 16) in rules(judged(late))
    kept = changed({"kind": "keep_days", "on": "2027-02-01", "days": 60}, ends_by="2027-12-01")
    assert rules(judged(kept)) == set()


def test_after_the_end_a_dose_can_be_restored(changed: Changed, judged: Judged) -> None:
    plan = changed({"kind": "restabilise", "on": "2027-11-20", "daily_mg": "0.5", "keep_days": 28})
    assert [step["kind"] for step in plan["steps"][15:18]] == ["stop", "restabilise", "cut"]
    assert rules(judged(plan)) == set()


def test_a_slot_that_an_order_cuts_short_is_not_too_short(changed: Changed, judged: Judged) -> None:
    switch = {"kind": "change_medicine", "on": "2027-02-01", "taper_drug": "diazepam", "equivalence": "ashton-2002"}
    ordered = {"kind": "restabilise", "on": "2027-02-04", "daily_mg": "35", "keep_days": 28}
    assert rules(judged(changed(switch, ordered))) == set()


def test_a_step_back_that_raises_nothing_needs_no_signature(changed: Changed, judged: Judged) -> None:
    plan = changed(STEP_BACK)
    plan["steps"][4]["doses"] = deepcopy(plan["steps"][3]["doses"])
    plan["warnings"] = [warning for warning in plan["warnings"] if warning["code"] != "dose-rises"]
    assert not {rule for rule, step in rules(judged(plan)) if step == 5} & {"daily-dose-rises", "step-back"}


def test_after_an_ordered_dose_no_cut_is_the_first_below_current_use(changed: Changed, judged: Judged) -> None:
    """By hand: 1.625 mg ordered on the first day is 18.75 % less; 1.5, 1.375 and 1.25 mg follow."""
    plan = changed({"kind": "restabilise", "on": "2027-01-11", "daily_mg": "1.625", "keep_days": 14})
    assert rules(judged(plan)) == set()
