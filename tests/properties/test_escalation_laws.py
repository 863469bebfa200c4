"""Laws of the rules: the order of telling changes nothing, worse is never less, and a partial set lowers nothing."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import charting_ward as kit
from assessment_strategies import AT, ITEMS, cases, events
from quiet_patient import case_with, ciwa_items, quiet_observation
from taper_app.clinical.charting.case import AssessmentCase, parse_case
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.why import whys
from taper_app.protocol_files import load_protocols
from taper_app.use_cases.alerts import resolve_alert

LIBRARY = load_protocols()
RULES, SCALES, LIMITS = LIBRARY.rules, LIBRARY.scales, LIBRARY.vital_limits
NOW = datetime.fromisoformat(AT)
MANY = settings(max_examples=150, deadline=None)


def judged(case: dict[str, Any]) -> Assessment:
    return assess(parse_case(case, LIMITS), RULES, SCALES, LIMITS)


def history_of_a_bad_week() -> list[dict[str, Any]]:
    """Sets with seizures (also told again, at the same moment, without a time), rising scores and delayed doses."""
    told = []
    for place in range(24):
        at = NOW - timedelta(hours=4 * (place + 1), minutes=place)
        observation = quiet_observation(at)
        observation["ciwa_b"] = {item: (place + number) % 3 for number, item in enumerate(ITEMS)}
        observation["vitals"]["pulse"] = 70 + 3 * (24 - place)
        observation["rass"] = (place % 4) - 2
        observation["doses"]["withheld_or_missed_24h"] = place % 2
        told.append(observation)
    told[0]["events"] = [{"kind": "seizure", "recovered": True}, {"kind": "seizure", "recovered": False}]
    told[1]["events"] = [
        {"kind": "seizure", "at": told[1]["at"], "duration_minutes": 2},
        {"kind": "hallucination", "insight": False},
        {"kind": "fall", "head_strike": "yes"},
        {"kind": "vomiting"},
    ]
    told[2]["events"] = [{"kind": "seizure", "at": told[1]["at"], "duration_minutes": 2}, {"kind": "suicidal_thoughts"}]
    return told


def test_a_thousand_shuffles_of_one_history_give_the_same_answer_for_the_same_reasons() -> None:
    observation = quiet_observation(NOW) | {
        "events": [{"kind": "vomiting"}, {"kind": "seizure", "recovered": True}, {"kind": "seizure"}, {"kind": "fall"}]
    }
    observation["ciwa_b"] = ciwa_items(45)
    observation["vitals"]["pulse"] = 135
    draw = Random(20270111)
    history = [Observation.model_validate(told) for told in history_of_a_bad_week()]
    patient, now = parse_case(case_with({}), LIMITS).patient, Observation.model_validate(observation)

    def shuffled(told: Observation) -> Observation:
        return told.model_copy(update={"events": tuple(draw.sample(told.events or (), len(told.events or ())))})

    def answer(told: list[Observation], newest: Observation) -> tuple[Assessment, Any]:
        case = AssessmentCase(patient=patient, history=tuple(told), observation=newest)
        because = {rule: set(reasons) for rule, reasons in whys(case, RULES, SCALES).items()}
        return assess(case, RULES, SCALES, LIMITS), because

    first = answer(history, now)
    assert len(first[0].findings) > 6
    for _ in range(1000):
        told = [shuffled(each) for each in draw.sample(history, len(history))]
        assert answer(told, shuffled(now)) == first


# --- worse is never less

Change = Callable[[dict[str, Any], st.DataObject], None]


def _further(low: int, high: int, middle: tuple[int, int]) -> Callable[[int, st.DataObject], int]:
    """A value at least as far from what is normal, on the same side; from the middle to either side."""

    def draw(value: int, data: st.DataObject) -> int:
        if value < middle[0]:
            return data.draw(st.integers(low, value))
        if value > middle[1]:
            return data.draw(st.integers(value, high))
        return data.draw(st.integers(low, high).filter(lambda each: not middle[0] <= each <= middle[1]))

    return draw


#: Between these NEWS2 scores nothing and no rule fires.
_FURTHER = {
    "respiratory_rate": _further(0, 59, (12, 20)),
    "systolic": _further(61, 300, (111, 159)),
    "pulse": _further(0, 250, (51, 90)),
}


def _vital(name: str) -> Change:
    def worsen(observation: dict[str, Any], data: st.DataObject) -> None:
        if observation["vitals"][name] is not None:
            observation["vitals"][name] = _FURTHER[name](observation["vitals"][name], data)

    return worsen


def _hotter(observation: dict[str, Any], data: st.DataObject) -> None:
    given_now = observation["vitals"]["temperature_c"]
    if given_now is None:
        return
    tenths = int(given_now.replace(".", ""))
    hotter = data.draw(st.integers(tenths, 449) if tenths > 360 else st.integers(271, tenths))
    observation["vitals"]["temperature_c"] = f"{hotter // 10}.{hotter % 10}"


def _less_oxygen(observation: dict[str, Any], data: st.DataObject) -> None:
    spo2 = observation["vitals"]["spo2"]
    if spo2 is not None and spo2 < 93:
        observation["vitals"]["spo2"] = data.draw(st.integers(51, spo2))


def _less_awake(observation: dict[str, Any], data: st.DataObject) -> None:
    """A, V, P, U; or newly confused. From confused to drowsy is no step: other rules ask for each."""
    order = {"A": "ACVPU", "C": "CPU", "V": "VPU", "P": "PU", "U": "U"}
    if observation["vitals"]["acvpu"]:
        observation["vitals"]["acvpu"] = data.draw(st.sampled_from(order[observation["vitals"]["acvpu"]]))


def _further_from_calm(observation: dict[str, Any], data: st.DataObject) -> None:
    rass = observation["rass"]
    if rass is not None and rass != 0:
        observation["rass"] = data.draw(st.integers(-5, rass) if rass < 0 else st.integers(rass, 4))


def _more_sedated(observation: dict[str, Any], data: st.DataObject) -> None:
    if observation["poss"] in ("1", "2", "3"):
        observation["poss"] = data.draw(st.sampled_from([each for each in "1234" if each >= observation["poss"]]))


def _more_signs(observation: dict[str, Any], data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(ITEMS))
    if item in observation["ciwa_b"]:
        observation["ciwa_b"][item] = data.draw(st.integers(observation["ciwa_b"][item], 4))


def _stronger_symptom(observation: dict[str, Any], data: st.DataObject) -> None:
    for symptom, strength in observation["symptoms"].items():
        observation["symptoms"][symptom] = data.draw(st.integers(strength, 4))


def _one_event_more(observation: dict[str, Any], data: st.DataObject) -> None:
    observation["events"] = [*(observation["events"] or []), data.draw(events)]


def _a_longer_or_darker_event(observation: dict[str, Any], data: st.DataObject) -> None:
    for event in observation["events"] or []:
        if event["kind"] == "seizure":
            event.update(recovered=data.draw(st.sampled_from([event["recovered"], None, False])))
            if event["duration_minutes"] is not None:
                event["duration_minutes"] = data.draw(st.integers(event["duration_minutes"], 60))
        if event["kind"] == "hallucination":
            event["insight"] = data.draw(st.sampled_from([event["insight"], None, False]))


WORSE: dict[str, Change] = {
    **{name: _vital(name) for name in _FURTHER},
    "temperature": _hotter,
    "oxygen": _less_oxygen,
    "alertness": _less_awake,
    "RASS": _further_from_calm,
    "POSS": _more_sedated,
    "CIWA-B": _more_signs,
    "symptoms": _stronger_symptom,
    "event": _one_event_more,
    "event's course": _a_longer_or_darker_event,
}


@pytest.mark.parametrize("worsen", WORSE.values(), ids=WORSE)
@MANY
@given(case=cases, data=st.data())
def test_a_worse_observation_never_lowers_the_level(worsen: Change, case: dict[str, Any], data: st.DataObject) -> None:
    worse = deepcopy(case)
    worsen(worse["observation"], data)
    assert judged(worse).level >= judged(case).level


@MANY
@given(case=cases, data=st.data())
def test_a_worse_set_after_it_never_lowers_the_level(case: dict[str, Any], data: st.DataObject) -> None:
    """The same set again an hour later, worse in some ways and better in none."""
    worse = deepcopy(case)
    for worsen in WORSE.values():
        if data.draw(st.booleans()):
            worsen(worse["observation"], data)
    worse["history"] = [case["observation"] | {"at": (NOW - timedelta(hours=1)).isoformat()}]
    assert judged(worse).level >= judged(case).level


# --- a partial set lowers nothing


def _leave_out(observation: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    left = deepcopy(observation)
    for name in left["vitals"]:
        if data.draw(st.booleans()):
            left["vitals"][name] = None
    left["ciwa_b"] = {item: score for item, score in left["ciwa_b"].items() if data.draw(st.booleans())}
    return left


@MANY
@given(case=cases, data=st.data())
def test_what_a_partial_set_finds_by_scores_the_whole_set_finds_too(case: dict[str, Any], data: st.DataObject) -> None:
    """The least possible total never lies above what the finished set will show, so nothing has to be taken back."""
    part = judged({**case, "observation": _leave_out(case["observation"], data)})
    whole = judged(case)
    by_score = ("R22", "R23", "R36", "R37", "R38", "R53")

    def gravest(answer: Assessment) -> int:
        return max((found.level for found in answer.findings if found.rule in by_score), default=1)

    assert gravest(part) <= gravest(whole)
    assert part.scores.ciwa_b.least <= whole.scores.ciwa_b.least


FULL_SETS = st.sampled_from([0, 24, 45, 70])
PARTS = st.sampled_from(
    [
        {"vitals": {"pulse": 70}},
        {"ciwa_b": {"1": 0}},
        {"rass": 0},
        {"events": []},
        {"not_done": {"reason": "refused"}},
        {"not_done": {"reason": "asleep"}, "vitals": {"respiratory_rate": 16}},
    ]
)


@settings(max_examples=25, deadline=None)
@given(total=FULL_SETS, parts=st.lists(PARTS, min_size=1, max_size=4), resolved=st.booleans())
def test_a_partial_set_never_lowers_the_risk_that_the_board_shows(
    total: int, parts: list[dict[str, Any]], resolved: bool
) -> None:
    ward = kit.new_ward()
    episode = kit.admitted(ward)
    ward.observe(episode, kit.WELL | {"ciwa_b": ciwa_items(total), "dose_due": False}, kit.at(1, "08:00"))
    if resolved:
        for alert in ward.chart(episode).alerts:
            resolve_alert(ward, kit.PHYSICIAN, episode, alert.id, "seen and treated", entry_id=f"{alert.id}-resolved")
    shown = ward.chart(episode).row.level
    for place, part in enumerate(parts):
        ward.observe(episode, part | {"dose_due": False}, kit.at(1, f"{9 + place:02d}:00"))
        row = ward.chart(episode).row
        assert row.level >= shown, (part, row.headline)
        shown = row.level
