"""Laws of changed plans: nothing is caught up, the past stays, and the checker agrees with every one of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

import plan_requests
from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change, read_plan
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.planning.build import attempt_plan
from taper_app.clinical.planning.request_reading import parse_request

PROTOCOLS = plan_requests.PROTOCOLS
OVERRIDE = "So that no ceiling stands in the way of the comparison."


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan that runs to zero or to a dose to stay on, of one medicine or with a change of it."""
    request = draw(plan_requests.requests()) | {"override_reason": OVERRIDE}
    try:
        outcome = attempt_plan(parse_request(request, PROTOCOLS), PROTOCOLS).outcome
    except InputRefused:
        assume(False)
    assume(isinstance(outcome, Plan) and len(outcome.steps) > 1)
    assert isinstance(outcome, Plan)
    return outcome


def a_day_of(plan: Plan, draw: st.DataObject) -> Any:
    last = (plan.steps[-1].starts_on - plan.starts_on).days
    return plan.starts_on + timedelta(days=draw.draw(st.integers(1, last - 1), label="day")) if last > 1 else None


def changed(plan: Plan, **change: Any) -> Plan:
    outcome = amend_plan(plan, parse_change({"reason": "not sleeping", **change}), PROTOCOLS)
    assert isinstance(outcome, Plan), outcome.message
    return outcome


