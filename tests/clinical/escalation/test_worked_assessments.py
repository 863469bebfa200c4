"""Whole cases worked by hand: tests/worked_examples/assess_story.toml, and the case printed in the interface."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.escalation.answer import Assessment

EXAMPLES = Path(__file__).parents[2] / "worked_examples" / "assess_story.toml"
TABLE = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"), parse_float=Decimal)
CASES = TABLE["case"]
Judge = Callable[[Mapping[str, Any]], Assessment]


def judged(case: Mapping[str, Any], judge: Judge) -> Assessment:
    return judge(
        {
            "patient": {**TABLE["base"]["patient"], **case.get("patient", {})},
            "history": case.get("history", []),
            "observation": {"at": TABLE["base"]["at"], **case["observation"]},
        }
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_case(case: Mapping[str, Any], judge: Judge) -> None:
    answer, expected = judged(case, judge), case["expect"]
    fired = {finding.rule for finding in answer.findings}
    assert answer.level == expected["level"]
    assert answer.taper.next_cut == expected["next_cut"]
    assert answer.taper.this_dose == expected["this_dose"]
    assert set(expected.get("fired", ())) <= fired
    assert not set(expected.get("quiet", ())) & fired
    assert set(expected.get("not_evaluated", ())) <= {entry.rule for entry in answer.not_evaluated}
    for score in ("news2", "ciwa_b"):
        found = answer.model_dump(mode="json")["scores"][score]
        assert {key: found[key] for key in expected.get(score, {})} == expected.get(score, {})
    for rule, minutes in expected.get("respond", {}).items():
        assert next(found for found in answer.findings if found.rule == rule).respond_within_minutes == minutes
    if "next_due_minutes" in expected:
        assert answer.next_due_minutes == expected["next_due_minutes"]
    said = " ".join(f"{finding.message} {finding.action}" for finding in answer.findings).lower()
    assert all(words in said for words in expected.get("says", ()))
    _check_gate(answer, expected)


def _check_gate(answer: Assessment, expected: Mapping[str, Any]) -> None:
    gate = answer.dose_gate
    assert gate.state == expected.get("gate")
    if "gate_role" in expected:
        assert gate.override_role == (expected["gate_role"] or None)
    if "gate_recheck" in expected:
        assert gate.recheck_minutes == expected["gate_recheck"]
    assert all(words in (gate.reason or "").lower() for words in expected.get("gate_says", ()))


def printed_case() -> dict[str, Any]:
    """A set with everything charted and everything wrong at once."""
    return {
        "patient": {
            "age_years": 44,
            "pregnant": "no",
            "opioid_co_use": "no",
            "alcohol_co_use": "no",
            "benzodiazepine_dependent": "yes",
            "naloxone_available": "yes",
            "spo2_scale": 1,
            "last_cut_on": "2026-11-29",
            "short_acting": "no",
        },
        "history": [],
        "observation": {
            "at": "2026-12-01T08:00:00-05:00",
            "vitals": {
                "respiratory_rate": 16,
                "spo2": 98,
                "on_oxygen": False,
                "systolic": 120,
                "diastolic": 78,
                "pulse": 70,
                "temperature_c": "37.0",
                "acvpu": "A",
            },
            "ciwa_b": {"1": 0, "2": 1, "18": 6, "19": 30, "20": 0, "21": 1, "22": 0},
            "rass": 0,
            "poss": "1",
            "four_at": {"alertness": 0, "amt4": 0, "attention": "untestable", "acute_change": 0},
            "events": [
                {
                    "kind": "seizure",
                    "at": "2026-12-01T07:52:00-05:00",
                    "duration_minutes": 2,
                    "ongoing": False,
                    "recovered": True,
                },
                {"kind": "hallucination", "insight": True, "modality": "visual"},
                {"kind": "fall", "head_strike": "no"},
            ],
            "dose_due": True,
            "not_done": {"reason": "refused"},
        },
    }


def test_the_alert_of_a_set_is_its_highest_finding_and_the_seizure_stands_above_the_rest(judge: Judge) -> None:
    answer = judge(printed_case())
    assert answer.level == 4
    assert answer.alert is not None
    assert answer.alert.rule == "R03"
    assert [finding.level for finding in answer.findings] == sorted(
        (finding.level for finding in answer.findings), reverse=True
    )


def test_the_answer_has_the_agreed_shape(judge: Judge) -> None:
    answer = judge(printed_case()).model_dump(mode="json")
    assert set(answer) == {
        "scores",
        "level",
        "findings",
        "taper",
        "dose_gate",
        "next_due_minutes",
        "not_evaluated",
        "warnings",
    }
    assert set(answer["findings"][0]) == {
        "rule",
        "level",
        "message",
        "action",
        "notify",
        "respond_within_minutes",
        "reassess_within_minutes",
        "taper",
        "source",
        "trigger_evidence",
        "time_evidence",
    }
    assert {"rule": "R27", "missing": ["history"]} in answer["not_evaluated"]
    assert set(answer["dose_gate"]) == {"state", "reason", "recheck_minutes", "override_role"}


def test_rules_that_need_the_ward_clock_are_reported_and_not_called_false(judge: Judge) -> None:
    silent = {entry.rule for entry in judge(printed_case()).not_evaluated}
    assert {"R41", "R42", "R54"} <= silent


def test_without_a_due_dose_the_gate_says_nothing(judge: Judge) -> None:
    case = printed_case()
    del case["observation"]["dose_due"]
    assert judge(case).dose_gate.state is None


def test_level_one_makes_no_alert(judge: Judge) -> None:
    case = printed_case()
    case["observation"] = {"at": "2026-12-01T08:00:00-05:00", "vitals": case["observation"]["vitals"], "events": []}
    case["patient"]["obstetric_plan_recorded"] = "no"
    answer = judge(case)
    assert answer.findings
    assert answer.level == 1
    assert answer.alert is None


def test_continuous_observation_means_the_next_set_is_due_now(judge: Judge) -> None:
    case = printed_case()
    case["observation"] = {"vitals": {"respiratory_rate": 25, "on_oxygen": True, "systolic": 100}}
    answer = judge(case)
    assert next(found for found in answer.findings if found.rule == "R22").reassess_within_minutes == "continuous"
    assert answer.next_due_minutes == 0


def test_a_seizure_told_again_by_the_next_set_is_one_seizure(judge: Judge) -> None:
    case = printed_case()
    seizure = {"kind": "seizure", "at": "2026-12-01T07:00:00-05:00", "recovered": False}
    case["history"] = [{"at": "2026-12-01T07:10:00-05:00", "events": [seizure]}]
    case["observation"]["events"] = [seizure]
    fired = {finding.rule for finding in judge(case).findings}
    assert "R03" in fired
    assert not fired & {"R02", "N06"}


def test_an_event_after_the_set_is_judged_now_and_asked_about(judge: Judge) -> None:
    case = printed_case()
    case["observation"]["events"] = [{"kind": "seizure", "at": "2026-12-01T08:05:00-05:00"}]
    answer = judge(case)
    assert answer.level == 4
    assert [warning.code for warning in answer.warnings] == ["event_after_the_set"]
    assert answer.warnings[0].field == "observation.events.0.at"


def test_an_unusual_vital_is_kept_and_asked_about(judge: Judge) -> None:
    case = printed_case()
    case["observation"]["vitals"]["pulse"] = 171
    assert ("unusual_vital", "observation.vitals.pulse") in [
        (warning.code, warning.field) for warning in judge(case).warnings
    ]


def test_a_climb_over_two_partial_sets_counts_only_what_is_certain(judge: Judge) -> None:
    """Least 12 now against at most 3 + 4 before: a rise of 5 is certain, of 10 it is not."""
    case = printed_case()
    first = {str(number): 0 for number in (*range(1, 18), 20, 21)} | {"1": 3}
    case["history"] = [{"at": "2026-11-30T20:00:00-05:00", "ciwa_b": first}]
    case["observation"]["ciwa_b"] = {"1": 4, "2": 4, "3": 4}
    answer = judge(case)
    assert "R39" not in {finding.rule for finding in answer.findings}
    assert "R39" in {entry.rule for entry in answer.not_evaluated}
