"""Laws that hold for every plan the builder makes, whatever was asked."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import log
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import plan_requests
from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal, Step, StepKind
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.clinical.quantities import MedicineId

requests, PROTOCOLS = plan_requests.requests, plan_requests.PROTOCOLS


def built(request: dict[str, Any]) -> Plan:
    """The plan; a request without a safe one is passed over."""
    try:
        parsed = parse_request(request, PROTOCOLS)
    except InputRefused:
        assume(False)
    outcome = build_plan(parsed, PROTOCOLS)
    assume(isinstance(outcome, Plan))
    assert isinstance(outcome, Plan)
    return outcome


@settings(max_examples=70)
@given(requests(tablets_make_the_present_dose=True))
def test_every_request_gets_a_plan_the_checker_accepts_or_a_refusal_that_says_why(request: dict[str, Any]) -> None:
    """The independent checker is the referee: ceilings, dates, pieces, pace, signatures, figures."""
    try:
        parsed = parse_request(request, PROTOCOLS)
    except InputRefused:
        return
    outcome = build_plan(parsed, PROTOCOLS)
    if isinstance(outcome, Refusal):
        assert outcome.message
        assert bool(outcome.remedies) != bool(outcome.whom_to_ask)
        return
    assert check_plan(outcome.as_json(), PROTOCOLS).as_json()["violations"] == []


@settings(max_examples=60)
@given(requests())
def test_the_same_request_gives_the_same_plan_to_the_byte_and_travels_as_json(request: dict[str, Any]) -> None:
    plan = built(request)
    again = build_plan(parse_request(json.loads(json.dumps(request)), PROTOCOLS), PROTOCOLS)
    text = json.dumps(plan.as_json(), ensure_ascii=False)
    assert json.dumps(again.as_json(), ensure_ascii=False) == text
    assert Plan.model_validate(json.loads(text)) == plan
    settled = build_plan(parse_request(plan.as_json()["request"], PROTOCOLS), PROTOCOLS)
    assert json.dumps(settled.as_json(), ensure_ascii=False) == text, "the request with its defaults gives it too"


@settings(max_examples=50)
@given(requests())
def test_no_dose_rises_and_a_dropped_time_never_returns(request: dict[str, Any]) -> None:
    plan = built(request)
    taper = [step for step in plan.steps if step.kind is not StepKind.CROSSOVER]
    drug = plan.request.taper_drug or ""
    for before, now in pairwise(taper):
        assert (
            now.daily_of(drug) < before.daily_of(drug)
            or StepKind.STABILISE in (before.kind, now.kind)
            or (now.kind is StepKind.KEEP and now.daily_of(drug) <= before.daily_of(drug))
        )
        if before.kind is StepKind.STABILISE:
            continue
        times_before, times_now = _by_time(before), _by_time(now)
        assert set(times_now) <= set(times_before)
        if set(times_now) == set(times_before):
            assert all(times_now[time] <= times_before[time] for time in times_now)


def _by_time(step: Step) -> dict[str, Decimal]:
    return {dose.time: dose.mg for dose in step.doses}


@settings(max_examples=50)
@given(requests())
def test_pieces_make_the_dose_and_doses_make_the_day(request: dict[str, Any]) -> None:
    """Only listed products, only parts that they may be divided into, at most twelve pieces."""
    plan = built(request)
    needed: dict[str, Decimal] = {}
    for step in plan.steps:
        for drug, mg in step.daily_mg.items():
            assert sum(dose.mg for dose in step.doses if dose.drug == drug) == mg
        for dose in step.doses:
            assert sum(_mg_of(piece.product, piece.count, plan) for piece in dose.pieces) == dose.mg
            assert sum(1 for piece in dose.pieces if "liquid" in piece.product) <= 1
            for piece in dose.pieces:
                needed[piece.product] = needed.get(piece.product, Decimal(0)) + piece.count * step.days
    dispensed: dict[str, Decimal] = {}
    for line in plan.dispense:
        dispensed[line.product] = dispensed.get(line.product, Decimal(0)) + line.count
    assert dispensed == {product: count for product, count in needed.items() if count}


def _mg_of(product: str, count: Decimal, plan: Plan) -> Decimal:
    assert product in (plan.request.products or ())
    stocked = PROTOCOLS.product(product)
    assert stocked is not None
    if stocked.product.form is Form.LIQUID:
        assert stocked.product.smallest_ml is not None
        assert count % stocked.product.smallest_ml == 0
    else:
        parts = min(stocked.product.splits_into.parts, plan.request.split.parts)
        assert (count * parts) % 1 == 0
    return stocked.product.strength_mg * count


@settings(max_examples=50)
@given(requests())
def test_steps_are_contiguous_and_end_once(request: dict[str, Any]) -> None:
    plan = built(request)
    assert plan.starts_on == plan.request.start_on == plan.steps[0].starts_on
    for before, now in pairwise(plan.steps):
        assert before.days >= 1
        assert now.starts_on == before.starts_on + timedelta(days=before.days)
        assert now.number == before.number + 1
    last = plan.steps[-1]
    assert last.days == 0
    if plan.request.target_daily_mg:
        assert last.kind is StepKind.KEEP
        assert last.daily_of(plan.request.taper_drug or "") == plan.request.target_daily_mg
        assert plan.first_day_without_drug is None
    else:
        assert last.kind is StepKind.STOP
        assert plan.first_day_without_drug == last.starts_on


@settings(max_examples=50)
@given(requests())
def test_a_fall_above_the_ceiling_is_always_signed_for(request: dict[str, Any]) -> None:
    """Worked day by day on every day of the plan, not on the days that the builder looks at."""
    plan = built(request)
    assume(not any(step.kind is StepKind.CROSSOVER for step in plan.steps))
    ceiling = PROTOCOLS.tapers["asam-2025"].own_ceiling
    assert ceiling is not None
    drug = plan.request.taper_drug or ""
    per_day = [plan.starting_daily_mg[drug]] * ceiling.in_days
    step_of_day: list[Step | None] = [None] * ceiling.in_days
    for step in plan.steps:
        for _ in range(max(step.days, 1)):
            per_day.append(step.daily_of(drug))
            step_of_day.append(step)
    signed = {warning.step for warning in plan.to_sign}
    for day in range(ceiling.in_days, len(per_day)):
        earlier, now, step = per_day[day - ceiling.in_days], per_day[day], step_of_day[day]
        assert step is not None
        if Fraction(earlier - now) / Fraction(earlier) > Fraction(ceiling.percent) / 100 if earlier else False:
            is_ladder = PROTOCOLS.tapers[plan.request.protocol].is_published_ladder
            assert step.number in signed or (is_ladder and None in signed), f"step {step.number} falls unsigned"


@settings(max_examples=50)
@given(requests())
def test_no_cut_is_bigger_than_asked_while_a_smaller_one_is_makeable(request: dict[str, Any]) -> None:
    """Makeable doses by brute force over the pieces; a smaller cut must be possible at some time of day."""
    plan = built(request)
    drug = plan.request.taper_drug or ""
    makeable = _makeable_by_brute_force(plan, drug)
    steps = [step for step in plan.steps if step.kind is not StepKind.STABILISE]
    for before, now in pairwise(steps):
        target = now.target_daily_mg
        if now.kind is not StepKind.CUT or set(before.daily_mg) != {drug} or target is None:
            continue
        if now.daily_of(drug) >= target:
            continue
        between = [
            dose.mg - lower
            for dose in before.doses
            for lower in makeable
            if lower < dose.mg and dose.mg - lower < before.daily_of(drug) - now.daily_of(drug) and lower > 0
        ]
        assert not between, f"step {now.number} falls to {now.daily_of(drug)}, a cut of {min(between)} mg was makeable"


def _makeable_by_brute_force(plan: Plan, drug: str) -> set[Decimal]:
    """Doses of at most six pieces of the listed solid products (a lower bound on what is makeable)."""
    pieces: set[Decimal] = set()
    for product in plan.request.products or ():
        stocked = PROTOCOLS.product(product)
        if stocked is None or stocked.medicine != MedicineId(drug) or stocked.product.form is Form.LIQUID:
            continue
        parts = min(stocked.product.splits_into.parts, plan.request.split.parts)
        pieces |= {stocked.product.strength_mg / n for n in (1, 2, 4) if n <= parts}
    made = {Decimal(0)}
    for _ in range(PROTOCOLS.limits.pieces_per_dose):
        made |= {dose + piece for dose in made for piece in pieces}
    return made


@settings(max_examples=60)
@given(requests(change_medicine=False))
def test_a_dose_lasts_its_interval_and_as_long_as_the_pace_itself_takes(request: dict[str, Any]) -> None:
    """T worked in floating point, apart from the builder's exact way; bounded only where the pace has no end."""
    plan = built(request)
    drug = plan.request.taper_drug or ""
    percent = isinstance(PROTOCOLS.tapers[plan.request.protocol].pace, PacePercentOfCurrent)
    every, longest = plan.request.every_days or 0, plan.request.longest_step_days or 0
    assume(percent)
    kept = 1 - float(plan.request.cut_percent or 0) / 100
    for step, following in pairwise(plan.steps):
        if step.kind is StepKind.STABILISE:
            continue
        dose, lower = float(step.daily_of(drug)), float(following.daily_of(drug)) or float(step.daily_of(drug)) / 2
        needed = every * log(dose / lower) / -log(kept)
        assert step.days >= every
        assert step.days <= longest
        assert step.days >= min(longest, needed - 1e-6)
        assert step.days <= max(every, needed + 1), "and not longer than that"


