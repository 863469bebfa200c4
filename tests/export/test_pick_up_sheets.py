"""Pick-ups on a sheet: days with their weekdays, whole tablets, and where each comes from."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.export.pick_ups import pick_ups_of
from taper_app.export.plan_sheets import plan_csv, plan_text
from taper_app.protocol_files import load_protocols

TABLET = "diazepam-tablet-2mg"


@pytest.fixture(scope="module")
def protocols() -> Protocols:
    return load_protocols()


def plan_of(protocols: Protocols, **supply: Any) -> Plan:
    """4 mg of diazepam less 1 mg every 10 days: 1.5 tablets a day, then 1, then half a tablet."""
    request = {
        "current": [{"drug": "diazepam", "mg": "4", "time": "22:00"}],
        "protocol": "nice-cks-ladder",
        "every_days": 10,
        "products": [TABLET],
        "start_on": "2027-01-11",
        "patient": {"seizure_history": "no", "pregnant": "no", "taken_for_epilepsy": "no", "other_sedatives": []},
        **supply,
    }
    outcome = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(outcome, Plan)
    return outcome


def test_each_pick_up_is_a_line_of_whole_tablets_with_its_weekdays(protocols: Protocols) -> None:
    assert [pick_up.in_words for pick_up in pick_ups_of(plan_of(protocols, pick_up="weekly"), protocols)] == [
        "Mon 11 Jan to Sun 17 Jan 2027: 11 tablets of 2 mg diazepam (half a tablet left for later)",
        "Mon 18 Jan to Sun 24 Jan 2027: 8 tablets of 2 mg diazepam (half a tablet left from before)",
        "Mon 25 Jan to Sun 31 Jan 2027: 7 tablets of 2 mg diazepam (half a tablet left for later)",
        "Mon 1 Feb to Sun 7 Feb 2027: 3 tablets of 2 mg diazepam (half a tablet left from before)",
        "Mon 8 Feb to Tue 9 Feb 2027: 1 tablet of 2 mg diazepam",
    ]


def test_what_is_on_hand_is_said_and_so_is_what_is_left_over_at_the_end(protocols: Protocols) -> None:
    plan = plan_of(protocols, pick_up="fortnightly", stock=[{"product": TABLET, "count": "19.5"}])
    assert [pick_up.in_words for pick_up in pick_ups_of(plan, protocols)] == [
        "Mon 11 Jan to Sun 24 Jan 2027: 0 tablets of 2 mg diazepam (19 tablets from the stock on hand)",
        "Mon 25 Jan to Sun 7 Feb 2027: 10 tablets of 2 mg diazepam "
        "(half a tablet from the stock on hand; half a tablet left for later)",
        "Mon 8 Feb to Tue 9 Feb 2027: 1 tablet of 2 mg diazepam "
        "(half a tablet left from before; half a tablet left over)",
    ]


def test_what_is_left_of_a_dose_that_goes_on_is_left_for_later(protocols: Protocols) -> None:
    plan = plan_of(protocols, max_supply_days=5, target_daily_mg="2", every_days=7)
    assert [pick_up.in_words for pick_up in pick_ups_of(plan, protocols)] == [
        "Mon 11 Jan to Fri 15 Jan 2027: 8 tablets of 2 mg diazepam (half a tablet left for later)",
        "Sat 16 Jan to Sun 17 Jan 2027: 3 tablets of 2 mg diazepam "
        "(half a tablet left from before; half a tablet left for later)",
    ]


def test_pick_ups_from_a_day_on_begin_with_the_one_that_the_day_is_in(protocols: Protocols) -> None:
    plan = plan_of(protocols, pick_up="weekly")
    assert [each.first for each in pick_ups_of(plan, protocols, since=date(2027, 2, 2))] == [
        date(2027, 2, 1),
        date(2027, 2, 8),
    ]


def test_a_day_and_a_turn_of_the_year_are_written_out(protocols: Protocols) -> None:
    plan = plan_of(protocols, pick_up="daily", start_on="2027-12-31")
    assert pick_ups_of(plan, protocols)[0].days == "Fri 31 Dec 2027"
    plan = plan_of(protocols, pick_up="weekly", start_on="2027-12-31")
    assert pick_ups_of(plan, protocols)[0].days == "Fri 31 Dec 2027 to Thu 6 Jan 2028"


def test_the_text_sheet_hands_out_whole_tablets_with_and_without_pick_ups(protocols: Protocols) -> None:
    by_step = plan_text(plan_of(protocols, every_days=7), protocols)
    assert "To dispense, in whole pieces:\n  Mon 11 Jan to Sun 17 Jan 2027: 11 tablets of 2 mg diazepam (" in by_step
    by_week = plan_text(plan_of(protocols, pick_up="weekly"), protocols)
    assert "  Mon 8 Feb to Tue 9 Feb 2027: 1 tablet of 2 mg diazepam\n" in by_week


def test_a_stock_that_covers_the_plan_is_on_the_sheet_though_nothing_is_dispensed(protocols: Protocols) -> None:
    plan = plan_of(protocols, stock=[{"product": TABLET, "count": "30"}])
    assert plan.dispense == ()
    assert "0 tablets of 2 mg diazepam (15 tablets from the stock on hand)" in plan_text(plan, protocols)


def test_a_liquid_is_handed_out_in_millilitres(protocols: Protocols) -> None:
    liquid = "diazepam-liquid-1mg-per-ml"
    stock = [{"product": liquid, "count": "10"}]
    plan = plan_of(
        protocols,
        current=[{"drug": "diazepam", "mg": "2", "time": "22:00"}],
        protocol="asam-2025",
        every_days=14,
        products=[TABLET, liquid],
        max_supply_days=28,
        stock=stock,
    )
    first = pick_ups_of(plan, protocols)[0]
    assert first.lines[0].in_words == "4 mL of 1 mg per mL diazepam oral liquid (10 mL from the stock on hand)"


def test_the_csv_has_a_row_for_each_product_and_pick_up_only_when_it_was_asked(protocols: Protocols) -> None:
    asked = list(csv.DictReader(io.StringIO(plan_csv(plan_of(protocols, pick_up="weekly"), protocols))))
    rows = [row for row in asked if row["kind"] == "pick_up"]
    assert [(row["starts_on"], row["ends_on"], row["days"]) for row in rows[:2]] == [
        ("2027-01-11", "2027-01-17", "7"),
        ("2027-01-18", "2027-01-24", "7"),
    ]
    assert rows[0]["pieces"] == "11 tablets of 2 mg diazepam"
    assert (rows[0]["medicine"], rows[0]["reason"]) == ("diazepam", "half a tablet left for later")
    without = list(csv.DictReader(io.StringIO(plan_csv(plan_of(protocols), protocols))))
    assert without == [row for row in asked if row["kind"] != "pick_up"]


def test_an_old_plan_with_a_product_that_no_file_has_any_more_still_prints(protocols: Protocols) -> None:
    text = plan_of(protocols, pick_up="weekly").as_json()
    for step in text["steps"]:
        for dose in step["doses"]:
            dose["pieces"] = [{**piece, "product": "gone-tablet-2mg"} for piece in dose["pieces"]]
    plan = Plan.model_validate(text)
    assert pick_ups_of(plan, protocols)[0].lines[0].in_words == "11 of gone-tablet-2mg (0.5 left for later)"
    assert "11 of gone-tablet-2mg" in plan_csv(plan, protocols)
