"""What is handed out, worked by hand (``tests/worked_examples/dispense_*.toml``), by the builder and the checker."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.dispensing.hand_out import hand_outs_of
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain
from worked_examples import WORKED_EXAMPLES

BASE = tomllib.loads((WORKED_EXAMPLES / "plan_base.toml").read_text())
CASES = [
    pytest.param(case, id=case["name"])
    for path in sorted(WORKED_EXAMPLES.glob("dispense_*.toml"))
    for case in tomllib.loads(path.read_text())["case"]
]
SAID = ("left-over", "kept-dose-not-counted")


@pytest.mark.parametrize("case", CASES)
def test_a_plan_hands_out_what_was_worked_by_hand(
    case: dict[str, Any], plan_of: Callable[[dict[str, Any]], Plan], protocols: Protocols
) -> None:
    assert case["worked_by"].strip(), "every case says how it was worked"
    plan = plan_of({**BASE["request"], **case["request"], "patient": BASE["patient"]})
    handed_out = hand_outs_of(plan, protocols)
    assert [f"{row.starts} {row.to} {plain(row.count)} {row.product}" for row in plan.dispense] == case["rows"]
    assert [plain(each.pieces) for each in handed_out] == case["whole"]
    assert [plain(each.left) for each in handed_out] == case["left"]
    said = [warning.message for warning in plan.warnings if warning.code in SAID]
    assert len(said) == len(case["says"])
    assert [words for words, text in zip(case["says"], said, strict=True) if words not in text] == []
    assert check_plan(plan.as_json(), protocols).as_json()["violations"] == []
