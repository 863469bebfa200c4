"""The shipped rules against the rule table of the evidence: worked_examples/escalation_rules.csv.

Compared are who, how grave, how soon, what it means for cut and dose, and how well it is known. The condition stands in
the table for the reader; ``test_rule_thresholds.py`` holds each one's limits, worked by hand from it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from taper_app.clinical.protocol.escalation_rules import EscalationRule
from taper_app.protocol_files import load_protocols

TABLE = Path(__file__).parents[2] / "worked_examples" / "escalation_rules.csv"
ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8")))
BOOK = load_protocols().rules
RULES = {rule.id: rule for rule in (*BOOK.rules, *BOOK.inactive)}


def as_row(rule: EscalationRule) -> dict[str, str]:
    trigger, time = rule.letters()
    return {
        "level": str(rule.level),
        "notify": ";".join(rule.notify),
        "respond_within_minutes": str(rule.respond_within_minutes),
        "reassess_within_minutes": "" if rule.reassess_within_minutes is None else str(rule.reassess_within_minutes),
        "effect": rule.effect.value,
        "trigger_evidence": trigger,
        "time_evidence": time,
    }


def test_every_rule_of_the_table_is_shipped_and_no_other() -> None:
    assert {row["id"] for row in ROWS} == set(RULES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_rule_says_what_its_row_says(row: Mapping[str, str]) -> None:
    found = as_row(RULES[row["id"]])
    wanted = {name: row[name] for name in found}
    if row["id"] == BOOK.ladder.rule:
        assert wanted.pop("notify") == "next on the ladder"
        assert found.pop("notify") == "", "the ladder names whom, not the rule"
    assert found == wanted


def test_the_ladder_is_that_of_the_table() -> None:
    (row,) = [row for row in ROWS if row["id"] == BOOK.ladder.rule]
    assert "never above level 4; not for R42, R43" in row["condition"]
    assert "2 min where that is 0" in row["condition"]
    assert (BOOK.ladder.highest_level, set(BOOK.ladder.not_for)) == (4, {"R42", "R43"})
    assert BOOK.ladder.least_wait_minutes == 2
