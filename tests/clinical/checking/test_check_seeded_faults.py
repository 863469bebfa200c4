"""Twenty-two faults seeded into right plans of every protocol: each is caught wherever it can happen."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from seeded_faults import FAULTS, CannotHappen
from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan as BuiltPlan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from worked_examples import WORKED_EXAMPLES
from written_plans import ASKED, Plan

SEEDED = tomllib.loads((WORKED_EXAMPLES / "seeded_faults.toml").read_text(encoding="utf-8"))
PLANS: dict[str, dict[str, Any]] = {case.pop("name"): case for case in SEEDED["plan"]}


@pytest.fixture(scope="session")
def built_plans(protocols: Protocols) -> dict[str, str]:
    """The builder's plans as JSON text."""
    return {name: json.dumps(_built(case, protocols)) for name, case in PLANS.items()}


def _built(case: dict[str, Any], protocols: Protocols) -> Plan:
    request = {"start_on": "2027-03-01", **case, "patient": {**ASKED, **case.get("patient", {})}}
    outcome = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(outcome, BuiltPlan), outcome.message
    return outcome.as_json()


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest, built_plans: dict[str, str]) -> Plan:
    right: Plan = json.loads(built_plans[request.param])
    return right


def test_the_plans_are_right_before_anything_is_seeded(plan: Plan, protocols: Protocols) -> None:
    assert check_plan(plan, protocols).as_json()["violations"] == []


def test_every_protocol_that_is_shipped_has_a_plan(protocols: Protocols) -> None:
    without = set(protocols.tapers) - {case["protocol"] for case in PLANS.values()}
    assert without == {"fda-klonopin-panic"}, "its pace is that of the Xanax label in another medicine"


def test_every_fault_that_is_described_is_seeded() -> None:
    assert [fault["id"] for fault in SEEDED["fault"]] == list(FAULTS)
    assert len(FAULTS) == 22


@pytest.mark.parametrize("fault", SEEDED["fault"], ids=lambda fault: fault["id"])
def test_the_fault_is_caught_by_a_rule_that_is_meant_for_it(
    plan: Plan, protocols: Protocols, fault: dict[str, Any]
) -> None:
    try:
        spoiled = FAULTS[fault["id"]](plan)
    except CannotHappen:
        pytest.skip("This plan has no place for the fault.")
    rules = {finding.rule for finding in check_plan(spoiled, protocols).violations}
    assert rules & set(fault["caught_by"]), fault["sentence"]
