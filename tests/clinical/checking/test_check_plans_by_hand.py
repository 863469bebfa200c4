"""Plans worked by hand: the right ones are found right, and each wrong one is named by the rule that is meant."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from taper_app.clinical.checking import Finding, check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols
from worked_examples import WORKED_EXAMPLES
from written_plans import Plan, dose_row, warning_row, written_plan


def cases(name: str) -> list[Any]:
    found = tomllib.loads((WORKED_EXAMPLES / name).read_text(encoding="utf-8"))["plan"]
    return [pytest.param(case, id=case["name"]) for case in found]


def plan_of(case: dict[str, Any], protocols: Protocols) -> Plan:
    plan = written_plan(
        [(kind, days, [dose_row(dose) for dose in doses]) for kind, days, _, doses in case["steps"]],
        request=case["request"],
        factors=case["factors"],
        targets=[None if target == "-" else target for _, _, target, _ in case["steps"]],
        protocols=protocols,
        warnings=[warning_row(warning) for warning in case.get("warnings", ())],
    )
    for path, value in case.get("then", {}).items():
        *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = plan
        for part in outer:
            place = place[part]
        place[last] = value
    return plan


def named(findings: tuple[Finding, ...]) -> list[str]:
    """``rule step`` of each finding; a dash stands for the plan as a whole."""
    return sorted({f"{each.rule} {'-' if each.step is None else each.step}" for each in findings})


@pytest.mark.parametrize("case", cases("checked_plans_right.toml"))
def test_a_right_plan_is_found_right_and_its_signed_breaches_are_listed(
    case: dict[str, Any], protocols: Protocols
) -> None:
    result = check_plan(plan_of(case, protocols), protocols)

    assert [f"{each.rule} {each.step}: {each.message}" for each in result.violations] == []
    assert named(result.accepted) == sorted(case.get("expect", {}).get("accepted", []))
    assert result.not_judged == ()


@pytest.mark.parametrize("case", cases("checked_plans_wrong.toml"))
def test_a_wrong_plan_is_named(case: dict[str, Any], protocols: Protocols) -> None:
    plan = plan_of(case, protocols)
    if "refused" in case["expect"]:
        with pytest.raises(InputRefused) as refusal:
            check_plan(plan, protocols)
        assert [fault.field for fault in refusal.value.faults] == case["expect"]["refused"]
        return
    assert named(check_plan(plan, protocols).violations) == sorted(case["expect"]["violations"])
