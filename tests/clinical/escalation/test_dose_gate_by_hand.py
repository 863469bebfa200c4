"""The check before a dose, worked by hand as data: tests/worked_examples/dose_gate.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from taper_app.clinical.escalation.answer import Assessment
from worked_examples import WORKED_EXAMPLES

TABLE = tomllib.loads((WORKED_EXAMPLES / "dose_gate.toml").read_text(encoding="utf-8"))
Judge = Callable[[Mapping[str, Any]], Assessment]
PATIENT = {
    "age_years": 44,
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "seizure_history": "no",
    "benzodiazepine_dependent": "yes",
    "naloxone_available": "yes",
    "short_acting": "no",
}


def observation_of(case: Mapping[str, Any]) -> dict[str, Any]:
    readings = {name: case.get(name, TABLE["base"][name]) for name in TABLE["base"]}
    readings = {name: value for name, value in readings.items() if value != "none"}
    observed: dict[str, Any] = {"at": "2026-12-01T08:00:00-05:00", "dose_due": True, "events": []}
    if "rass" in readings:
        observed["rass"] = readings.pop("rass")
    if "poss" in case:
        observed["poss"] = case["poss"]
    if "sign" in case:
        observed["signs"] = {case["sign"]: "yes"}
    return observed | {"vitals": readings}


@pytest.mark.parametrize("case", TABLE["case"], ids=[case["name"] for case in TABLE["case"]])
def test_the_check_before_a_dose(case: Mapping[str, Any], judge: Judge) -> None:
    patient = PATIENT | case.get("patient", {})
    gate = judge({"patient": patient, "observation": observation_of(case)}).dose_gate
    assert (gate.state, gate.override_role or "none") == (case["state"], case["role"])
    assert bool(gate.reason) == (case["state"] != "give")
