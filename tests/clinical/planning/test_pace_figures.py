"""What a request may change of a pace, and the dose that a percentage of the start counts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal, StepKind
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PublishedTaper, TimeToStop

Build = Callable[[dict[str, Any]], Plan]
FACTS = {
    "age_years": 44,
    "months_of_use": 18,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}
PERCENT, MILLIGRAMS = {"cut_percent": "5"}, {"cut_mg": "0.5"}


def request_for(protocol: str, mg: str = "30", **fields: Any) -> dict[str, Any]:
    drug = {"fda-xanax": "alprazolam", "fda-klonopin-panic": "clonazepam", "nardi-2010": "clonazepam"}
    line = {"drug": drug.get(protocol, "diazepam"), "mg": mg, "time": "22:00"}
    return {"current": [line], "protocol": protocol, "start_on": "2027-01-11", "patient": FACTS, **fields}


@pytest.mark.parametrize(
    ("protocol", "cut", "says"),
    [
        ("asam-2025", MILLIGRAMS, "cuts by percent; give cut_percent instead."),
        ("dutch-25-percent-weekly", MILLIGRAMS, "cuts by percent; give cut_percent instead."),
        ("hyperbolic-occupancy", MILLIGRAMS, "cuts by percent; give cut_percent instead."),
        ("fda-xanax", PERCENT, "cuts by milligrams; give cut_mg instead."),
        ("scotland-2024", PERCENT, "cuts by milligrams; give cut_mg instead."),
        ("va-ncptsd", PERCENT, "is printed line by line; leave cut_percent out."),
        ("six-month-15mg", MILLIGRAMS, "is printed line by line; leave cut_mg out."),
        (
            "hyperbolic-occupancy",
            {"cut_percent": "100"},
            "A cut is above 0 and below 100 percent; write for example 10.",
        ),
        ("mcmaster-2010", {"cut_mg": "0"}, "A cut is above 0 mg; write for example 0.25."),
    ],
)
def test_a_cut_in_the_other_models_field_is_a_fault_of_that_field(
    protocol: str, cut: dict[str, str], says: str, protocols: Protocols
) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_request(request_for(protocol, **cut), protocols)
    (fault,) = refused.value.faults
    assert fault.field == next(iter(cut))
    assert fault.message.endswith(says)


@pytest.mark.parametrize(
    ("protocol", "mg", "asked", "says"),
    [
        (
            "mcmaster-2010",
            "30",
            {"cut_mg": "6"},
            "Asked for 6 mg; McMaster 2010 prints at most 5 mg at a time above 20 mg.",
        ),
        (
            "mcmaster-2010",
            "10",
            {"cut_mg": "3"},
            "Asked for 3 mg; McMaster 2010 prints 1 to 2 mg at a time between 20 and 0 mg.",
        ),
        (
            "nice-cks-ladder",
            "30",
            {"cut_mg": "3"},
            "Asked for 3 mg; NICE CKS ladder (after Ashton) prints 1 to 2 mg at a time between 20 and 10 mg.",
        ),
        ("scotland-2024", "10", {"cut_mg": "2"}, "Asked for 2 mg; Scotland 2024 prints 1 mg at a time."),
        ("fda-xanax", "4", {"cut_mg": "1"}, "Asked for 1 mg; FDA label, Xanax prints at most 0.5 mg at a time."),
        (
            "fda-xanax",
            "4",
            {"every_days": 2},
            "Asked for every 2 days; FDA label, Xanax prints every 3 days or slower.",
        ),
        ("va-ncptsd", "30", {"every_days": 14}, "Asked for every 14 days; VA NCPTSD, 15 weeks prints every 7 days."),
        ("scotland-2024", "10", {"every_days": 7}, "Asked for every 7 days; Scotland 2024 prints every 14 to 28 days."),
        (
            "hyperbolic-occupancy",
            "6",
            {"cut_percent": "12"},
            "Asked for 12 percentage points; Hyperbolic (receptor occupancy) prints 2.5 to 10 percentage points "
            "at a time.",
        ),
        (
            "dutch-25-percent-weekly",
            "20",
            {"cut_percent": "30"},
            "Asked for 30 %; Dutch, 25 % a week prints at most 25 % at a time.",
        ),
    ],
)
def test_a_pace_outside_what_is_printed_is_refused_and_named(
    protocol: str, mg: str, asked: dict[str, Any], says: str, protocols: Protocols
) -> None:
    refusal = build_plan(parse_request(request_for(protocol, mg, **asked), protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.message == says


def test_a_ladder_in_milligrams_of_another_medicine_says_which(protocols: Protocols) -> None:
    """Lorazepam 2 mg is 20 mg diazepam by Ashton, where the ladder prints 1 to 2 mg diazepam."""
    request = request_for("nice-cks-ladder", "2", cut_mg="0.5", equivalence="ashton-2002")
    request["current"][0]["drug"] = "lorazepam"
    refusal = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.message == (
        "Asked for 0.5 mg diazepam; NICE CKS ladder (after Ashton) prints 1 to 2 mg diazepam at a time between "
        "20 and 10 mg."
    )


@pytest.mark.parametrize(
    ("protocol", "asked"),
    [("mcmaster-2010", {"cut_mg": "3"}), ("scotland-2024", {"every_days": 28}), ("asam-2025", {"cut_percent": "5"})],
)
def test_a_pace_within_what_is_printed_is_taken(
    protocol: str, asked: dict[str, Any], plan_of: Build, protocols: Protocols
) -> None:
    """McMaster above 20 mg prints at most 5 mg: 3 mg is within."""
    plan = plan_of(request_for(protocol, "30", **asked, target_daily_mg="24"))
    assert {name: plan.request.as_json()[name] for name in asked} == asked


def with_taper(protocols: Protocols, taper: str, **changed: Any) -> Protocols:
    """The library with one taper changed, as a site might."""
    written = protocols.tapers[taper].model_copy(update=changed)
    return replace(protocols, tapers={**protocols.tapers, taper: written})


def test_milligrams_of_one_medicine_are_never_taken_for_those_of_another(protocols: Protocols) -> None:
    """Also where a file forgets to say which medicine it is for."""
    site = with_taper(protocols, "fda-xanax", only_medicines=())
    request = request_for("fda-xanax", "4")
    request["current"][0]["drug"] = "clonazepam"
    refusal = build_plan(parse_request(request, site), site)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "protocol-not-for-this-medicine"


def test_a_protocol_that_a_site_calls_contested_is_signed_by_name(protocols: Protocols) -> None:
    site = with_taper(protocols, "scotland-2024", is_contested=True)
    plan = build_plan(parse_request(request_for("scotland-2024", "10"), site), site)
    assert isinstance(plan, Plan)
    message = next(warning.message for warning in plan.to_sign if warning.code == "contested-constant")
    assert message.startswith("Scotland 2024 is contested: ")


def test_the_filled_request_holds_the_figures_that_acted_and_gives_the_same_plan(
    plan_of: Build, protocols: Protocols
) -> None:
    expected: dict[str, dict[str, Any]] = {
        "asam-2025": {"cut_percent": "10", "every_days": 14, "longest_step_days": 28},
        "hyperbolic-occupancy": {"cut_percent": "2.5", "every_days": 14, "longest_step_days": 28},
        "dutch-25-percent-weekly": {"cut_percent": "25", "every_days": 7},
        "mcmaster-2010": {"every_days": 7},
        "va-ncptsd": {"every_days": 7},
        "scotland-2024": {"every_days": 14},
        "fda-klonopin-panic": {"cut_mg": "0.25", "every_days": 3},
        "nardi-2010": {"every_days": 7},
    }
    for protocol, figures in expected.items():
        mg = "3" if protocol in ("fda-klonopin-panic", "nardi-2010") else "6"
        plan = plan_of(request_for(protocol, mg, override_reason="For the test."))
        filled = plan.as_json()["request"]
        named = ("cut_percent", "cut_mg", "every_days", "longest_step_days")
        assert {name: filled[name] for name in named if name in filled} == figures, protocol
        assert plan_of(filled).as_json() == plan.as_json(), protocol


def test_keeping_the_dose_goes_on_with_the_percentage_of_the_original_start(
    plan_of: Build, protocols: Protocols
) -> None:
    """20 mg by quarters of 20: kept a week longer on 10 mg the next cut is to 5 mg, not by a quarter of 10."""
    request = request_for("dutch-25-percent-weekly", "20", override_reason="The trial's own pace is meant.")
    plan = plan_of(request | {"products": ["diazepam-tablet-5mg"]})
    change = {"kind": "keep_days", "on": "2027-01-20", "days": 7, "reason": "not sleeping"}
    changed = amend_plan(plan, parse_change(change), protocols)
    assert isinstance(changed, Plan)
    before, after = (
        [(step.daily_of("diazepam"), step.target_daily_mg) for step in each.steps if step.kind is StepKind.CUT]
        for each in (plan, changed)
    )
    assert before == after
    assert changed.steps[-1].starts_on == plan.steps[-1].starts_on.replace(day=plan.steps[-1].starts_on.day + 7)


def test_after_a_change_of_medicine_a_kept_dose_still_counts_from_the_new_medicines_start(
    plan_of: Build, protocols: Protocols
) -> None:
    """Lorazepam 2 mg is 10 mg diazepam by VA/DoD: quarters of 10 mg, also after a week's keeping on 5 mg."""
    request = request_for("dutch-25-percent-weekly", "2", override_reason="The trial's own pace is meant.")
    request["current"][0]["drug"] = "lorazepam"
    products = ["lorazepam-tablet-2mg", "diazepam-tablet-5mg"]
    plan = plan_of(request | {"taper_drug": "diazepam", "equivalence": "va-dod-2021", "products": products})
    on_5_mg = next(step for step in plan.steps if step.daily_of("diazepam") == 5)
    change = {"kind": "keep_days", "on": str(on_5_mg.starts_on.replace(day=on_5_mg.starts_on.day + 1)), "days": 7}
    changed = amend_plan(plan, parse_change({**change, "reason": "not sleeping"}), protocols)
    assert isinstance(changed, Plan)
    assert [step.daily_of("diazepam") for step in changed.steps][-2:] == [Decimal("2.5"), 0]
    assert changed.steps[-2].target_daily_mg == Decimal("2.5")


