"""Replacing a plan: the past is frozen, keeping the dose shifts the rest, restabilising begins anew and slower."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, fingerprint, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal, StepKind
from taper_app.clinical.protocol.library import Protocols
from worked_examples import WORKED_EXAMPLES

Build = Callable[[dict[str, Any]], Plan]


@pytest.fixture
def plan(plan_of: Build, written: dict[str, Any]) -> Plan:
    """The plan of the worked story: 16 steps from 2 mg clonazepam to nothing."""
    return plan_of(written)


def amended(plan: Plan, protocols: Protocols, **change: Any) -> Plan:
    outcome = amend_plan(plan, parse_change({"reason": "asked by the patient", **change}), protocols)
    assert isinstance(outcome, Plan), getattr(outcome, "message", "")
    return outcome


def after_the_seizure(plan: Plan, protocols: Protocols, **change: Any) -> Plan:
    """The worked story's day 5: back to 2 mg, a named neurologist, 5 % every 28 days."""
    facts = {"seizure_history": "yes", "specialist": "Dr Neurologist"}
    restabilise = {"kind": "restabilise", "on": "2027-01-15", "daily_mg": "2", "cut_percent": "5", "every_days": 28}
    return amended(plan, protocols, **{**restabilise, "patient": facts, **change})


@pytest.mark.parametrize("number", range(1, 16))
@pytest.mark.parametrize(("day_of_step", "keep"), [(1, 1), (5, 7), (13, 30)])
def test_keeping_the_dose_shifts_the_rest_and_nothing_is_caught_up(
    number: int, day_of_step: int, keep: int, plan: Plan, protocols: Protocols
) -> None:
    """Also in the end zone and on the very last dose before the stop."""
    step = plan.steps[number - 1]
    new = amended(plan, protocols, kind="keep_days", on=str(step.starts_on + timedelta(days=day_of_step)), days=keep)
    assert _rest(new, step.daily_mg) == [
        (later.starts_on + timedelta(days=keep), later.days, later.doses) for later in plan.steps[number:]
    ]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


