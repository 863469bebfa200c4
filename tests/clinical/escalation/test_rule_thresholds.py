"""Every active rule fires at its own limit and is quiet just beside it: worked_examples/assess_thresholds.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.protocol.library import Protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples" / "assess_thresholds.toml"
TABLE = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"), parse_float=Decimal)
ROWS = TABLE["rule"]
NAMES = [f"{row['id']}-{number}" for number, row in enumerate(ROWS, 1)]


def case_of(row: Mapping[str, Any], which: str) -> dict[str, Any]:
    patient = {**TABLE["base"]["patient"], **row.get("patient", {}), **row.get(f"patient_{which}", {})}
    return {
        "patient": patient,
        "history": row.get(f"history_{which}", row.get("history", [])),
        "observation": {"at": TABLE["base"]["at"], **row[which]},
    }


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_rule_fires_at_its_limit_with_its_level(
    row: Mapping[str, Any], judge: Callable[[Mapping[str, Any]], Assessment]
) -> None:
    found = {finding.rule: finding for finding in judge(case_of(row, "fires")).findings}
    assert row["id"] in found
    assert found[row["id"]].level == row["level"]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_rule_is_quiet_just_beside_its_limit(
    row: Mapping[str, Any], judge: Callable[[Mapping[str, Any]], Assessment]
) -> None:
    assert row["id"] not in {finding.rule for finding in judge(case_of(row, "quiet")).findings}


def test_every_active_rule_stands_in_the_table(protocols: Protocols) -> None:
    assert {rule.id for rule in protocols.rules.rules} == {row["id"] for row in ROWS}
