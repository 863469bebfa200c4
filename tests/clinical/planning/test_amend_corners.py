"""Changes that meet an earlier change, a change of medicine, other times of day or a floor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, day_or_moment, parse_change, read_plan
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.protocol.library import Protocols

Build = Callable[[dict[str, Any]], Plan]
Change = Callable[..., Plan]
SWITCH = {"kind": "change_medicine", "taper_drug": "diazepam", "equivalence": "va-dod-2021"}


@pytest.fixture
def changed(protocols: Protocols) -> Change:
    """A plan after a change that can be made, and that the checker has nothing against."""

    def change(plan: Plan, on: date | str, **change: Any) -> Plan:
        outcome = amend_plan(plan, parse_change({"on": str(on), "reason": "asked", **change}), protocols)
        assert isinstance(outcome, Plan), outcome.message
        assert check_plan(outcome.as_json(), protocols).as_json()["violations"] == []
        return outcome

    return change


def kinds(plan: Plan) -> list[str]:
    return [step.kind.value for step in plan.steps]


def test_a_plan_that_does_not_say_how_many_days_were_left_gives_the_dose_its_whole_time_anew(
    plan_of: Build, written: dict[str, Any], changed: Change, protocols: Protocols
) -> None:
    """By hand: 1.75 mg from 20 February for 14 days more."""
    answer = changed(plan_of(written), "2027-02-01", kind="keep").as_json()
    del answer["amends"]["days_left"]
    resumed = changed(read_plan(answer, protocols), "2027-02-20", kind="resume")
    assert [step.days for step in resumed.steps[:4]] == [14, 7, 19, 14]


def test_other_tablets_for_a_dose_that_is_kept_leave_it_kept(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    kept = changed(plan_of(written), "2027-02-01", kind="keep")
    products = ["clonazepam-odt-0.125mg", "clonazepam-odt-0.25mg"]
    other = changed(kept, "2027-02-10", kind="change_products", products=products)
    assert other.amends is not None
    assert other.amends.days_left == 7
    resumed = changed(other, "2027-02-20", kind="resume")
    assert kinds(resumed)[:6] == ["cut", "cut", "keep", "keep", "keep", "cut"]
    assert resumed.steps[5].starts_on == date(2027, 2, 27)
    assert resumed.request.products == tuple(products)


def test_other_tablets_for_a_maintenance_dose_leave_it_one(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    stay = plan_of(written | {"target_daily_mg": "1.75"})
    other = changed(
        stay, "2027-03-10", kind="change_products", products=["clonazepam-odt-0.125mg", "clonazepam-odt-0.25mg"]
    )
    assert (other.steps[-1].kind, other.steps[-1].days) == (StepKind.KEEP, 0)
    assert str(other.request.target_daily_mg) == "1.75"
    assert other.amends is not None
    assert other.amends.days_left is None


def test_a_dose_at_a_floor_says_after_other_tablets_what_takes_over(plan_of: Build, changed: Change) -> None:
    ward = plan_of(
        {
            "current": [{"drug": "diazepam", "mg": "40", "time": "22:00"}],
            "protocol": "australian-inpatient",
            "start_on": "2027-01-11",
            "setting": "inpatient",
            "products": ["diazepam-tablet-2mg", "diazepam-tablet-5mg"],
            "patient": {"months_of_use": 1},
            "override_reason": "As the source prints it.",
        }
    )
    end = ward.steps[-1]
    other = changed(ward, end.starts_on + timedelta(days=5), kind="change_products", products=["diazepam-tablet-2mg"])
    assert [reason.text for reason in other.steps[-1].reasons][1:] == [
        reason.text for reason in end.reasons if "takes over" in reason.text
    ]


def test_a_dose_can_be_kept_in_the_middle_of_a_change_of_medicine_until_reviewed(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    switching = changed(plan_of(written), "2027-02-01", **SWITCH)
    kept = changed(switching, "2027-02-05", kind="keep")
    assert set(kept.steps[-1].daily_mg) == {"clonazepam", "diazepam"}
    resumed = changed(kept, "2027-02-15", kind="resume")
    assert resumed.first_day_without_drug == (switching.first_day_without_drug or date.min) + timedelta(days=10)


def test_ordered_days_without_a_cut_are_waited_for_after_a_change_of_medicine(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    """By hand: 60 days without a cut from 1 February end on 1 April; two slots of 14 days from the 5th end before."""
    ordered = changed(plan_of(written), "2027-02-01", kind="restabilise", daily_mg="2", keep_days=60)
    switched = changed(ordered, "2027-02-05", **SWITCH)
    first_cut = next(step for step in switched.steps[3:] if step.kind is StepKind.CUT)
    assert first_cut.starts_on == date(2027, 4, 2)


def test_back_to_the_first_medicine_of_which_tablets_are_listed_already(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    """Diazepam's tablets come from the market; clonazepam's are those of the list."""
    there = changed(plan_of(written), "2027-02-01", **SWITCH)
    assert "diazepam-tablet-2mg" in (there.request.products or ())
    clonazepam = {"taper_drug": "clonazepam", "equivalence": "va-dod-2021", "override_reason": "As before."}
    back = changed(there, "2027-05-01", kind="change_medicine", **clonazepam)
    assert {"clonazepam-odt-0.125mg", "diazepam-tablet-2mg"} <= set(back.request.products or ())
    assert set(back.steps[-2].daily_mg) == {"clonazepam"}


def test_a_change_of_medicine_during_another_waits_for_its_slot(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    switching = changed(plan_of(written), "2027-02-01", **SWITCH)
    third = {"taper_drug": "chlordiazepoxide", "equivalence": "ashton-2002", "override_reason": "Ordered."}
    other = changed(switching, "2027-02-05", kind="change_medicine", **third)
    assert kinds(other)[2:5] == ["crossover", "keep", "crossover"]
    assert other.steps[4].starts_on == date(2027, 2, 15)
    assert set(other.steps[-2].daily_mg) == {"chlordiazepoxide"}


def test_a_step_back_over_a_change_of_the_times_of_day_keeps_the_new_times(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    """In hospital the first step is at the times of current use; 2 mg are shared out over those asked for since."""
    ward = plan_of(written | {"setting": "inpatient", "times": ["06:00", "22:00"]})
    assert [dose.time for dose in ward.steps[0].doses] == ["08:00", "20:00"]
    back = changed(ward, ward.steps[1].starts_on + timedelta(days=3), kind="step_back", to_step=1)
    step = back.steps[2]
    assert [(dose.time, str(dose.mg)) for dose in step.doses] == [("06:00", "1"), ("22:00", "1")]


def test_days_that_stabilise_are_still_given_when_the_pace_changes(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    ward = plan_of(written | {"setting": "inpatient"})
    slow = changed(ward, "2027-01-12", kind="slow", every_days=28)
    assert [step.days for step in slow.steps[:2]] == [1, 2]


def test_how_long_a_step_may_last_stays_as_asked_where_it_still_fits(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    plan = plan_of(written | {"longest_step_days": 20})
    assert changed(plan, "2027-02-01", kind="slow", cut_percent="5").request.longest_step_days == 20
    assert changed(plan, "2027-02-01", kind="slow", every_days=28).request.longest_step_days == 28


def test_the_day_before_the_plan_counts_when_its_first_dose_is_missed(
    plan_of: Build, written: dict[str, Any], changed: Change
) -> None:
    """The first cut is due on 11 January, when the doses are late: the present dose for a day more."""
    plan = plan_of(written)
    late = changed(plan, "2027-01-11", kind="missed", **{"from": "2027-01-11", "to": "2027-01-11"})
    assert [(step.kind.value, step.days) for step in late.steps[:2]] == [("keep", 1), ("cut", 14)]
    assert late.steps[0].daily_mg == plan.starting_daily_mg


def test_five_half_lives_of_a_short_acting_medicine_come_before_three_days(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    """By hand: alprazolam's shortest printed half-life is 6 hours, five of them are 30; a missed day is 36 hours."""
    written |= {"current": [{"drug": "alprazolam", "mg": "1", "time": time} for time in ("08:00", "20:00")]}
    written |= {"taper_drug": "alprazolam", "products": ["alprazolam-tablet-0.25mg"]}
    plan = plan_of(written)
    change = {"kind": "missed", "on": "2027-01-16", "from": "2027-01-15", "to": "2027-01-15", "reason": "ran out"}
    outcome = amend_plan(plan, parse_change(change), protocols)
    assert not isinstance(outcome, Plan)
    assert outcome.message.startswith("36 hours without a dose are more than 5 half-lives of alprazolam (30 hours)")


def test_a_day_and_a_moment_are_read_as_they_are_and_nothing_else_is() -> None:
    day = date(2027, 2, 1)
    assert day_or_moment(day) is day
    for odd in (7, None, "2027-02-01T08:00:00"):
        with pytest.raises(ValueError, match="Write the day"):
            day_or_moment(odd)


def test_a_plan_without_listed_products_uses_those_of_the_market(
    plan_of: Build, written: dict[str, Any], changed: Change, protocols: Protocols
) -> None:
    answer = plan_of(written).as_json()
    del answer["request"]["products"]
    del answer["request"]["taper_drug"]
    plan = read_plan(answer, protocols)
    assert plan.request.products is None
    kept = changed(plan, "2027-02-01", kind="keep_days", days=3)
    assert kept.steps[-1].kind is StepKind.STOP


def test_a_change_of_medicine_is_for_a_medicine_that_is_known(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    change = parse_change({"on": "2027-02-01", "reason": "asked", **SWITCH, "taper_drug": "no such thing"})
    with pytest.raises(InputRefused) as refused:
        amend_plan(plan_of(written), change, protocols)
    assert [fault.field for fault in refused.value.faults] == ["taper_drug"]