def violations(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = check_plan(plan.as_json(), PROTOCOLS).as_json()["violations"]
    return found


def same_days(new: Plan, old: Plan, *, until: Any, later_by: int, days: int) -> None:
    """Before ``until`` the doses are those of the old plan, and from ``until`` on those of so many days earlier."""
    for number in range(days):
        day = old.starts_on + timedelta(days=number)
        if day < until:
            before = day
        elif day < until + timedelta(days=later_by):
            before = until - timedelta(days=1)
        else:
            before = day - timedelta(days=later_by)
        now, then = new.step_on(day), old.step_on(before)
        assert now is not None
        assert then is not None
        assert now.doses == then.doses, f"day {number}: {day}"


@given(plans(), st.data())
def test_keeping_the_dose_until_reviewed_and_resuming_shifts_the_rest(plan: Plan, data: st.DataObject) -> None:
    on = a_day_of(plan, data)
    assume(on is not None)
    assume(any(step.starts_on >= on and step.kind in (StepKind.CUT, StepKind.STOP) for step in plan.steps))
    kept_for = data.draw(st.integers(1, 60), label="kept for")
    kept = changed(plan, kind="keep", on=str(on))
    assert kept.steps[-1].days == 0
    assert kept.steps[-1].kind is StepKind.KEEP
    assert kept.first_day_without_drug is None
    assert violations(kept) == []
    new = changed(kept, kind="resume", on=str(on + timedelta(days=kept_for)))
    length = (plan.steps[-1].starts_on - plan.starts_on).days
    same_days(new, plan, until=on, later_by=kept_for, days=length + kept_for + 1)
    assert violations(new) == []


@given(plans(), st.data())
def test_the_rest_made_anew_on_any_day_is_the_rest(plan: Plan, data: st.DataObject) -> None:
    """The same products again: nothing changes but the step that is split on that day."""
    on = a_day_of(plan, data)
    assume(on is not None)
    assert plan.request.products is not None
    present = {drug for step in plan.steps if step.starts_on >= on for drug in step.daily_mg}
    step = plan.step_on(on - timedelta(days=1))
    assert step is not None
    still = present | set(step.daily_mg)
    products = [each for each in plan.request.products if PROTOCOLS.product(each).medicine in still]  # type: ignore[union-attr]
    new = changed(plan, kind="change_products", on=str(on), products=products)
    length = (plan.steps[-1].starts_on - plan.starts_on).days
    same_days(new, plan, until=on, later_by=0, days=length + 1)
    assert new.first_day_without_drug == plan.first_day_without_drug
    assert violations(new) == []


def _any_change(plan: Plan, draw: st.DataObject, on: Any) -> dict[str, Any]:
    """One of every kind, as a prescriber might write it."""
    kind = draw.draw(
        st.sampled_from(
            [
                *("keep_days", "keep", "resume", "slow", "speed_up", "step_back"),
                *("restabilise", "maintain", "change_products", "change_medicine", "missed"),
            ]
        ),
        label="kind",
    )
    written: dict[str, Any] = {"kind": kind, "on": str(on), "reason": "asked for"}
    drug = plan.request.taper_drug or ""
    request = plan.request
    if kind == "keep_days":
        written["days"] = draw.draw(st.integers(1, 40))
    elif kind in ("slow", "speed_up"):
        written["every_days"] = draw.draw(st.sampled_from([7, 14, 21, 28]))
        if request.cut_percent is not None and draw.draw(st.booleans()):
            written["cut_percent"] = draw.draw(st.sampled_from(["5", "7.5", "10"]))
    elif kind == "step_back":
        written["to_step"] = draw.draw(st.integers(0, len(plan.steps)))
    elif kind == "restabilise":
        doses = [step.daily_mg[drug] for step in plan.steps if set(step.daily_mg) == {drug}]
        assume(doses)
        written["daily_mg"] = str(draw.draw(st.sampled_from(doses)))
        written["keep_days"] = draw.draw(st.integers(1, 40))
    elif kind == "maintain":
        doses = [step.daily_mg[drug] for step in plan.steps if set(step.daily_mg) == {drug}]
        assume(doses)
        written["daily_mg"] = str(draw.draw(st.sampled_from(doses)))
    elif kind == "change_products":
        of_plan = list(request.products or ())
        assume(of_plan)
        written["products"] = draw.draw(st.lists(st.sampled_from(of_plan), min_size=1, unique=True))
    elif kind == "change_medicine":
        written["taper_drug"] = draw.draw(st.sampled_from(["diazepam", "clonazepam"]))
        written["equivalence"] = draw.draw(st.sampled_from(["ashton-2002", "va-dod-2021"]))
    elif kind == "missed":
        gap = draw.draw(st.integers(0, 3))
        written |= {"from": str(on - timedelta(days=gap)), "to": str(on - timedelta(days=min(gap, 1)))}
    if draw.draw(st.booleans()):
        written["override_reason"] = OVERRIDE
    return written


@given(plans(), st.data())
def test_every_changed_plan_passes_the_checker_and_keeps_its_past(plan: Plan, data: st.DataObject) -> None:
    """Up to three changes, one after the other; only a signed step back or an ordered dose ever rises."""
    on = plan.starts_on
    for _ in range(data.draw(st.integers(1, 3), label="changes")):
        on += timedelta(days=data.draw(st.integers(1, 45), label="days later"))
        change = _any_change(plan, data, on)
        try:
            outcome = amend_plan(plan, parse_change(change), PROTOCOLS)
        except InputRefused:
            event(f"{change['kind']}: not possible")
            continue
        if not isinstance(outcome, Plan):
            event(f"{change['kind']}: refused")
            assert outcome.whom_to_ask
            continue
        event(f"{change['kind']}: changed")
        past = [step for step in plan.steps if step.starts_on < on]
        assert [(s.kind, s.doses, s.starts_on) for s in outcome.steps[: len(past)]] == [
            (s.kind, s.doses, s.starts_on) for s in past
        ]
        assert outcome.steps[: len(past) - 1] == tuple(past[:-1])
        assert violations(outcome) == [], change
        travelled = read_plan(json.loads(json.dumps(outcome.as_json())), PROTOCOLS)
        assert travelled == outcome
        plan = travelled


@given(plans(), st.data())
def test_missed_days_are_no_progress(plan: Plan, data: st.DataObject) -> None:
    """One missed day in the middle of a step: the rest comes a day later."""
    long_enough = [step for step in plan.steps[:-1] if step.days > 3]
    assume(long_enough)
    step = data.draw(st.sampled_from(long_enough))
    missed = step.starts_on + timedelta(days=data.draw(st.integers(1, step.days - 2)))
    on = missed + timedelta(days=1)
    change = {"kind": "missed", "on": str(on), "from": str(missed), "to": str(missed), "reason": "forgotten"}
    outcome = amend_plan(plan, parse_change(change), PROTOCOLS)
    assume(isinstance(outcome, Plan))  # a day is more than five half-lives of nothing that is tapered here
    assert isinstance(outcome, Plan)
    assert "doses-missed" in outcome.codes_to_sign
    length = (plan.steps[-1].starts_on - plan.starts_on).days
    same_days(outcome, plan, until=on, later_by=1, days=length + 2)
