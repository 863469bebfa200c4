"""Handing out spoiled: wrong days, wrong counts beyond the stock, and what is left over unsaid."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan as BuiltPlan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from written_plans import ASKED

Plan = dict[str, Any]
Spoil = Callable[[Plan], None]
TABLET, UNUSED = "diazepam-tablet-2mg", "diazepam-tablet-5mg"


@pytest.fixture(scope="module")
def built(protocols: Protocols) -> Callable[..., Plan]:
    """4 mg of diazepam less 1 mg every 10 days, of 2 mg tablets: 1.5, then 1, then half a tablet a day."""

    def build(**supply: Any) -> Plan:
        request = {
            "current": [{"drug": "diazepam", "mg": "4", "time": "22:00"}],
            "protocol": "nice-cks-ladder",
            "every_days": 10,
            "products": [TABLET],
            "start_on": "2027-01-11",
            "patient": ASKED,
            **supply,
        }
        outcome = build_plan(parse_request(request, protocols), protocols)
        assert isinstance(outcome, BuiltPlan)
        return outcome.as_json()

    return build


@pytest.fixture(scope="module")
def weekly(built: Callable[..., Plan]) -> Plan:
    """4.5 tablets are on hand, which leaves half a tablet over, and 3 of a strength that nobody needs."""
    stock = [{"product": TABLET, "count": "4.5"}, {"product": UNUSED, "count": "3"}]
    return built(pick_up="weekly", stock=stock)


def rules(plan: Plan, protocols: Protocols) -> set[str]:
    return {finding.rule for finding in check_plan(plan, protocols).violations}


def a_week_that_begins_on_tuesday(plan: Plan) -> None:
    """Two rows that take together what they took."""
    first, second = plan["dispense"][1:3]
    first["to"], second["from"] = "2027-01-25", "2027-01-26"
    first["count"], second["count"] = "9.5", "5.5"


def two_weeks_at_once(plan: Plan) -> None:
    del plan["dispense"][2]
    plan["dispense"][1] |= {"to": "2027-01-31", "count": "15"}


def the_stock_is_handed_out_again(plan: Plan) -> None:
    plan["dispense"][0]["count"] = "10.5"


def the_stock_is_used_later(plan: Plan) -> None:
    plan["dispense"][0]["count"], plan["dispense"][1]["count"] = "10.5", "4"


def a_week_without_a_row(plan: Plan) -> None:
    del plan["dispense"][0]


def nobody_says_what_is_left(plan: Plan) -> None:
    plan["warnings"] = [warning for warning in plan["warnings"] if "split tablet" not in warning["message"]]


def nobody_says_what_is_of_no_use(plan: Plan) -> None:
    plan["warnings"] = [warning for warning in plan["warnings"] if "5 mg" not in warning["message"]]


def stock_of_another_medicine(plan: Plan) -> None:
    plan["request"]["stock"].append({"product": "lorazepam-tablet-1mg", "count": "0"})


def stock_that_nobody_makes(plan: Plan) -> None:
    plan["request"]["stock"].append({"product": "diazepam-tablet-3mg", "count": "1"})


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (a_week_that_begins_on_tuesday, "pick-ups"),
        (two_weeks_at_once, "pick-ups"),
        (the_stock_is_handed_out_again, "dispense"),
        (the_stock_is_used_later, "dispense"),
        (a_week_without_a_row, "dispense"),
        (nobody_says_what_is_left, "left-over"),
        (nobody_says_what_is_of_no_use, "left-over"),
        (stock_of_another_medicine, "left-over"),
        (stock_that_nobody_makes, "left-over"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_fault_in_handing_out_is_noticed(spoil: Spoil, rule: str, weekly: Plan, protocols: Protocols) -> None:
    assert rules(weekly, protocols) == set()
    plan = copy.deepcopy(weekly)
    spoil(plan)
    assert rules(plan, protocols) == {rule}


def test_a_maximum_alone_is_the_longest_that_is_handed_out_at_once(
    built: Callable[..., Plan], protocols: Protocols
) -> None:
    plan = built(max_supply_days=10)
    assert rules(plan, protocols) == set()
    plan["request"]["max_supply_days"] = 9
    assert rules(plan, protocols) == {"pick-ups"}


def test_left_over_stock_may_be_named_by_its_id(weekly: Plan, protocols: Protocols) -> None:
    plan = copy.deepcopy(weekly)
    plan["request"]["stock"].append({"product": "diazepam-tablet-10mg", "count": "1"})
    assert rules(plan, protocols) == {"left-over"}
    plan["warnings"].append(
        {"code": "left-over", "severity": "info", "step": None, "message": "1 of diazepam-tablet-10mg.", "source": "x"}
    )
    assert rules(plan, protocols) == set()


def test_stock_that_the_kept_dose_goes_on_taking_is_not_left_over(
    built: Callable[..., Plan], protocols: Protocols
) -> None:
    stock = [{"product": TABLET, "count": "40"}]
    assert rules(built(pick_up="weekly", stock=stock, target_daily_mg="2"), protocols) == set()


def test_a_plan_without_warnings_is_not_judged_by_what_it_does_not_say(weekly: Plan, protocols: Protocols) -> None:
    plan = copy.deepcopy(weekly)
    del plan["warnings"]
    assert "left-over" not in rules(plan, protocols)


def test_two_lines_of_the_same_stock_add_up(weekly: Plan, protocols: Protocols) -> None:
    plan = copy.deepcopy(weekly)
    plan["request"]["stock"] = [
        {"product": TABLET, "count": "4"},
        {"product": UNUSED, "count": "3"},
        {"product": TABLET, "count": "0.5"},
    ]
    assert rules(plan, protocols) == set()


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("pick_up", "monthly", "request.pick_up"),
        ("max_supply_days", 0, "request.max_supply_days"),
        ("stock", "ten", "request.stock"),
        ("stock", [{"count": "1"}], "request.stock.0.product"),
        ("stock", [{"product": TABLET, "count": "-1"}], "request.stock.0.count"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    field: str, value: object, fault: str, weekly: Plan, protocols: Protocols
) -> None:
    plan = copy.deepcopy(weekly)
    plan["request"][field] = value
    with pytest.raises(InputRefused) as refused:
        check_plan(plan, protocols)
    assert [each.field for each in refused.value.faults] == [fault]
