"""Nothing falls between the rules: every event meets one, every value of a scale or reading exactly one band."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from quiet_patient import NOW, QUIET, case_with, ciwa_items, news2_vitals, quiet_observation
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.charting.events import Fall, Hallucination, Seizure
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.conditions import EventTest
from taper_app.protocol_files import load_protocols

LIBRARY = load_protocols()
RULES = LIBRARY.rules
LENGTHS = (None, "0", "0.1", "4.9", "5", "5.1", "60")
STATES = (None, True, False)
#: A seizure is level 4 however it was, a hallucination at least 3; nothing that happens to a patient is routine.
LEAST_LEVEL = {"seizure": 4, "left_against_advice": 4, "hallucination": 3, "fall": 3, "suicidal_thoughts": 3}


def judged(case: dict[str, Any]) -> Assessment:
    return assess(parse_case(case, LIBRARY.vital_limits), RULES, LIBRARY.scales, LIBRARY.vital_limits)


def every_event() -> list[dict[str, Any]]:
    """Each kind with each length and state, told at once, late, very late, or without a time."""
    told: list[dict[str, Any]] = [
        {"kind": "seizure", "duration_minutes": length, "ongoing": ongoing, "recovered": recovered}
        for length, ongoing, recovered in product(LENGTHS, STATES, STATES)
    ]
    told += [
        {"kind": "hallucination", "insight": insight, "modality": modality}
        for insight, modality in product(STATES, (None, "visual", "auditory", "tactile"))
    ]
    told += [{"kind": "fall", "head_strike": answer} for answer in ("yes", "no", "not_assessed")]
    told += [{"kind": kind} for kind in ("vomiting", "suicidal_thoughts", "left_against_advice", "other")]
    ages = (None, timedelta(0), timedelta(hours=23), timedelta(hours=30), timedelta(days=9))
    return [event | ({} if age is None else {"at": (NOW - age).isoformat()}) for event, age in product(told, ages)]


def test_the_kinds_are_all_there_are() -> None:
    kinds = set(EventTest.model_fields["event"].annotation.__args__)  # type: ignore[union-attr]
    assert {event["kind"] for event in every_event()} == kinds
    assert set(Seizure.model_fields) == {"at", "note", "kind", "duration_minutes", "ongoing", "recovered"}
    assert set(Hallucination.model_fields) == {"at", "note", "kind", "insight", "modality"}
    assert set(Fall.model_fields) == {"at", "note", "kind", "head_strike"}


@pytest.mark.parametrize("kind", sorted({event["kind"] for event in every_event()}))
def test_every_event_of_every_length_and_state_meets_a_rule_that_calls_somebody(kind: str) -> None:
    quiet = {finding.rule for finding in judged(case_with({})).findings}
    for event in every_event():
        if event["kind"] != kind:
            continue
        alone = {"observation": {"at": NOW.isoformat(), "events": [event]}}
        for case in (alone, case_with({}, events=[event])):
            answer = judged(case)
            because = [
                found for found in answer.findings if found.level > 1 and found.rule not in quiet and found.notify
            ]
            assert because, event
            assert answer.level >= LEAST_LEVEL.get(kind, 2), event


@pytest.mark.parametrize("kind", ["seizure", "hallucination"])
def test_no_other_finding_takes_such_an_event_off_the_list(kind: str) -> None:
    """Whatever else is charted, a seizure stays level 4 and a hallucination at least 3."""
    for facts in ({"ciwa_b_total": 0}, {"ciwa_b_total": 80}, {"news2_total": 12}, {"rass": -4}, {"rass": 4}):
        for event in every_event():
            if event["kind"] == kind:
                assert judged(case_with(facts, events=[event])).level >= LEAST_LEVEL[kind], (facts, event)


def fired(facts: dict[str, Any]) -> set[str]:
    return {finding.rule for finding in judged(case_with(facts)).findings}


@pytest.mark.parametrize("total", range(81))
def test_every_complete_ciwa_b_meets_exactly_one_rule_of_its_bands(total: int) -> None:
    case = case_with({}) | {"history": []}
    case["observation"]["ciwa_b"] = ciwa_items(total)
    found = {finding.rule for finding in judged(case).findings}
    assert len(found & {"R35", "R36", "R37", "R38"}) == 1


@pytest.mark.parametrize(
    ("total", "highest"),
    [(total, part) for total in range(21) for part in (None, 3) if (part or 0) <= total]
    + [(total, part) for part in (1, 2) for total in range(part, 5)],
)
def test_every_complete_news2_meets_exactly_one_rule_of_the_response_chart(total: int, highest: int | None) -> None:
    case = case_with({}) | {"history": []}
    case["observation"]["vitals"] = news2_vitals(total, highest)
    found = {finding.rule for finding in judged(case).findings}
    assert len(found & {"R22", "R23", "R24", "R25", "R26"}) == 1, (total, highest, found)


@pytest.mark.parametrize(
    ("fact", "values", "rules", "quiet"),
    [
        ("rass", range(-5, 5), {"R13", "R14", "R15", "N17", "N18"}, {0, 1}),
        ("poss", ("S", "1", "2", "3", "4"), {"R16", "R17"}, {"S", "1", "2"}),
        ("four_at_least", range(13), {"N19", "R04"}, {0}),
        ("respiratory_rate", range(0, 60), {"R11", "R12"}, set(range(12, 60))),
        ("pulse", range(0, 251), {"N11", "N11H", "R31", "R30", "R30H"}, set(range(41, 111))),
        ("spo2_scale_2", range(51, 101), {"R19", "N12"}, set(range(88, 101))),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_every_value_meets_exactly_one_rule_of_its_bands_or_none_where_nothing_is_wrong(
    fact: str, values: Any, rules: set[str], quiet: set[Any]
) -> None:
    for value in values:
        found = fired({fact: value}) & rules
        assert len(found) == (0 if value in quiet else 1), (fact, value, found)


def test_each_declared_band_is_met_by_exactly_one_of_its_rules() -> None:
    """The bands that the rule files declare, over every whole value that they share out."""
    shared = [bands for file in LIBRARY.escalation.values() for bands in file.bands]
    assert len(shared) >= 10
    assert {rule for bands in shared for rule in bands.rules} <= {rule.id for rule in RULES.rules}


def test_symptoms_of_each_strength_are_judged_one_way() -> None:
    for symptom in ("tremor", "muscle_cramps", "stomach_cramps", "light", "sound", "touch", "tinnitus", "craving"):
        assert QUIET[symptom] == 0
        levels = [judged(case_with({symptom: strength})).level for strength in range(5)]
        assert levels == [1, 1, 1, 2, 2]


def test_an_event_of_an_earlier_set_is_not_forgotten_by_the_next_one() -> None:
    for event in every_event():
        if event["kind"] != "seizure" or "at" in event:
            continue
        earlier = quiet_observation(NOW - timedelta(hours=3)) | {"events": [event]}
        assert judged(case_with({}, history=[earlier])).level == 4
