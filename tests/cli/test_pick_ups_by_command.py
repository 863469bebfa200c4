"""``taper plan`` and ``taper check`` with pick-ups, a stock on hand and a longest supply."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taper_app.__main__ import main

Run = Callable[..., tuple[int, str, str]]
REQUEST: dict[str, Any] = {
    "current": [{"drug": "diazepam", "mg": "4", "time": "22:00"}],
    "protocol": "nice-cks-ladder",
    "every_days": 10,
    "products": ["diazepam-tablet-2mg"],
    "start_on": "2027-01-11",
    "pick_up": "fortnightly",
    "max_supply_days": 10,
    "stock": [{"product": "diazepam-tablet-2mg", "count": 4.5}],
}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_with(content: object, *words: str) -> tuple[int, str, str]:
        path = tmp_path / "input.json"
        path.write_text(json.dumps(content))
        code = main([words[0], str(path), *words[1:]])
        answer = capsys.readouterr()
        return code, answer.out, answer.err

    return run_with


def test_a_plan_with_pick_ups_passes_the_check(run: Run) -> None:
    code, out, err = run(REQUEST, "plan")
    assert (code, err) == (0, "")
    plan = json.loads(out)
    assert plan["dispense"] == [
        {"product": "diazepam-tablet-2mg", "count": "10.5", "from": "2027-01-11", "to": "2027-01-20"},
        {"product": "diazepam-tablet-2mg", "count": "10", "from": "2027-01-21", "to": "2027-01-30"},
        {"product": "diazepam-tablet-2mg", "count": "5", "from": "2027-01-31", "to": "2027-02-09"},
    ]
    assert plan["request"]["stock"] == [{"product": "diazepam-tablet-2mg", "count": "4.5"}]
    assert [warning["message"] for warning in plan["warnings"] if warning["code"] == "left-over"] == [
        "Left over after 2027-02-09: half a tablet of 2 mg diazepam, the rest of a split tablet; "
        "have the pharmacy take it back."
    ]
    code, out, _ = run(plan, "check")
    assert (code, json.loads(out)["violations"]) == (0, [])
    plan["dispense"][0]["to"] = "2027-01-24"
    code, out, _ = run(plan, "check")
    assert (code, json.loads(out)["ok"]) == (0, False)


def test_the_same_request_comes_out_of_its_own_answer(run: Run) -> None:
    plan = json.loads(run(REQUEST, "plan")[1])
    assert json.loads(run(plan["request"], "plan")[1]) == plan


@pytest.mark.parametrize(("layout", "words"), [("text", "To dispense, in whole pieces:"), ("csv", ",pick_up,")])
def test_the_sheets_say_what_is_handed_out(layout: str, words: str, run: Run) -> None:
    code, out, _ = run(REQUEST, "plan", "--format", layout)
    assert code == 0
    assert words in out
    assert "11 tablets of 2 mg diazepam" in out


def test_a_bad_stock_is_refused_with_every_fault_and_no_plan(run: Run) -> None:
    stock = [{"product": "lorazepam-tablet-1mg", "count": "1"}, {"product": "diazepam-tablet-2mg", "count": "0.3"}]
    code, out, err = run({**REQUEST, "stock": stock, "max_supply_days": 0}, "plan")
    assert (code, out) == (2, "")
    assert {error["field"] for error in json.loads(err)["errors"]} == {
        "max_supply_days",
        "stock.0.product",
        "stock.1.count",
    }
