"""Plans of the builder in the corners of the rules: right ones pass, and the same plans spoiled there do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import CheckResult
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan as BuiltPlan
from taper_app.clinical.planning.answer import Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

Plan = dict[str, Any]
Judged = Callable[[object], CheckResult]
#: Builds from a request written as ``{"current": [(time, drug, mg), ...], ...}``, then makes each change.
Built = Callable[..., Plan]

ASKED = {
    "age_years": 50,
    "months_of_use": 24,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}
NEW_TIMES = {
    "kind": "restabilise",
    "on": "2027-03-20",
    "daily_mg": "3",
    "keep_days": 28,
    "times": ["06:00", "18:00"],
    "reason": "Worse in the early morning.",
}


@pytest.fixture
def built(protocols: Protocols) -> Built:
    def build(current: list[tuple[str, str, str]], *changes: dict[str, Any], **asked: Any) -> Plan:
        lines = [{"time": time, "drug": drug, "mg": mg} for time, drug, mg in current]
        request = {"current": lines, "protocol": "asam-2025", "start_on": "2027-01-11", "patient": ASKED, **asked}
        outcome = build_plan(parse_request(request, protocols), protocols)
        assert isinstance(outcome, BuiltPlan), outcome.message
        for change in changes:
            amended = amend_plan(outcome, parse_change(change), protocols)
            assert not isinstance(amended, Refusal), amended.message
            outcome = amended
        return outcome.as_json()

    return build


def _rules(result: CheckResult) -> set[tuple[str, int | None]]:
    return {(finding.rule, finding.step) for finding in result.violations}


def _times(step: dict[str, Any]) -> list[str]:
    return [dose["time"] for dose in step["doses"]]


def test_six_pieces_stay_the_limit_when_no_number_of_pieces_makes_the_current_dose(
    built: Built, judged: Judged
) -> None:
    """15 mg is no sum of whole 2 mg tablets: six of them, 12 mg, are the most, although seven would make 14 mg."""
    plan = built(
        [("20:00", "diazepam", "15")],
        products=["diazepam-tablet-2mg"],
        split="none",
        override_reason="The liquid cannot be had.",
    )

    assert plan["steps"][0]["daily_mg"] == {"diazepam": "12"}
    assert _rules(judged(plan)) == set()


def test_more_pieces_of_one_medicine_allow_no_more_of_another(built: Built, judged: Judged) -> None:
    """3.5 mg lorazepam takes seven 0.5 mg tablets; its match, 35 mg diazepam, would take seven of 5 mg."""
    plan = built(
        [("08:00", "lorazepam", "3.5"), ("20:00", "lorazepam", "3.5")],
        taper_drug="diazepam",
        equivalence="ashton-2002",
        setting="inpatient",
        products=["lorazepam-tablet-0.5mg", "diazepam-tablet-2mg", "diazepam-tablet-5mg"],
        override_reason="The larger tablets cannot be had.",
    )

    assert plan["steps"][0]["doses"][0]["pieces"] == [{"product": "lorazepam-tablet-0.5mg", "count": "7"}]
    assert plan["steps"][1]["doses"][1]["mg"] == "30"
    assert _rules(judged(plan)) == set()

    plan["steps"][1]["doses"][1].update(mg="35", pieces=[{"product": "diazepam-tablet-5mg", "count": "7"}])
    assert ("pieces-per-dose", 2) in _rules(judged(plan))


def test_a_restabilised_dose_that_needs_more_pieces_may_have_them(built: Built, judged: Judged) -> None:
    plan = built(
        [("20:00", "diazepam", "12")],
        {**NEW_TIMES, "daily_mg": "12", "times": ["06:00"], "override_reason": "Ordered."},
        products=["diazepam-tablet-2mg"],
        split="none",
        override_reason="The liquid cannot be had.",
    )
    assert _rules(judged(plan)) == set()

    ordered = next(step for step in plan["steps"] if step["kind"] == "restabilise")
    ordered["doses"][0].update(mg="14", pieces=[{"product": "diazepam-tablet-2mg", "count": "7"}])
    assert ("pieces-per-dose", ordered["number"]) not in _rules(judged(plan))


@pytest.mark.parametrize(
    ("dose", "products"),
    [("0.5", ["clonazepam-tablet-0.5mg"]), ("1", ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg"])],
)
def test_the_smallest_cut_is_that_of_the_fewer_times_asked_for(
    built: Built, judged: Judged, dose: str, products: list[str]
) -> None:
    """Three times become two with the first cut; what two doses a day can add up to bounds it."""
    plan = built(
        [("08:00", "clonazepam", dose), ("14:00", "clonazepam", dose), ("20:00", "clonazepam", dose)],
        times=["08:00", "20:00"],
        products=products,
        override_reason="These tablets only.",
    )

    assert _times(plan["steps"][0]) == ["08:00", "20:00"]
    assert _rules(judged(plan)) == set()


def test_handling_two_doses_instead_of_three_can_force_a_bigger_cut(built: Built, judged: Judged) -> None:
    """Six 2 mg tablets are the most at one time: two doses a day make 24 mg of the 30 mg taken at three."""
    plan = built(
        [("08:00", "diazepam", "10"), ("14:00", "diazepam", "10"), ("20:00", "diazepam", "10")],
        times=["08:00", "20:00"],
        products=["diazepam-tablet-2mg"],
        split="none",
        override_reason="The larger tablets cannot be had.",
    )

    assert plan["steps"][0]["daily_mg"] == {"diazepam": "24"}
    assert _rules(judged(plan)) == set()


def test_a_needlessly_big_first_cut_is_noticed_when_the_times_change_with_it(built: Built, judged: Judged) -> None:
    plan = built(
        [("08:00", "clonazepam", "1"), ("14:00", "clonazepam", "0.5"), ("20:00", "clonazepam", "1")],
        times=["08:00", "20:00"],
    )
    assert _rules(judged(plan)) == set()

    del plan["steps"][0]["doses"][0]
    assert ("cut-bigger-than-asked", 1) in _rules(judged(plan))


@pytest.mark.parametrize(
    ("current", "asked"),
    [
        (
            [("08:00", "clonazepam", "1"), ("20:00", "clonazepam", "1")],
            {"times": ["08:00", "14:00", "22:00"], "setting": "inpatient"},
        ),
        (
            [("07:00", "lorazepam", "2"), ("19:00", "lorazepam", "1")],
            {"times": ["08:00", "19:00"], "taper_drug": "diazepam", "equivalence": "ashton-2002"},
        ),
        (
            [("07:00", "lorazepam", "2"), ("19:00", "lorazepam", "1")],
            {
                "times": ["07:00", "12:00", "19:00"],
                "taper_drug": "diazepam",
                "equivalence": "ashton-2002",
                "setting": "inpatient",
            },
        ),
    ],
)
def test_other_times_take_effect_with_the_first_cut_after_stabilising_or_a_crossover(
    built: Built, judged: Judged, current: list[tuple[str, str, str]], asked: dict[str, Any]
) -> None:
    plan = built(current, **asked)

    kinds = [step["kind"] for step in plan["steps"]]
    first_cut = kinds.index("cut")
    assert first_cut > 0
    assert _times(plan["steps"][first_cut - 1]) == [time for time, _, _ in current]
    assert _times(plan["steps"][first_cut]) == asked["times"]
    assert _rules(judged(plan)) == set()


def test_other_times_before_the_first_cut_are_not_accepted(built: Built, judged: Judged) -> None:
    plan = built(
        [("08:00", "clonazepam", "1"), ("20:00", "clonazepam", "1")],
        times=["08:00", "22:00"],
        setting="inpatient",
    )
    assert _rules(judged(plan)) == set()

    plan["steps"][0]["doses"][1]["time"] = "22:00"
    assert ("time-not-asked-for", 1) in _rules(judged(plan))


def test_a_time_that_was_not_asked_for_or_rises_after_the_change_of_times_is_noticed(
    built: Built, judged: Judged
) -> None:
    plan = built(
        [("08:00", "clonazepam", "1"), ("20:00", "clonazepam", "1")],
        times=["08:00", "14:00", "22:00"],
        setting="inpatient",
    )
    elsewhere, swapped = copy.deepcopy(plan), copy.deepcopy(plan)

    elsewhere["steps"][1]["doses"][1]["time"] = "15:00"
    assert ("time-not-asked-for", 2) in _rules(judged(elsewhere))

    doses = swapped["steps"][2]["doses"]
    assert doses[0]["mg"] < doses[1]["mg"]
    doses[0]["time"], doses[1]["time"] = doses[1]["time"], doses[0]["time"]
    assert _rules(judged(swapped)) == {("slot-order", 3)}, "of equal doses the earliest is cut"
    doses[1].update(mg="0.75", pieces=[{"product": "clonazepam-odt-0.25mg", "count": "3"}])
    assert ("time-rises", 3) in _rules(judged(swapped))


@pytest.mark.parametrize("asked", [{}, {"times": ["08:00", "14:00", "20:00"]}, {"setting": "inpatient"}])
def test_the_past_of_a_plan_amended_with_new_times_keeps_its_own_times(
    built: Built, judged: Judged, asked: dict[str, Any]
) -> None:
    plan = built([("08:00", "clonazepam", "1"), ("20:00", "clonazepam", "1")], NEW_TIMES, **asked)

    assert plan["request"]["times"] == NEW_TIMES["times"]
    assert "08:00" in _times(plan["steps"][1])
    assert _rules(judged(plan)) == set()

    after = next(step for step in plan["steps"] if step["kind"] == "cut" and step["starts_on"] > "2027-03-20")
    after["doses"][0]["time"] = "05:00"
    assert ("time-not-asked-for", after["number"]) in _rules(judged(plan))


def _crossover_kept(built: Built, on: str) -> Plan:
    return built(
        [("08:00", "lorazepam", "1"), ("20:00", "lorazepam", "1")],
        {"kind": "keep_days", "on": on, "days": 20, "reason": "Sleepy by day."},
        taper_drug="diazepam",
        equivalence="ashton-2002",
    )


@pytest.mark.parametrize("on", ["2027-01-20", "2027-01-25"])
def test_days_of_keeping_ordered_within_a_crossover_do_not_make_its_slot_too_long(
    built: Built, judged: Judged, on: str
) -> None:
    """Ordered in the middle of the first slot, and on the day on which the second would begin."""
    plan = _crossover_kept(built, on)

    assert [step["kind"] for step in plan["steps"][:4]] == ["crossover", "keep", "crossover", "cut"]
    assert plan["steps"][1]["doses"] == plan["steps"][0]["doses"]
    assert _rules(judged(plan)) == set()


def test_a_slot_of_a_crossover_stays_too_long_or_too_short_beside_days_of_keeping(
    built: Built, judged: Judged, redated: Callable[[Plan], Plan]
) -> None:
    too_long, too_short = _crossover_kept(built, "2027-01-25"), _crossover_kept(built, "2027-01-20")
    too_long["steps"][0]["days"] += 1
    too_short["steps"][0]["days"] = too_short["steps"][1]["days"] = 3

    for plan in (too_long, too_short):
        plan = redated(plan)
        plan["amends"]["change"]["on"] = plan["steps"][1]["starts_on"]
        assert ("crossover-days", 2) in _rules(judged(plan))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "keep_days", "on": "2027-01-20", "days": 10, "reason": "Trembling."},
        {"kind": "restabilise", "on": "2027-01-20", "daily_mg": "16", "keep_days": 28, "reason": "Trembling."},
    ],
    ids=lambda change: change["kind"],
)
def test_a_percentage_of_the_start_goes_on_after_a_change(built: Built, judged: Judged, change: dict[str, Any]) -> None:
    """Whether it then counts from the first start or from the dose that was ordered is not printed anywhere."""
    plan = built(
        [("08:00", "diazepam", "10"), ("22:00", "diazepam", "10")],
        {**change, "override_reason": "Ordered."},
        protocol="dutch-25-percent-weekly",
        override_reason="Agreed.",
    )
    assert _rules(judged(plan)) == set()

    last = plan["steps"][-2]
    last["target_daily_mg"] = "4.4"
    assert ("target-figure", last["number"]) in _rules(judged(plan))
