"""Each finding can say which facts with which values made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from assessment_strategies import AT, cases
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.why import why, whys
from taper_app.protocol_files import load_protocols

LIBRARY = load_protocols()
EARLIER = "2026-12-01T04:00:00-05:00"
CIWA = {str(item): 0 for item in (*range(1, 18), 20, 21, 22)}


def said(rule_id: str, observation: Mapping[str, Any], **more: Any) -> list[str]:
    case = parse_case({"observation": {"at": AT, **observation}, **more}, LIBRARY.vital_limits)
    return [reason.in_words for reason in why(rule_id, case, LIBRARY.rules, LIBRARY.scales)]


@pytest.mark.parametrize(
    ("rule_id", "observation", "more", "words"),
    [
        ("R30H", {"vitals": {"pulse": 142}}, {}, ["pulse 142 (at least 140)"]),
        ("R33", {"vitals": {"temperature_f": "104.2"}}, {}, ["temperature in °C 40.1 (at least 40)"]),
        (
            "R28",
            {"vitals": {"systolic": 170, "diastolic": 112}},
            {},
            ["diastolic 112 (at least 110)"],
        ),
        (
            "R03",
            {},
            {
                "history": [
                    {"at": EARLIER, "events": [{"kind": "seizure", "at": "2026-12-01T03:30:00-05:00"}]},
                ]
            },
            ["seizure, duration minutes not assessed, ongoing not assessed, recovered not assessed, 4.5 h ago"],
        ),
        ("R06", {"events": [{"kind": "hallucination"}]}, {}, ["hallucination, insight not assessed"]),
        (
            "R39",
            {"ciwa_b": CIWA | {"1": 4, "2": 4, "3": 4}},
            {"history": [{"at": EARLIER, "ciwa_b": CIWA | {"1": 1}}]},
            ["CIWA-B risen by 11 (10 or more), 4 h ago"],
        ),
        (
            "R20",
            {"rass": -4},
            {},
            [
                "opioid co use not assessed (is yes, or not assessed)",
                "R15: level 4",
                "RASS -4 (at most -3)",
            ],
        ),
        (
            "R21",
            {},
            {"patient": {"opioid_co_use": "yes"}},
            ["opioid co use yes (is yes, or not assessed)", "naloxone available not assessed (not: is yes)"],
        ),
        ("R22", {"vitals": {"respiratory_rate": 25, "pulse": 135, "spo2": 94}}, {}, None),
        (
            "R04H",
            {"signs": {"confusion": "yes"}, "rass": 0},
            {"history": [{"at": EARLIER, "doses": {"withheld_or_missed_24h": 1}}]},
            [
                "R04: level 3",
                "confusion yes (is yes)",
                "doses withheld, refused or missed in 24 h 1 (at least 1, now or within 72 h), 4 h ago",
            ],
        ),
        ("R30H", {"vitals": {"pulse": 139}}, {}, []),
    ],
)
def test_a_rule_names_the_values_that_fired_it(
    rule_id: str, observation: dict[str, Any], more: dict[str, Any], words: list[str] | None
) -> None:
    found = said(rule_id, observation, **more)
    if words is None:
        assert found == ["NEWS2, least possible total, at least 7, at most 18 (at least 7)"]
    else:
        assert found == words


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_case=cases)
def test_exactly_the_rules_that_fire_have_reasons_and_each_reason_has_a_value(given_case: dict[str, Any]) -> None:
    case = parse_case(given_case, LIBRARY.vital_limits)
    answer = assess(case, LIBRARY.rules, LIBRARY.scales, LIBRARY.vital_limits)
    found = whys(case, LIBRARY.rules, LIBRARY.scales)
    assert set(found) == {finding.rule for finding in answer.findings}
    for reasons in found.values():
        assert reasons
        assert all(reason.value or reason.kind == "event" for reason in reasons)
        assert all(reason.in_words for reason in reasons)
