"""Changes worked by hand (``tests/worked_examples/amend_*.toml``), each also judged by the independent checker."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
BASE = tomllib.loads((EXAMPLES / "amend_base.toml").read_text())["base"]
CASES = [
    pytest.param(case, id=case["name"])
    for path in sorted(EXAMPLES.glob("amend_*.toml"))
    for case in tomllib.loads(path.read_text()).get("case", ())
]


@pytest.mark.parametrize("case", CASES)
def test_a_change_gives_the_plan_worked_by_hand(case: dict[str, Any], protocols: Protocols) -> None:
    assert case["worked_by"].strip(), "every case says how it was worked"
    request = json.loads((EXAMPLES / BASE).read_text())["request"]
    outcome = build_plan(parse_request(request, protocols), protocols)
    for change in case["changes"]:
        assert isinstance(outcome, Plan)
        outcome = amend_plan(outcome, parse_change({"reason": "not sleeping", **change}), protocols)
    if "refused" in case["expect"]:
        assert isinstance(outcome, Refusal), "no plan is made of this change"
        assert outcome.code == case["expect"]["refused"]
        assert outcome.whom_to_ask
        return
    assert isinstance(outcome, Plan), outcome.message
    _compare(case["expect"], outcome)
    assert check_plan(outcome.as_json(), protocols).as_json()["violations"] == []


def _compare(expect: dict[str, Any], plan: Plan) -> None:
    """A list is compared with as many steps as it names, from the first."""
    of_steps = {
        "kinds": [step.kind.value for step in plan.steps],
        "daily": [plain(step.daily_of("clonazepam")) for step in plan.steps],
        "diazepam": [plain(step.daily_of("diazepam")) for step in plan.steps],
        "days": [step.days for step in plan.steps],
        "starts": [str(step.starts_on) for step in plan.steps],
    }
    whole = {
        "last": [plan.steps[-1].kind.value, plain(plan.steps[-1].daily_of("clonazepam"))],
        "ends_on": str(plan.first_day_without_drug or "none"),
        "days_left": plan.amends.days_left if plan.amends else None,
        "signs": [f"{w.code} {w.step}" for w in plan.to_sign if w.code in ("dose-rises", "doses-missed")],
        "pieces": [f"{piece.product} {plain(piece.count)}" for piece in plan.steps[2].doses[0].pieces],
    }
    for name, wanted in expect.items():
        if name in of_steps:
            assert of_steps[name][: len(wanted)] == wanted, name
        else:
            assert whole[name] == wanted, name
