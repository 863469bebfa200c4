"""Laws of handing out, for every request: what is handed out is what is taken and what is left, and it is said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from plan_requests import PRODUCTS, PROTOCOLS, requests
from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.build import attempt_plan
from taper_app.clinical.planning.dispensing.hand_out import hand_outs_of
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import plain

DAYS = {None: 10_000, "daily": 1, "weekly": 7, "fortnightly": 14}


def smallest_part(product: str, split: str) -> Decimal:
    """How finely a product is counted."""
    stocked = PROTOCOLS.product(product)
    assert stocked is not None
    if stocked.product.smallest_ml is not None:
        return stocked.product.smallest_ml
    allowed = {"none": 1, "half": 2, "quarter": 4}
    return Decimal(1) / min(allowed[split], stocked.product.splits_into.parts)


@st.composite
def stock_lines(draw: st.DrawFn, request: dict[str, Any]) -> list[dict[str, str]]:
    medicines = {request["taper_drug"], *(line["drug"] for line in request["current"])}
    offered = [product for medicine in sorted(medicines) for product in PRODUCTS[medicine]]
    parts = st.integers(min_value=0, max_value=400)
    return [
        {"product": product, "count": plain(smallest_part(product, request["split"]) * draw(parts))}
        for product in draw(st.lists(st.sampled_from(offered), unique=True, max_size=4))
    ]


@st.composite
def plans_with_supply(draw: st.DrawFn) -> Plan:
    """A plan that was asked for pick-ups, for a stock, or both."""
    request = draw(requests(tablets_make_the_present_dose=True))
    request["pick_up"] = draw(st.sampled_from([None, "daily", "weekly", "weekly", "fortnightly"]))
    request["max_supply_days"] = draw(st.sampled_from([None, None, 1, 5, 10, 30]))
    request["stock"] = draw(stock_lines(request))
    return built(request)


def built(request: dict[str, Any]) -> Plan:
    """The plan; a request without a safe one is passed over."""
    outcome = attempt_plan(parse_request(request, PROTOCOLS), PROTOCOLS).outcome
    if not isinstance(outcome, Plan):
        reject()
    return outcome


def taken_by_day(plan: Plan) -> dict[str, dict[date, Fraction]]:
    """Product to day to count, for every day that has an end: laid out one by one."""
    taken: dict[str, dict[date, Fraction]] = {}
    for step in plan.steps:
        for offset in range(step.days):
            for dose in step.doses:
                for piece in dose.pieces:
                    days = taken.setdefault(piece.product, {})
                    day = step.starts_on + timedelta(days=offset)
                    days[day] = days.get(day, Fraction(0)) + Fraction(piece.count)
    return taken


def is_liquid(product: str) -> bool:
    stocked = PROTOCOLS.product(product)
    return stocked is not None and stocked.product.form is Form.LIQUID


def stock_of(plan: Plan) -> dict[str, Fraction]:
    return {line.product: Fraction(line.count) for line in plan.request.stock or ()}


@settings(max_examples=60)
@given(plans_with_supply())
def test_in_each_period_what_comes_in_is_what_is_taken_and_what_is_left(plan: Plan) -> None:
    """At home before it, and handed out, makes what the doses take, and what is at home after it."""
    taken, at_home, unused = taken_by_day(plan), stock_of(plan), stock_of(plan)
    for each in hand_outs_of(plan, PROTOCOLS):
        product, count, pieces = each.count.product, each.count, Fraction(each.pieces)
        needed = sum(n for day, n in taken[product].items() if count.first <= day <= count.last)
        assert needed == count.taken
        at_home[product] = at_home.get(product, Fraction(0)) + pieces - needed
        unused[product] = unused.get(product, Fraction(0)) - Fraction(count.from_stock)
        assert unused[product] >= 0
        assert at_home[product] == unused[product] + Fraction(each.left)
        assert not (pieces and unused[product]), "the stock is used first"
        assert pieces == int(pieces) or is_liquid(product), "no half tablet is handed out"
        assert 0 <= each.left < 1
        assert not (is_liquid(product) and each.left)


@settings(max_examples=60)
@given(plans_with_supply())
def test_in_sum_as_few_whole_tablets_are_handed_out_as_the_doses_need(plan: Plan) -> None:
    stock, handed_out = stock_of(plan), hand_outs_of(plan, PROTOCOLS)
    for product, days in taken_by_day(plan).items():
        missing = max(Fraction(0), sum(days.values()) - stock.get(product, Fraction(0)))
        rows = [row for row in plan.dispense if row.product == product]
        assert sum(Fraction(row.count) for row in rows) == missing
        assert all(row.count > 0 for row in rows)
        pieces = sum(Fraction(each.pieces) for each in handed_out if each.count.product == product)
        assert pieces == (missing if is_liquid(product) else ceil(missing))


@settings(max_examples=40)
@given(plans_with_supply())
def test_handing_out_changes_no_dose_and_no_sum(plan: Plan) -> None:
    """The same request without a word of handing out: the same steps, and in sum the same counts."""
    request = plan.request.as_json()
    without = built({name: request[name] for name in request if name not in ("pick_up", "stock", "max_supply_days")})
    periods = built({name: request[name] for name in request if name != "stock"})
    assert without.steps == plan.steps
    for product in {row.product for row in without.dispense} | {row.product for row in periods.dispense}:
        by_step = sum(row.count for row in without.dispense if row.product == product)
        assert sum(row.count for row in periods.dispense if row.product == product) == by_step


@settings(max_examples=40)
@given(plans_with_supply())
def test_periods_follow_each_other_from_the_first_day_and_none_is_too_long(plan: Plan) -> None:
    asked = plan.request
    longest = min(DAYS[asked.pick_up], asked.max_supply_days or 10_000)
    if longest == 10_000:
        return
    for row in plan.dispense:
        assert (row.starts - plan.starts_on).days % longest == 0
        assert row.starts <= row.to < row.starts + timedelta(days=longest)
        assert row.to < plan.steps[-1].starts_on


@settings(max_examples=60)
@given(plans_with_supply())
def test_nothing_is_left_over_unsaid(plan: Plan) -> None:
    said = [warning.message for warning in plan.warnings if warning.code == "left-over"]
    kept = {piece.product for dose in plan.steps[-1].doses for piece in dose.pieces}
    stock, taken = stock_of(plan), taken_by_day(plan)
    left = []
    for product in {*stock, *taken}:
        missing = sum(taken.get(product, {}).values(), Fraction(0)) - stock.get(product, Fraction(0))
        whole = missing if is_liquid(product) or missing < 0 else Fraction(ceil(missing))
        if max(Fraction(0), whole) - missing and product not in kept:
            left.append(product)
    assert len(said) == len(left)


@settings(max_examples=40)
@given(plans_with_supply())
def test_the_independent_checker_agrees(plan: Plan) -> None:
    assert check_plan(plan.as_json(), PROTOCOLS).as_json()["violations"] == []


@settings(max_examples=40)
@given(plans_with_supply(), st.data())
def test_the_independent_checker_sees_any_count_that_is_changed(plan: Plan, data: st.DataObject) -> None:
    assume(plan.dispense)
    answer = plan.as_json()
    row = data.draw(st.sampled_from(answer["dispense"]))
    row["count"] = plain(Decimal(row["count"]) + 1)
    assert any(finding.rule == "dispense" for finding in check_plan(answer, PROTOCOLS).violations)


@pytest.mark.parametrize("pick_up", ["daily", "weekly", "fortnightly"])
def test_the_same_request_gives_the_same_counts_again(pick_up: str) -> None:
    request = {
        "current": [{"drug": "clonazepam", "mg": "1", "time": "22:00"}],
        "protocol": "asam-2025",
        "start_on": "2027-01-11",
        "pick_up": pick_up,
    }
    plan = built(request)
    assert built(plan.request.as_json()) == plan