@settings(max_examples=30)
@given(requests(change_medicine=True))
def test_a_change_of_medicine_goes_one_time_at_a_time_and_never_up(request: dict[str, Any]) -> None:
    plan = built(request)
    steps = [step for step in plan.steps if step.kind is StepKind.CROSSOVER]
    assume(steps)
    slot = PROTOCOLS.limits.crossover_slot
    chosen = [step.diazepam_equivalent_mg.chosen for step in steps]
    assert chosen == sorted(chosen, reverse=True)
    assert all(step.days >= slot.at_least_days for step in steps)
    assert all(step.days <= slot.at_most_days for step in steps[:-1])
    for before, now in pairwise(steps):
        changed = {(dose.time, dose.drug, dose.mg) for dose in before.doses} ^ {
            (dose.time, dose.drug, dose.mg) for dose in now.doses
        }
        assert len({time for time, _, _ in changed}) == 1
    assert set(steps[-1].daily_mg) == {plan.request.taper_drug}


@settings(max_examples=60)
@given(requests())
def test_facts_that_nobody_asked_about_are_signed_for(request: dict[str, Any]) -> None:
    plan = built(request)
    unknown = plan.request.patient.not_assessed()
    found = [warning for warning in plan.to_sign if warning.code == "facts-not-assessed"]
    assert len(found) == bool(unknown)
    assert all(fact in found[0].message for fact in unknown)


@settings(max_examples=40)
@given(requests(change_medicine=False), st.sampled_from(["5", "6", "7.5", "8"]))
def test_a_larger_allowed_cut_never_makes_a_longer_plan(request: dict[str, Any], smaller: str) -> None:
    request = {**request, "protocol": "asam-2025", "every_days": 14, "longest_step_days": 28}
    request["patient"] = {**request["patient"], "seizure_history": "no"}
    larger = built({**request, "cut_percent": "10"})
    slower = built({**request, "cut_percent": smaller})
    assert larger.steps[-1].starts_on <= slower.steps[-1].starts_on
