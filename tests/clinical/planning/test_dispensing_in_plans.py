"""Handing out beside the rest of a plan: remedies, changes of a plan that runs, and what a request is echoed as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.dispensing.after_change import taken_between
from taper_app.clinical.planning.dispensing.hand_out import pieces_for
from taper_app.clinical.planning.dispensing.periods import Period
from taper_app.clinical.planning.dispensing.words import amount_words, amounts_words
from taper_app.clinical.planning.remedies import apply_change, build_plan
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain

Build = Callable[[dict[str, Any]], Plan]
HALF, WHOLE, ODT = "clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"


@pytest.fixture
def weekly(plan_of: Build, written: dict[str, Any]) -> Plan:
    """The worked story with weekly pick-ups and six of the 1 mg tablets on hand."""
    return plan_of({**written, "pick_up": "weekly", "stock": [{"product": WHOLE, "count": 6}]})


def amended(plan: Plan, protocols: Protocols, **change: Any) -> Plan:
    outcome = amend_plan(plan, parse_change({"reason": "asked by the patient", **change}), protocols)
    assert isinstance(outcome, Plan), getattr(outcome, "message", "")
    return outcome


def said(plan: Plan, code: str) -> list[str]:
    return [warning.message for warning in plan.warnings if warning.code == code]


def test_what_was_asked_of_handing_out_is_echoed_and_nothing_else_is(
    plan_of: Build, written: dict[str, Any], weekly: Plan
) -> None:
    echoed = weekly.request.as_json()
    assert (echoed["pick_up"], echoed["stock"]) == ("weekly", [{"product": WHOLE, "count": "6"}])
    assert "max_supply_days" not in echoed
    assert not {"pick_up", "stock", "max_supply_days"} & set(plan_of(written).request.as_json())


def changed_to_diazepam(protocols: Protocols, *stock: tuple[str, str]) -> PlanRequest:
    """Refused in liver impairment, with lorazepam itself as the remedy."""
    return parse_request(
        {
            "current": [{"drug": "lorazepam", "mg": "2", "time": time} for time in ("08:00", "22:00")],
            "taper_drug": "diazepam",
            "equivalence": "ashton-2002",
            "protocol": "asam-2025",
            "start_on": "2027-01-11",
            "patient": {"hepatic_impairment": "yes", "seizure_history": "no", "pregnant": "no", "opioid_co_use": "no"},
            "stock": [{"product": product, "count": count} for product, count in stock],
        },
        protocols,
    )


def test_no_stock_beside_a_field_that_cannot_be_read_is_no_fault(written: dict[str, Any], protocols: Protocols) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_request({**written, "stock": None, "cut_percent": "x", "every_days": 40}, protocols)
    assert {fault.field for fault in refused.value.faults} == {"cut_percent", "longest_step_days"}


@pytest.mark.parametrize(
    ("stock", "then"),
    [
        ([("diazepam-tablet-2mg", "4"), ("lorazepam-tablet-1mg", "9")], [("lorazepam-tablet-1mg", "9")]),
        ([("diazepam-tablet-2mg", "4")], None),
    ],
)
def test_a_remedy_that_tapers_with_another_medicine_leaves_its_stock_out(
    stock: list[tuple[str, str]], then: list[tuple[str, str]] | None, protocols: Protocols
) -> None:
    """Of what is on hand only the medicine that is taken is then of this plan."""
    request = changed_to_diazepam(protocols, *stock)
    refusal = build_plan(request, protocols)
    assert isinstance(refusal, Refusal)
    remedy = refusal.remedies[0]
    lines = [{"product": product, "count": count} for product, count in then or ()]
    assert (remedy.change["taper_drug"], remedy.change["stock"]) == ("lorazepam", lines or None)
    assert "Stock of another medicine then stays unused." in remedy.message
    assert isinstance(build_plan(apply_change(request, remedy.change, protocols), protocols), Plan)


def test_stock_that_fits_stays_with_a_remedy(protocols: Protocols) -> None:
    refusal = build_plan(changed_to_diazepam(protocols, ("lorazepam-tablet-1mg", "9")), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.remedies
    assert not any("stock" in remedy.change for remedy in refusal.remedies)


def test_keeping_the_dose_goes_on_counting_by_the_week_from_the_first_day(weekly: Plan, protocols: Protocols) -> None:
    """Kept from Wednesday of the second week on: that week takes the same tablets, so nothing is spare or missing."""
    new = amended(weekly, protocols, kind="keep_days", on="2027-01-20", days=14)
    assert new.request.pick_up == weekly.request.pick_up
    assert new.request.stock == weekly.request.stock
    assert all((row.starts - new.starts_on).days % 7 == 0 for row in new.dispense)
    assert new.dispense[:3] == weekly.dispense[:3]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []
    assert not [text for text in said(new, "left-over") if "handed out" in text]
    assert said(new, "picked-up-too-little") == []


def test_a_change_in_the_middle_of_a_week_says_what_is_spare_and_what_is_missing(
    weekly: Plan, protocols: Protocols
) -> None:
    """1.875 mg a day was picked up for 18 to 24 January: 7 of 1 mg, 10.5 of 0.5 mg and 7 of 0.125 mg.

    From Wednesday 20 January 2 mg a day is 1 mg twice: two days as before, then five days of two 1 mg tablets. Of
    1 mg 2 + 10 = 12 are taken (5 more than 7), of 0.5 mg 3 (7.5 fewer), of 0.125 mg 2 (5 fewer).
    """
    new = amended(weekly, protocols, kind="restabilise", on="2027-01-20", daily_mg="2")
    (spare,) = [text for text in said(new, "left-over") if "handed out" in text]
    assert "up to 2027-01-24" in spare
    assert "5 orally disintegrating tablets of 0.125 mg clonazepam" in spare
    assert "7 and a half tablets of 0.5 mg clonazepam" in spare
    assert said(new, "picked-up-too-little") == [
        "Needed from 2027-01-20 to 2027-01-24 beyond what was handed out for these days before the change: "
        "5 tablets of 1 mg clonazepam."
    ]
    assert check_plan(new.as_json(), protocols).as_json()["violations"] == []


def test_a_change_on_the_day_of_a_pick_up_leaves_nothing_over(weekly: Plan, protocols: Protocols) -> None:
    new = amended(weekly, protocols, kind="restabilise", on="2027-01-18", daily_mg="2")
    assert not [text for text in said(new, "left-over") if "handed out" in text]


def test_a_plan_without_pick_ups_says_nothing_of_them_when_it_is_changed(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    new = amended(plan_of(written), protocols, kind="restabilise", on="2027-01-20", daily_mg="2")
    assert said(new, "left-over") == said(new, "picked-up-too-little") == []


def test_a_dose_that_is_kept_without_an_end_goes_on_through_the_period(plan_of: Build, written: dict[str, Any]) -> None:
    plan = plan_of({**written, "target_daily_mg": "1.875"})
    (step,) = plan.steps
    assert step.days == 0
    week = Period(date(2027, 1, 11), date(2027, 1, 17))
    assert {product: plain(count) for product, count in taken_between(plan.steps, week).items()} == {
        HALF: "10.5",
        WHOLE: "7",
        ODT: "7",
    }
    assert plan.dispense == ()


def test_amounts_are_said_with_strength_and_medicine(protocols: Protocols) -> None:
    assert amount_words(HALF, Decimal("0.5"), protocols) == "half a tablet of 0.5 mg clonazepam"
    assert amount_words("diazepam-liquid-1mg-per-ml", Decimal("10.5"), protocols) == (
        "10.5 mL of 1 mg per mL diazepam oral liquid"
    )
    assert amount_words("gone-tablet-1mg", Decimal(2), protocols) == "2 of gone-tablet-1mg"
    three = [(WHOLE, Decimal(1)), (HALF, Decimal(2)), (ODT, Decimal(3))]
    assert amounts_words(three, protocols) == (
        "1 tablet of 1 mg clonazepam, 2 tablets of 0.5 mg clonazepam and "
        "3 orally disintegrating tablets of 0.125 mg clonazepam"
    )


def test_a_product_that_no_file_has_any_more_is_handed_out_whole(protocols: Protocols) -> None:
    assert pieces_for("gone-tablet-1mg", Decimal("2.5"), protocols) == 3
    assert pieces_for("diazepam-liquid-1mg-per-ml", Decimal("2.5"), protocols) == Decimal("2.5")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "keep", "on": "2027-02-03"},
        {"kind": "slow", "on": "2027-02-03", "cut_percent": "5"},
        {"kind": "step_back", "on": "2027-02-10", "to_step": 1},
        {"kind": "maintain", "on": "2027-02-03", "daily_mg": "1.5"},
        {"kind": "change_products", "on": "2027-02-03", "products": [ODT, HALF]},
        {"kind": "change_medicine", "on": "2027-02-03", "taper_drug": "diazepam", "equivalence": "ashton-2002"},
        {"kind": "missed", "from": "2027-02-01", "to": "2027-02-02", "on": "2027-02-03"},
    ],
    ids=lambda change: change["kind"],
)
def test_any_change_of_a_plan_with_pick_ups_passes_the_check(
    change: dict[str, Any], weekly: Plan, protocols: Protocols
) -> None:
    new = amended(weekly, protocols, **change)
    assert new.request.pick_up == weekly.request.pick_up
    assert all((row.starts - new.starts_on).days % 7 == 0 for row in new.dispense)
    before = [row for row in weekly.dispense if row.to < date(2027, 2, 1)]
    assert list(new.dispense[: len(before)]) == before, "what was picked up stays as it was"
    found = check_plan(new.as_json(), protocols).as_json()["violations"]
    assert [each for each in found if each["rule"] in ("dispense", "pick-ups", "left-over")] == []