@pytest.mark.parametrize("number", range(2, 17))
def test_a_cut_that_is_due_on_the_day_itself_is_not_made(number: int, plan: Plan, protocols: Protocols) -> None:
    step = plan.steps[number - 1]
    new = amended(plan, protocols, kind="keep_days", on=str(step.starts_on), days=7)
    kept = new.step_on(step.starts_on)
    assert kept is not None
    assert kept.doses == plan.steps[number - 2].doses
    assert _rest(new, kept.daily_mg) == [
        (later.starts_on + timedelta(days=7), later.days, later.doses) for later in plan.steps[number - 1 :]
    ]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_keeping_the_present_dose_on_the_first_day_starts_the_cuts_later(plan: Plan, protocols: Protocols) -> None:
    new = amended(plan, protocols, kind="keep_days", on="2027-01-11", days=10)
    assert new.steps[0].kind is StepKind.KEEP
    assert new.steps[0].daily_mg == plan.starting_daily_mg
    assert _rest(new, new.steps[0].daily_mg) == [
        (later.starts_on + timedelta(days=10), later.days, later.doses) for later in plan.steps
    ]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_days_of_stabilising_or_keeping_that_are_left_are_not_lost(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    ward = plan_of(written | {"setting": "inpatient"})
    once = amended(ward, protocols, kind="keep_days", on="2027-01-11", days=2)
    assert once.steps[0].days == 3 + 2
    twice = amended(once, protocols, kind="keep_days", on="2027-01-12", days=4)
    assert [step.days for step in twice.steps[:2]] == [1, 3 + 2 - 1 + 4]


def test_a_time_of_day_that_was_dropped_stays_dropped_when_the_dose_is_kept(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    written["current"] = [
        {"drug": "clonazepam", "mg": "0.125", "time": t} for t in ("06:00", "12:00", "18:00", "23:00")
    ]
    del written["times"]
    old = plan_of(written)
    assert [dose.time for dose in old.steps[0].doses] == ["06:00", "18:00", "23:00"]
    new = amended(old, protocols, kind="keep_days", on="2027-01-15", days=7)
    assert [[dose.time for dose in step.doses] for step in new.steps] == [
        ["06:00", "18:00", "23:00"],
        ["06:00", "18:00", "23:00"],
        ["06:00", "23:00"],
        ["23:00"],
        [],
    ]


def _rest(plan: Plan, kept: dict[str, Decimal]) -> list[tuple[date, int, object]]:
    last_kept = max(index for index, step in enumerate(plan.steps) if step.daily_mg == kept)
    return [(step.starts_on, step.days, step.doses) for step in plan.steps[last_kept + 1 :]]


@pytest.mark.parametrize("on", ["2027-01-20", "2027-01-25"])
def test_a_dose_that_is_never_cut_again_cannot_be_kept_longer(on: str, plan_of: Build, protocols: Protocols) -> None:
    """By Ashton 0.5 mg lorazepam is 5 mg diazepam, the dose to stay on: the one slot of the change is the end."""
    changed = plan_of(
        {
            "current": [{"drug": "lorazepam", "mg": "0.5", "time": "22:00"}],
            "protocol": "asam-2025",
            "taper_drug": "diazepam",
            "equivalence": "ashton-2002",
            "start_on": "2027-01-11",
            "target_daily_mg": "5",
        }
    )
    assert [step.kind for step in changed.steps] == [StepKind.CROSSOVER, StepKind.KEEP]
    with pytest.raises(InputRefused) as refused:
        amended(changed, protocols, kind="keep_days", on=on, days=7)
    assert [(fault.field, fault.message) for fault in refused.value.faults] == [
        ("on", "From that day the plan stays on this dose; there is nothing to keep longer.")
    ]


def test_the_past_of_an_amended_plan_is_frozen(plan: Plan, protocols: Protocols) -> None:
    on = plan.steps[4].starts_on + timedelta(days=3)
    new = amended(plan, protocols, kind="keep_days", on=str(on), days=10)
    assert new.steps[:4] == plan.steps[:4]
    assert new.steps[4] == plan.steps[4].model_copy(update={"days": 3})
    assert new.steps[5].kind is StepKind.KEEP
    assert new.steps[5].starts_on == on
    assert new.steps[5].doses == plan.steps[4].doses
    assert new.starts_on == plan.starts_on
    assert new.starting_daily_mg == plan.starting_daily_mg


def test_an_amended_plan_names_the_plan_and_the_change_it_comes_from(plan: Plan, protocols: Protocols) -> None:
    new = amended(plan, protocols, kind="keep_days", on="2027-01-20", days=10)
    assert new.amends is not None
    assert new.amends.sha256 == fingerprint(plan)
    assert new.amends.change["days"] == 10
    assert fingerprint(new) != fingerprint(plan)
    assert Plan.model_validate(new.as_json()) == new


def test_a_plan_keeps_its_fingerprint_for_good(protocols: Protocols) -> None:
    """Changed plans that are kept name it. It is what `jq -cjS .plan FILE | sha256sum` prints."""
    worked = json.loads((WORKED_EXAMPLES / "plan_clonazepam_2mg.json").read_text(encoding="utf-8"))["plan"]
    pinned = "24b3c214c266e93101f26979af42e59193f717519130eb1b7668ded9c63852c7"
    assert fingerprint(Plan.model_validate(worked)) == pinned


def test_an_amended_plan_can_be_amended_again(plan: Plan, protocols: Protocols) -> None:
    once = amended(plan, protocols, kind="keep_days", on="2027-01-20", days=10)
    twice = amended(once, protocols, kind="keep_days", on="2027-02-01", days=4)
    assert twice.first_day_without_drug == plan.first_day_without_drug + timedelta(days=14)  # type: ignore[operator]
    assert check_plan(twice.as_json(), protocols).as_json()["violations"] == []


def test_after_a_seizure_the_first_cut_comes_after_28_days_and_every_step_lasts_28(
    plan: Plan, protocols: Protocols
) -> None:
    new = after_the_seizure(plan, protocols)
    assert [step.kind for step in new.steps[:3]] == [StepKind.CUT, StepKind.RESTABILISE, StepKind.CUT]
    assert new.steps[0].days == 4
    assert new.steps[1].daily_mg == {"clonazepam": Decimal(2)}
    assert new.steps[1].days == 28
    assert new.steps[2].starts_on == date(2027, 2, 12)
    assert new.steps[2].daily_mg == {"clonazepam": Decimal("1.875")}
    assert {step.days for step in new.steps[2:-1]} == {28}
    assert new.request.patient.specialist == "Dr Neurologist"
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_restabilising_keeps_the_dose_the_shipped_days_when_none_are_named(plan: Plan, protocols: Protocols) -> None:
    assert after_the_seizure(plan, protocols).steps[1].days == protocols.limits.after_seizure_no_cut.days
    assert after_the_seizure(plan, protocols, keep_days=14).steps[1].days == 14


def test_restabilising_after_a_seizure_at_the_old_pace_is_refused_with_whom_to_ask(
    plan: Plan, protocols: Protocols
) -> None:
    change = {"kind": "restabilise", "on": "2027-01-15", "daily_mg": "2", "reason": "seizure"}
    facts = {"seizure_history": "yes", "specialist": "Dr Neurologist"}
    outcome = amend_plan(plan, parse_change({**change, "patient": facts}), protocols)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "too-fast-after-a-seizure"
    assert outcome.whom_to_ask


def test_a_restabilised_dose_is_split_as_evenly_as_the_products_allow(plan: Plan, protocols: Protocols) -> None:
    """By hand: 2 mg at three times: two thirds are not makeable; 0.625, 0.625 and 0.75 mg are eighths."""
    new = after_the_seizure(plan, protocols, times=["08:00", "14:00", "20:00"])
    assert [str(dose.mg) for dose in new.steps[1].doses] == ["0.625", "0.625", "0.75"]


def test_restabilising_far_below_the_dose_is_a_fall_like_any_other(plan: Plan, protocols: Protocols) -> None:
    """2 mg to 1 mg in one day is 50 %: refused, or signed when a prescriber gives the reason."""
    change = {"kind": "restabilise", "on": "2027-01-15", "daily_mg": "1", "reason": "too drowsy"}
    assert isinstance(amend_plan(plan, parse_change(change), protocols), Refusal)
    new = amended(plan, protocols, **{**change, "override_reason": "Respiratory depression, in hospital."})
    assert any(warning.code == "ceiling-overridden" and warning.step == 2 for warning in new.to_sign)
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_keeping_the_dose_needs_no_new_reason_for_a_plan_that_was_overridden(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    written["products"] = ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg"]
    written["override_reason"] = "No smaller tablet can be had."
    old = plan_of(written)
    new = amended(old, protocols, kind="keep_days", on="2027-01-20", days=10)
    assert new.request.override_reason == "No smaller tablet can be had."


def test_the_warnings_of_an_amended_plan_stand_on_its_own_steps(plan: Plan, protocols: Protocols) -> None:
    """By hand: one more step than before, so the caution on step 8 stands on step 9."""
    new = amended(plan, protocols, kind="keep_days", on="2027-01-20", days=10)
    assert [warning.step for warning in new.warnings] == [
        warning.step + 1 for warning in plan.warnings if warning.step is not None
    ]


def test_a_dose_can_be_kept_in_the_middle_of_a_change_of_medicine(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    written |= {
        "current": [{"drug": "lorazepam", "mg": "1", "time": t} for t in ("08:00", "22:00")],
        "times": ["08:00", "22:00"],
        "taper_drug": "diazepam",
        "equivalence": "va-dod-2021",
    }
    del written["products"]
    old = plan_of(written)
    new = amended(old, protocols, kind="keep_days", on="2027-01-20", days=10)
    assert [step.kind.value for step in new.steps[:3]] == ["crossover", "keep", "crossover"]
    assert new.steps[2].starts_on == old.steps[1].starts_on + timedelta(days=10)
    assert new.steps[2].doses == old.steps[1].doses


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "keep_days", "on": "2027-01-10", "days": 3}, "on"),
        ({"kind": "keep_days", "on": "2027-11-12", "days": 3}, "on"),
        ({"kind": "keep_days", "on": "2027-01-20", "days": 0}, "days"),
        ({"kind": "keep_days", "on": "2027-01-20"}, "days"),
        ({"kind": "keep_days", "on": "20 January", "days": 3}, "on"),
        ({"kind": "keep_days", "on": "2027-01-20", "days": 3, "dose": "2"}, "dose"),
        ({"kind": "hold", "on": "2027-01-20"}, "kind"),
        ({"on": "2027-01-20"}, "kind"),
        ({"kind": "restabilise", "on": "2027-01-20", "daily_mg": "1e3"}, "daily_mg"),
        ({"kind": "restabilise", "on": "2027-01-20", "daily_mg": "0"}, "daily_mg"),
        (
            {"kind": "restabilise", "on": "2027-01-20", "daily_mg": "2", "patient": {"seizures": "yes"}},
            "patient.seizures",
        ),
        ({"kind": "restabilise", "on": "2027-01-20", "daily_mg": "2", "cut_percent": "0"}, "cut_percent"),
    ],
    ids=str,
)
def test_a_bad_change_is_refused_by_field(change: dict[str, Any], field: str, plan: Plan, protocols: Protocols) -> None:
    with pytest.raises(InputRefused) as refused:
        amend_plan(plan, parse_change({"reason": "asked", **change}), protocols)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_change_without_a_reason_is_refused(plan: Plan) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_change({"kind": "keep_days", "on": "2027-01-20", "days": 3, "reason": ""})
    assert [fault.field for fault in refused.value.faults] == ["reason"]