def test_a_dose_that_a_prescriber_restores_is_a_new_start(plan_of: Build, protocols: Protocols) -> None:
    """Back to 16 mg: quarters of 16 from there, 12 mg next."""
    request = request_for("dutch-25-percent-weekly", "20", override_reason="The trial's own pace is meant.")
    plan = plan_of(request)
    change = {"kind": "restabilise", "on": "2027-01-20", "daily_mg": "16", "reason": "shaking", "keep_days": 14}
    changed = amend_plan(plan, parse_change({**change, "override_reason": "As before."}), protocols)
    assert isinstance(changed, Plan)
    restored = next(step.number for step in changed.steps if step.kind is StepKind.RESTABILISE)
    assert changed.steps[restored].target_daily_mg == 12


def test_the_first_words_of_a_ladder_say_between_which_doses_its_step_holds(plan_of: Build) -> None:
    plan = plan_of(request_for("mcmaster-2010", "25"))
    assert plan.steps[0].reasons[0].text == "5 mg at a time above 20 mg."
    assert plan.steps[1].reasons[0].text == "1 mg at a time between 20 and 0 mg."
    only_band = plan_of(request_for("scotland-2024", "5"))
    assert only_band.steps[0].reasons[0].text == "1 mg at a time, morning dose first."
    above = plan_of(request_for("nice-cks-ladder", "42", target_daily_mg="38"))
    assert above.steps[0].reasons[0].text == "2 mg at a time above 40 mg, morning dose first."


def test_percent_of_the_dose_now_cannot_count_its_time_to_zero(protocols: Protocols) -> None:
    written = protocols.tapers["asam-2025"].model_dump()
    written["stop"]["time_to"] = TimeToStop.ZERO
    with pytest.raises(ValueError, match="has no end"):
        PublishedTaper.model_validate(written)


def test_a_gentler_percentage_for_older_adults_belongs_to_percent_of_the_dose_now(protocols: Protocols) -> None:
    written = protocols.tapers["scotland-2024"].model_dump()
    written["older_adults"] = protocols.tapers["asam-2025"].model_dump()["older_adults"]
    with pytest.raises(ValueError, match="older_adults"):
        PublishedTaper.model_validate(written)
