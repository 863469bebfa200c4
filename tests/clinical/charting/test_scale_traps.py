"""Mistakes found in the wild (monitoring evidence, "Do not build these"): each is held here against what is right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from taper_app.clinical.charting.case import AssessmentCase, parse_case
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.set_scales import scores_of_set
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.scales import MeasuredItem, Scale, ScoreItem
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
SCALES = PROTOCOLS.scales
SCORED = [str(number) for number in (*range(1, 18), 20, 21, 22)]
WELL: dict[str, Any] = {
    "respiratory_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 120,
    "diastolic": 78,
    "pulse": 70,
    "temperature_c": "37.0",
    "acvpu": "A",
}


def answered(observation: dict[str, Any], **patient: Any) -> Assessment:
    case = parse_case({"patient": patient, "observation": observation}, PROTOCOLS.vital_limits)
    return assess(case, PROTOCOLS.rules, SCALES, PROTOCOLS.vital_limits)


def rules(answer: Assessment) -> set[str]:
    return {finding.rule for finding in answer.findings}


# CIWA-Ar items and bands under the name CIWA-B


def test_ciwa_b_is_the_form_of_twenty_items_from_0_to_4() -> None:
    scale = SCALES["ciwa-b"]
    assert [item.id for item in scale.items_of_total] == SCORED
    assert all((item.lowest_score, item.highest_score) == (0, 4) for item in scale.items_of_total)
    assert (scale.lowest_total, scale.highest_total) == (0, 80)


@pytest.mark.parametrize("alcohol_item", ["nausea", "vomiting", "tactile", "auditory", "orientation"])
def test_no_item_of_the_alcohol_scale_stands_in_ciwa_b(alcohol_item: str) -> None:
    assert not [item.label for item in SCALES["ciwa-b"].items if alcohol_item in item.label.lower()]


@pytest.mark.parametrize("item", ["1", "21"])
def test_an_item_of_5_to_7_as_on_the_alcohol_scale_is_refused(item: str) -> None:
    for score in (5, 6, 7):
        with pytest.raises(InputRefused, match="cannot be more than 4"):
            parse_case({"observation": {"ciwa_b": {item: score}}}, PROTOCOLS.vital_limits)


def test_a_total_typed_in_place_of_the_items_is_refused() -> None:
    for written in (24, {"total": 24}):
        with pytest.raises(InputRefused):
            parse_case({"observation": {"ciwa_b": written}}, PROTOCOLS.vital_limits)


def test_the_bands_of_the_alcohol_mix_are_kept_by_name_and_never_used() -> None:
    scale = SCALES["ciwa-b"]
    assert {other.id for other in scale.other_bands} == {"three-bands", "wikem", "withdrawal-app"}
    for total, used in ((10, "mild"), (20, "mild"), (21, "moderate"), (40, "moderate"), (41, "severe")):
        full = dict.fromkeys(SCORED, 0) | dict.fromkeys(SCORED[: total // 4], 4) | {SCORED[total // 4]: total % 4}
        score = scores_of_set(Observation.model_validate({"ciwa_b": full}), 1, SCALES).ciwa_b
        assert (score.total, score.band) == (total, used)


# Invented CIWA-B items


@pytest.mark.parametrize("invented", ["tinnitus", "ringing", "nightmare", "hallucination", "seizure", "confus"])
def test_no_invented_item_stands_in_ciwa_b(invented: str) -> None:
    assert not [item.label for item in SCALES["ciwa-b"].items if invented in item.label.lower()]


def test_what_ciwa_b_does_not_ask_is_charted_outside_it() -> None:
    answer = answered(
        {
            "ciwa_b": dict.fromkeys(SCORED, 0),
            "events": [{"kind": "hallucination", "insight": True}],
            "signs": {"confusion": "yes"},
        }
    )
    assert answer.scores.ciwa_b.total == 0
    assert {"R04", "R07"} <= rules(answer)


# The NEWS2 sample whose 37.5 scored 1 and whose oxygen scored 1


@pytest.mark.parametrize(
    ("celsius", "score"), [("36.0", 1), ("36.1", 0), ("37.5", 0), ("38.0", 0), ("38.1", 1), ("39.0", 1), ("39.1", 2)]
)
def test_36_1_to_38_0_scores_nothing(celsius: str, score: int) -> None:
    assert answered({"vitals": {**WELL, "temperature_c": celsius}}).scores.news2.parts["temperature"] == score


def test_a_set_with_37_5_and_five_other_points_has_the_total_5_and_not_6() -> None:
    sample = {**WELL, "temperature_c": "37.5", "respiratory_rate": 22, "on_oxygen": True, "systolic": 105}
    score = answered({"vitals": sample}).scores.news2
    assert (score.total, score.parts["temperature"]) == (5, 0)


def test_oxygen_scores_2_and_never_1() -> None:
    assert answered({"vitals": {**WELL, "on_oxygen": True}}).scores.news2.parts["oxygen"] == 2
    assert {choice.score for choice in SCALES["news2"].choice("oxygen").choices} == {0, 2}


# Zero taken for blank


@pytest.mark.parametrize(("field", "part"), [("respiratory_rate", "respiratory_rate"), ("pulse", "pulse")])
def test_zero_breaths_or_beats_score_3_and_are_an_emergency(field: str, part: str) -> None:
    answer = answered({"vitals": {**WELL, field: 0}})
    assert answer.scores.news2.parts[part] == 3
    assert answer.scores.news2.complete
    assert answer.level == 4


def test_a_zero_is_an_answer_on_every_scale() -> None:
    nothing = {
        "ciwa_b": dict.fromkeys(SCORED, 0),
        "four_at": {"alertness": 0, "amt4": 0, "attention": 0, "acute_change": 0},
        "phq9": [0] * 9,
        "gad7": [0] * 7,
        "signs": {"catatonia_signs": 0},
    }
    scores = answered(nothing).scores
    for score in (scores.ciwa_b, scores.four_at, scores.phq9, scores.gad7, scores.catatonia):
        assert score is not None
        assert (score.total, score.complete) == (0, True)


# GAD-7 with "not at all sure"


def test_the_lowest_answer_of_gad7_is_not_at_all() -> None:
    for item in SCALES["gad-7"].items:
        assert isinstance(item, ScoreItem)
        assert item.anchors["0"] == "not at all"


# A score that picks a dose


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.id)
def test_no_scale_file_names_an_amount_of_a_medicine(scale: Scale) -> None:
    written = scale.model_dump_json()
    assert not re.search(r"\d\s*(mg|mcg|ml|tablets?)\b", written, re.IGNORECASE)
    assert not [name for name in PROTOCOLS.medicines if re.search(rf"\b{name}\b", written, re.IGNORECASE)]


@pytest.mark.parametrize("each", range(5))
def test_whatever_ciwa_b_says_the_dose_is_never_chosen_or_changed_by_it(each: int) -> None:
    """A total may suspend a cut and call somebody; it makes no dose larger or smaller and withholds none."""
    answer = answered({"ciwa_b": dict.fromkeys(SCORED, each)})
    assert answer.taper.this_dose.value in ("give", "give_do_not_omit")
    assert not re.search(r"\d\s*mg\b", answer.model_dump_json())


# An incomplete scale with a total


@pytest.mark.parametrize("blank", SCORED)
def test_one_blank_item_leaves_least_and_most_and_no_band(blank: str) -> None:
    score = answered({"ciwa_b": {item: 2 for item in SCORED if item != blank}}).scores.ciwa_b
    assert (score.total, score.band, score.least, score.most, score.missing) == (None, None, 38, 42, (blank,))


def test_a_partial_set_can_raise_and_never_calm() -> None:
    half = dict.fromkeys(SCORED[:11], 4)
    answer = answered({"ciwa_b": half})
    assert answer.scores.ciwa_b.least == 44
    assert "R37" in rules(answer)
    assert "R35" not in rules(answered({"ciwa_b": {"1": 0}}))


# NEWS2 where it is not valid, and the oxygen scale of the few


@pytest.mark.parametrize("patient", [{"pregnant": "yes"}, {"age_years": 15}])
def test_news2_has_no_total_in_pregnancy_or_under_16(patient: dict[str, Any]) -> None:
    score = answered({"vitals": WELL}, **patient).scores.news2
    assert (score.total, set(score.parts.values())) == (None, {None})


@pytest.mark.parametrize("patient", [{"age_years": 16}, {"pregnant": "not_assessed"}, {"pregnant": "no"}, {}])
def test_news2_has_a_total_for_everybody_else(patient: dict[str, Any]) -> None:
    assert answered({"vitals": WELL}, **patient).scores.news2.total == 0


@pytest.mark.parametrize(
    ("spo2", "on_oxygen", "first", "second"),
    [
        (88, False, 3, 0),
        (92, True, 2, 0),
        (93, False, 2, 0),
        (93, True, 2, 1),
        (96, True, 0, 2),
        (97, True, 0, 3),
        (97, False, 0, 0),
        (87, True, 3, 1),
        (83, False, 3, 3),
    ],
)
def test_the_two_oxygen_scales(spo2: int, on_oxygen: bool, first: int, second: int) -> None:
    vitals = {**WELL, "spo2": spo2, "on_oxygen": on_oxygen}
    assert answered({"vitals": vitals}).scores.news2.parts["spo2"] == first
    assert answered({"vitals": vitals}, spo2_scale=2).scores.news2.parts["spo2"] == second


def test_temperature_has_no_3_on_the_hot_side_and_pressure_is_blind_below_220() -> None:
    hot = SCALES["news2"].measured("temperature").bands[-1]
    assert isinstance(SCALES["news2"].item("systolic"), MeasuredItem)
    assert (hot.lowest is not None, hot.score) == (True, 2)
    assert SCALES["news2"].measured("systolic").score_of(219) == 0


# Two wordings compared


def test_scores_of_two_wordings_are_never_compared() -> None:
    low, high = dict.fromkeys(SCORED, 0), dict.fromkeys(SCORED, 1)

    def rising(form: str | None) -> set[str]:
        before = {"at": "2026-12-01T02:00:00Z", "ciwa_b": low} | ({"ciwa_b_form": form} if form else {})
        case = parse_case(
            {"history": [before], "observation": {"at": "2026-12-01T08:00:00Z", "ciwa_b": high}},
            PROTOCOLS.vital_limits,
        )
        assert isinstance(case, AssessmentCase)
        return rules(assess(case, PROTOCOLS.rules, SCALES, PROTOCOLS.vital_limits))

    assert "R39" in rising(None)
    assert "R39" in rising(SCALES["ciwa-b"].form)
    for other in SCALES["ciwa-b"].other_forms:
        assert "R39" not in rising(other.id)


# What the screener leaves out is no answer


def test_questions_3_to_5_of_the_screener_are_null_after_a_no_to_2() -> None:
    written = {"q1": True, "q2": False, "q3": False, "q4": False, "q5": False, "q6_ever": False}
    stored = Observation.model_validate({"cssrs": written}).model_dump(mode="json")["cssrs"]
    assert [stored[question] for question in ("q3", "q4", "q5")] == [None, None, None]
    score = answered({"cssrs": written}).scores.cssrs
    assert score is not None
    assert (score.outcome, score.missing) == ("low", ())


def test_a_yes_to_4_is_heard_even_after_a_no_to_2() -> None:
    answer = answered({"cssrs": {"q1": False, "q2": False, "q4": True, "q6_ever": False}})
    assert "R45" in rules(answer)
    assert answer.scores.cssrs is not None
    assert answer.scores.cssrs.outcome == "high"
