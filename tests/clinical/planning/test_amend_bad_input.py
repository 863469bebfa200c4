"""Changes that cannot be made: one sentence, the field, the fix, and every fault at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend import amend_plan, day_or_moment, parse_change, read_plan
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.protocol.library import Protocols

Build = Callable[[dict[str, Any]], Plan]
MISSED = {"kind": "missed", "on": "2027-02-03", "from": "2027-02-01", "to": "2027-02-02"}


@pytest.fixture
def plan(plan_of: Build, written: dict[str, Any]) -> Plan:
    return plan_of(written)


def faults(plan: Plan, protocols: Protocols, *changes: dict[str, Any], given_up_to: date | None = None) -> list[Fault]:
    """Of the last change; those before it can be made."""
    for change in changes[:-1]:
        outcome = amend_plan(plan, parse_change({"reason": "asked", **change}), protocols)
        assert isinstance(outcome, Plan)
        plan = outcome
    with pytest.raises(InputRefused) as refused:
        amend_plan(plan, parse_change({"reason": "asked", **changes[-1]}), protocols, given_up_to=given_up_to)
    assert all(fault.message.endswith(".") for fault in refused.value.faults)
    return list(refused.value.faults)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"kind": "keep", "on": "2027-01-10"}, "on", "before the plan's start"),
        ({"kind": "keep", "on": "2027-11-12"}, "on", "No dose is taken"),
        ({"kind": "keep", "on": "9999-12-31"}, "on", "check the year"),
        ({"kind": "restabilise", "on": "9999-12-31", "daily_mg": "2"}, "on", "check the year"),
        ({"kind": "resume", "on": "2027-02-01"}, "kind", "nothing to resume"),
        ({"kind": "slow", "on": "2027-02-01"}, "cut_percent", "name cut_percent, every_days or both"),
        ({"kind": "slow", "on": "2027-02-01", "cut_percent": "12"}, "cut_percent", "use speed_up"),
        ({"kind": "slow", "on": "2027-02-01", "every_days": 7}, "every_days", "use speed_up"),
        ({"kind": "slow", "on": "2027-02-01", "every_days": 14}, "every_days", "the pace of now"),
        ({"kind": "slow", "on": "2027-02-01", "cut_percent": "10"}, "cut_percent", "the pace of now"),
        ({"kind": "speed_up", "on": "2027-02-01", "cut_percent": "5"}, "cut_percent", "use slow"),
        ({"kind": "speed_up", "on": "2027-02-01", "every_days": 28}, "every_days", "use slow"),
        ({"kind": "step_back", "on": "2027-03-01", "to_step": 0}, "to_step", "is ordered by restabilise"),
        ({"kind": "step_back", "on": "2027-03-01", "to_step": 17}, "to_step", "steps 1 to 16; name step 3"),
        ({"kind": "step_back", "on": "2027-03-01", "to_step": 9}, "to_step", "has not begun"),
        ({"kind": "step_back", "on": "2027-03-01", "to_step": 4}, "to_step", "name step 3"),
        ({"kind": "step_back", "on": "2027-01-20", "to_step": 1}, "to_step", "by restabilise"),
        ({"kind": "maintain", "on": "2027-02-01", "daily_mg": "1.9"}, "daily_mg", "step_back or restabilise"),
        ({"kind": "maintain", "on": "2027-02-01", "daily_mg": "0"}, "daily_mg", "more than 0"),
        ({"kind": "change_products", "on": "2027-02-01", "products": []}, "products", "at least 1"),
        (
            {"kind": "change_products", "on": "2027-02-01", "products": ["diazepam-tablet-2mg"]},
            "products.0",
            "not of a medicine in this plan",
        ),
        (
            {"kind": "change_medicine", "on": "2027-02-01", "taper_drug": "Klonopin", "equivalence": "ashton-2002"},
            "taper_drug",
            "already",
        ),
        (
            {"kind": "change_medicine", "on": "2027-02-01", "taper_drug": "diazapam", "equivalence": "ashton-2002"},
            "taper_drug",
            "diazepam",
        ),
        (
            {"kind": "change_medicine", "on": "2027-02-01", "taper_drug": "diazepam", "equivalence": "who-2009"},
            "equivalence",
            "has no clonazepam",
        ),
        ({**MISSED, "on": "2027-02-01"}, "on", "missed until 2027-02-02"),
        ({**MISSED, "from": "2027-01-01"}, "from", "before the plan's start"),
        ({**MISSED, "from": "2027-02-04"}, "to", "swap from and to"),
        ({**MISSED, "from": "2027-02-01T08:00:00-05:00"}, "to", "in the same way"),
        ({**MISSED, "from": "2027-02-01T08:00:00"}, "from", "or the moment like"),
        ({**MISSED, "from": "yesterday"}, "from", "rite the day like"),
        ({**MISSED, "from": "2027-02-30"}, "from", "rite the day like"),
        ({**MISSED, "on": "2027-11-13", "from": "2027-11-11", "to": "2027-11-12"}, "from", "No dose is taken"),
        ({**MISSED, "on": "2027-11-12", "from": "2027-11-11", "to": "2027-11-11"}, "from", "No dose is taken"),
    ],
    ids=lambda value: f"{value.get('kind')}-{value.get('on')}" if isinstance(value, dict) else None,
)
def test_a_change_that_cannot_be_made_is_refused_by_field_and_fix(
    change: dict[str, Any], field: str, says: str, plan: Plan, protocols: Protocols
) -> None:
    (fault,) = faults(plan, protocols, change)
    assert fault.field == field
    assert says in fault.message


def test_two_changes_on_one_day_are_refused(plan: Plan, protocols: Protocols) -> None:
    keep = {"kind": "keep_days", "on": "2027-02-01", "days": 7}
    (fault,) = faults(plan, protocols, keep, {"kind": "slow", "on": "2027-02-01", "every_days": 28})
    assert (fault.field, "already" in fault.message) == ("on", True)


def test_a_dose_that_is_kept_until_reviewed_is_not_kept_again(plan: Plan, protocols: Protocols) -> None:
    kept = {"kind": "keep", "on": "2027-02-01"}
    for change in ({"kind": "keep", "on": "2027-02-10"}, {"kind": "keep_days", "on": "2027-02-10", "days": 3}):
        (fault,) = faults(plan, protocols, kept, change)
        assert "resume the plan first" in fault.message


def test_a_plan_that_ends_at_a_maintenance_dose_has_no_pace_and_nothing_to_resume(
    plan: Plan, protocols: Protocols
) -> None:
    stay = {"kind": "maintain", "on": "2027-02-01", "daily_mg": "1.75"}
    assert faults(plan, protocols, stay, {"kind": "slow", "on": "2027-03-01", "every_days": 28})[0].field == "on"
    assert faults(plan, protocols, stay, {"kind": "resume", "on": "2027-03-01"})[0].field == "kind"
    switch = {"kind": "change_medicine", "on": "2027-03-01", "taper_drug": "diazepam", "equivalence": "ashton-2002"}
    assert faults(plan, protocols, stay, switch)[0].field == "taper_drug"


def test_a_step_back_with_no_earlier_dose_says_so_before_anything_else(plan: Plan, protocols: Protocols) -> None:
    """On the first step there is none above it; step 0, which the page sends then, is not what the reader asked."""
    (fault,) = faults(plan, protocols, {"kind": "step_back", "on": "2027-01-20", "to_step": 0})
    assert fault.message == (
        "There is no earlier dose in this plan to go back to: no step before 2027-01-20 gives more than the present "
        "1.875 mg clonazepam; the 2 mg clonazepam from before the plan, or another dose, is ordered by restabilise."
    )


def test_after_a_change_of_medicine_no_dose_from_before_is_offered_to_step_back_to(
    plan_of: Build, protocols: Protocols
) -> None:
    """Two medicines were taken before the plan: there is no one dose to name."""
    request = {
        "current": [
            {"drug": "lorazepam", "mg": "0.5", "time": "08:00"},
            {"drug": "clonazepam", "mg": "0.25", "time": "22:00"},
        ],
        "protocol": "asam-2025",
        "taper_drug": "diazepam",
        "equivalence": "ashton-2002",
        "start_on": "2027-01-11",
    }
    changed = plan_of(request)
    on_both = str(changed.steps[1].starts_on + timedelta(days=20))
    (fault,) = faults(changed, protocols, {"kind": "step_back", "on": on_both, "to_step": 0})
    steps = f"it has steps 1 to {len(changed.steps)}; name step 2"
    assert fault.message == f"There is no step 0 in this plan: {steps}; another dose is ordered by restabilise."


def test_a_step_back_above_the_start_is_offered_as_restabilise(plan: Plan, protocols: Protocols) -> None:
    above = {"kind": "restabilise", "on": "2027-02-01", "daily_mg": "3"}
    (fault,) = faults(plan, protocols, above, {"kind": "step_back", "on": "2027-04-10", "to_step": 3})
    assert fault.message == (
        "Step 3 gives 3 mg, above the starting dose of 2 mg clonazepam; order it by restabilise with daily_mg 3."
    )


@pytest.mark.parametrize(
    ("given_up_to", "is_refused"),
    [
        ("2027-02-01", True),
        ("2027-01-31", False),
        ("2027-02-01T08:00:00-05:00", False),
        ("2027-02-02T08:00:00-05:00", True),
    ],
)
def test_what_was_given_already_is_not_changed(
    given_up_to: str, is_refused: bool, plan: Plan, protocols: Protocols
) -> None:
    """After a moment the rest of its day may still change; after a day only the next one."""
    moment, change = day_or_moment(given_up_to), {"kind": "keep", "on": "2027-02-01"}
    assert isinstance(moment, datetime) == ("T" in given_up_to)
    if is_refused:
        assert "Doses were given up to" in faults(plan, protocols, change, given_up_to=moment)[0].message
    else:
        parsed = parse_change({"reason": "asked", **change})
        assert isinstance(amend_plan(plan, parsed, protocols, given_up_to=moment), Plan)


def test_a_plan_whose_protocol_has_changed_since_names_both_editions(plan: Plan, protocols: Protocols) -> None:
    """With a reason the rest goes by the present file, and that is signed for."""
    used = plan.protocol.model_copy(update={"version": "2025.01", "sha256": "ab" * 32})
    old = plan.model_copy(update={"protocol": used})
    change = {"kind": "keep_days", "on": "2027-02-01", "days": 7}
    (fault,) = faults(old, protocols, change)
    assert fault.field == "protocol"
    assert "2025.01 (abababab)" in fault.message
    assert f"{plan.protocol.version} ({plan.protocol.sha256[:8]}) now" in fault.message
    parsed = parse_change({"reason": "asked", **change, "override_reason": "The same figures, read again."})
    new = amend_plan(old, parsed, protocols)
    assert isinstance(new, Plan)
    assert new.protocol == plan.protocol
    (to_sign,) = [warning for warning in new.to_sign if warning.code == "another-edition"]
    assert to_sign.source == "local-default", "no guideline asks for this signature"
    gone = plan.model_copy(update={"protocol": plan.protocol.model_copy(update={"id": "no-such-file"})})
    assert [each.field for each in faults(gone, protocols, change)] == ["protocol"]


def test_every_fault_of_a_change_is_named_at_once(plan: Plan, protocols: Protocols) -> None:
    old = plan.model_copy(update={"protocol": plan.protocol.model_copy(update={"sha256": "ab" * 32})})
    change = {"kind": "maintain", "on": "2027-02-01", "daily_mg": "1.9"}
    found = faults(old, protocols, change, given_up_to=date(2027, 2, 5))
    assert [fault.field for fault in found] == ["on", "protocol", "daily_mg"]
    with pytest.raises(InputRefused) as refused:
        parse_change({"kind": "hold", "on": "soon", "reason": ""})
    assert [fault.field for fault in refused.value.faults] == ["kind", "on", "reason"]
    with pytest.raises(InputRefused):
        parse_change(["keep"])


def test_a_ladder_is_slowed_by_its_interval_alone(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    written |= {
        "current": [{"drug": "diazepam", "mg": "15", "time": "22:00"}],
        "taper_drug": "diazepam",
        "protocol": "nice-cks-ladder",
        "products": ["diazepam-tablet-2mg", "diazepam-tablet-5mg"],
        "times": ["22:00"],
        "every_days": 7,
    }
    del written["cut_percent"]
    written.pop("longest_step_days", None)
    old = plan_of(written)
    assert faults(old, protocols, {"kind": "slow", "on": "2027-02-01", "cut_percent": "5"})[0].field == "cut_percent"
    change = parse_change({"kind": "slow", "on": "2027-02-01", "every_days": 14, "reason": "asked"})
    assert isinstance(amend_plan(old, change, protocols), Plan)


# ---- a plan from outside ----
def test_a_plan_comes_back_as_it_was_written(plan: Plan, protocols: Protocols) -> None:
    assert read_plan(json.loads(json.dumps(plan.as_json())), protocols) == plan


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("steps", 2, "days"), 0, "plan.steps.3.starts_on"),
        (("steps", 2, "number"), 7, "plan.steps.2.number"),
        (("steps", 15, "days"), 4, "plan.steps.15.days"),
        (("steps", 1, "daily_mg"), {"clonazepam": "1.5"}, "plan.steps.1.daily_mg"),
        (("steps", 1, "doses", 0, "drug"), "Klonopin", "plan.steps.1.doses.0.drug"),
        (("steps", 1, "kind"), "hold", "plan.steps.1.kind"),
        (("steps",), [], "plan.steps"),
        (("starts_on",), "2027-01-12", "plan.starts_on"),
        (("request", "equivalence"), "who", "plan.request.equivalence"),
        (("request", "products", 0), "clonazepam-tablet-3mg", "plan.request.products.0"),
        (("request", "taper_drug"), "nothing", "plan.request.taper_drug"),
        (("request", "current", 0, "mg"), "1.5", "plan.starting_daily_mg"),
        (("protocol", "id"), "nice-cks-ladder", "plan.protocol.id"),
        (("starting_daily_mg",), {"clonazepam": "two"}, "plan.starting_daily_mg.clonazepam"),
        (("amends",), {"sha256": "ab", "change": {"on": "soon"}}, "plan.amends.change.on"),
        (("surprise",), 1, "plan.surprise"),
    ],
    ids=str,
)
def test_a_plan_from_outside_that_does_not_hold_together_is_refused_by_field(
    path: tuple[Any, ...], value: object, field: str, plan: Plan, protocols: Protocols
) -> None:
    written = deepcopy(plan.as_json())
    at: Any = written
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    with pytest.raises(InputRefused) as refused:
        read_plan(written, protocols)
    assert field in [fault.field for fault in refused.value.faults]


@pytest.mark.parametrize("written", [None, 7, [], {"refused": {"code": "ceiling"}}])
def test_what_is_no_plan_is_refused(written: object, protocols: Protocols) -> None:
    with pytest.raises(InputRefused):
        read_plan(written, protocols)


def test_a_plan_far_outside_the_years_that_are_planned_is_refused(plan: Plan, protocols: Protocols) -> None:
    written = plan.as_json()
    written["starts_on"] = written["steps"][0]["starts_on"] = "9999-12-31"
    with pytest.raises(InputRefused) as refused:
        read_plan(written, protocols)
    assert "check the year" in str(refused.value)


ODD = (None, 0, -1, 10**9, "", "x", "1e3", "0.00001", "9999-12-31", [], {}, True, "2027-02-30", "clonazepam", 1000)


def test_whatever_stands_in_a_plan_it_is_changed_or_refused_and_never_breaks(plan: Plan, protocols: Protocols) -> None:
    chance = Random(4)
    for _ in range(400):
        written = deepcopy(plan.as_json())
        at: Any = written
        while True:
            key = chance.choice(list(at) if isinstance(at, dict) else range(len(at)))
            if not isinstance(at[key], (dict, list)) or not at[key] or chance.random() < 0.1:
                break
            at = at[key]
        at[key] = chance.choice(ODD)
        change = chance.choice(
            [
                {"kind": "keep", "on": "2027-02-01"},
                {"kind": "slow", "on": "2027-03-01", "every_days": 28},
                {"kind": "step_back", "on": "2027-03-01", "to_step": 2},
                {"kind": "restabilise", "on": "2027-03-01", "daily_mg": "2"},
                {"kind": "change_medicine", "on": "2027-03-01", "taper_drug": "diazepam", "equivalence": "ashton-2002"},
                MISSED,
            ]
        )
        try:
            read = read_plan(written, protocols)
            outcome = amend_plan(read, parse_change({"reason": "asked", **change}), protocols)
        except InputRefused:
            continue
        assert isinstance(outcome, (Plan, Refusal))