def test_a_dose_without_a_planned_end_has_nothing_to_keep_longer(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    written["target_daily_mg"] = "1.875"
    old = plan_of(written)
    with pytest.raises(InputRefused) as refused:
        amend_plan(old, parse_change({"kind": "keep_days", "on": "2027-03-01", "days": 3, "reason": "why"}), protocols)
    assert [fault.field for fault in refused.value.faults] == ["on"]


def test_a_change_from_a_day_before_an_earlier_change_is_refused(plan, protocols):
    second = after_the_seizure(plan, protocols)
    with pytest.raises(InputRefused, match="was changed from 2027-01-15 on; choose a later day"):
        amended(second, protocols, kind="keep_days", on="2027-01-13", days=7)


def test_an_amended_plan_of_more_than_18_months_says_so_for_its_whole_length(plan, protocols):
    slow = after_the_seizure(plan, protocols)
    length = (slow.steps[-1].starts_on - slow.steps[0].starts_on).days
    warned = [warning for warning in slow.warnings if warning.code == "long-plan"]
    later = amended(slow, protocols, kind="keep_days", on="2027-02-12", days=200)
    longer = (later.steps[-1].starts_on - later.steps[0].starts_on).days
    assert length < 548 < longer
    assert warned == []
    assert [w.message for w in later.warnings if w.code == "long-plan"] == [
        f"This plan takes {longer} days, more than 18 months."
    ]


def test_after_a_change_of_medicine_the_old_medicines_tablets_do_not_stand_in_the_way(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    """They stay on the plan's list, because its first steps were made of them."""
    written |= {"taper_drug": "diazepam", "equivalence": "va-dod-2021"}
    del written["products"]
    old = plan_of(written)
    after = next(step for step in old.steps if set(step.daily_mg) == {"diazepam"} and step.kind is StepKind.CUT)
    new = amended(old, protocols, kind="keep_days", on=str(after.starts_on + timedelta(days=1)), days=5)
    assert new.request.products == old.request.products
    assert [step.doses for step in new.steps[after.number :]] == [step.doses for step in old.steps[after.number - 1 :]]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_a_change_that_goes_beyond_the_last_year_names_its_own_field(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    old = plan_of(written | {"start_on": "2200-12-20"})
    with pytest.raises(InputRefused) as refused:
        amended(old, protocols, kind="keep_days", on="2200-12-30", days=30)
    assert [fault.field for fault in refused.value.faults] == ["on"]
