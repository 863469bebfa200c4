"""Every test of every rule at its limit, just below and just above: generated from the rule files."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from quiet_patient import case_with
from rule_variants import Variant, variants_of
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.protocol_files import load_protocols

LIBRARY = load_protocols()
RULES = LIBRARY.rules


#: Tests that another one of their rule makes superfluous: a dose of a long-acting medicine that is late by 12 hours is
#: late by 4 too, and the same goes for one that is missing for 48 hours and 24.
DECIDED_BY_ANOTHER_TEST = {"N01": [3], "N02": [4]}


def judged(variant: Variant) -> Assessment | None:
    """None when nobody could chart it (RASS 5)."""
    try:
        case = parse_case(variant.case, LIBRARY.vital_limits)
    except InputRefused:
        return None
    return assess(case, RULES, LIBRARY.scales, LIBRARY.vital_limits)


def test_the_quiet_patient_is_quiet_and_every_rule_is_judged() -> None:
    case = parse_case(case_with({}), LIBRARY.vital_limits)
    answer = assess(case, RULES, LIBRARY.scales, LIBRARY.vital_limits)
    assert answer.level == 1
    assert {left.rule for left in answer.not_evaluated} == {rule.id for rule in RULES.inactive}


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_the_rule_fires_exactly_where_its_file_says(rule) -> None:
    wrong = []
    seen: dict[int, set[bool | None]] = defaultdict(set)
    for variant in variants_of(rule, RULES):
        answer = judged(variant)
        if answer is None:
            continue
        left = {entry.rule: entry.missing for entry in answer.not_evaluated}
        fired = rule.id in {finding.rule for finding in answer.findings}
        found = True if fired else None if rule.id in left else False
        expected = variant.fires(RULES)
        seen[variant.test].add(expected)
        if found is not expected or (found is None and not left[rule.id]):
            wrong.append(f"{variant.words}: {found}, not {expected}: {json.dumps(variant.case, default=str)}")
    assert not wrong, "\n".join(wrong[:3]) + f"\n{len(wrong)} in all"
    assert all(True in outcomes for outcomes in seen.values()), "a test of the rule that never makes it fire"
    undecided = [number for number, outcomes in seen.items() if len(outcomes) < 2]
    assert undecided == DECIDED_BY_ANOTHER_TEST.get(rule.id, []), "a test of the rule that never decides"
