"""Every threshold of every scale file, exactly at it and one step to each side: the cases are made from the files.

What a total, a reading or an answer should give is written here a second time, from the printed tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import NEWS2_PARTS, ItemScore
from taper_app.clinical.charting.set_scales import score_of, scores_of_set
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.scales import ChoiceItem, MeasuredItem, Scale
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
SCALES = PROTOCOLS.scales
#: The bands as their sources print them, typed in again: the last total of each.
PRINTED = {
    "ciwa-b": {"none": 0, "mild": 20, "moderate": 40, "severe": 60, "very severe": 80},
    "four-at": {"unlikely": 0, "impairment possible": 3, "delirium possible": 12},
    "phq-9": {"minimal": 4, "mild": 9, "moderate": 14, "moderately severe": 19, "severe": 27},
    "gad-7": {"minimal": 4, "mild": 9, "moderate": 14, "severe": 21},
    "catatonia": {"not positive": 1, "positive": 14},
    "sds": {"not positive": 6, "positive": 15},
}


def band_as_printed(scale: str, total: int) -> str:
    return next(name for name, last in PRINTED[scale].items() if total <= last)


def answers_with_total(scale: Scale, total: int) -> dict[str, object]:
    """Answers to every item that sum to ``total``; each item takes as much as it can, the coarsest first."""
    answers: dict[str, object] = {}
    left = total - scale.lowest_total
    for item in sorted(scale.items_of_total, key=lambda item: -item.highest_score):
        if isinstance(item, ChoiceItem):
            fitting = [choice for choice in item.choices if choice.score - item.lowest_score <= left]
            best = max(fitting, key=lambda choice: choice.score)
            answers[item.id], left = best.value, left - (best.score - item.lowest_score)
        else:
            taken = min(left, item.highest - item.lowest)
            answers[item.id], left = item.lowest + taken, left - taken
    assert left == 0, f"{scale.id} has no answers with the total {total}"
    return answers


def totals_at_the_edges() -> Iterator[tuple[str, int]]:
    """Each band's first and last total, and those one beside them."""
    for scale in SCALES.values():
        if scale.bands is None:
            continue
        edges = {end for band in scale.bands.ranges for end in (band.lowest, band.highest)}
        near = {edge + step for edge in edges for step in (-1, 0, 1)}
        for total in sorted(near):
            if scale.lowest_total <= total <= scale.highest_total:
                yield scale.id, total


def readings_at_the_edges() -> Iterator[tuple[str, Decimal, int]]:
    """Each band's ends of each vital sign, one step beside them, and the score that the band says."""
    for item in SCALES["news2"].items:
        if not isinstance(item, MeasuredItem):
            continue
        for band in item.bands:
            for end in (band.lowest, band.highest):
                for reading in () if end is None else (end - item.step, end, end + item.step):
                    yield item.id, reading, score_as_listed(item, reading)


def score_as_listed(item: MeasuredItem, reading: Decimal) -> int:
    inside = [
        band.score
        for band in item.bands
        if (band.lowest is None or band.lowest <= reading) and (band.highest is None or reading <= band.highest)
    ]
    assert len(inside) == 1, f"{item.id} {reading} lies in {len(inside)} bands"
    return inside[0]


@pytest.mark.parametrize(("scale", "total"), list(totals_at_the_edges()))
def test_a_total_at_just_below_and_just_above_a_threshold_has_the_printed_band(scale: str, total: int) -> None:
    found = score_of(SCALES[scale], answers_with_total(SCALES[scale], total))
    assert isinstance(found, ItemScore)
    assert (found.total, found.band) == (total, band_as_printed(scale, total))


def test_every_scale_with_bands_was_typed_in_again() -> None:
    assert set(PRINTED) == {scale.id for scale in SCALES.values() if scale.bands}


FIELD_OF = {"spo2_scale_1": "spo2", "spo2_scale_2_air": "spo2", "spo2_scale_2_oxygen": "spo2"}
WELL = {"respiratory_rate": 16, "spo2": 98, "on_oxygen": False, "systolic": 120, "pulse": 70, "acvpu": "A"}


@pytest.mark.parametrize(("item", "reading", "score"), list(readings_at_the_edges()))
def test_a_reading_at_just_below_and_just_above_a_threshold_scores_what_its_band_says(
    item: str, reading: Decimal, score: int
) -> None:
    field = FIELD_OF.get(item, item)
    on_oxygen = item == "spo2_scale_2_oxygen"
    typed = str(reading) if item == "temperature" else int(reading)
    vitals = {**WELL, "temperature_c": "37.0", "on_oxygen": on_oxygen, NEWS2_PARTS[field]: typed}
    spo2_scale = 2 if "scale_2" in item else 1
    found = scores_of_set(Observation.model_validate({"vitals": vitals}), spo2_scale, SCALES).news2
    assert found.parts[field] == score
    assert found.total == sum(part for part in found.parts.values() if part is not None)


def news2_set(total: int) -> Observation:
    """Vitals of that NEWS2 without a single 3 as long as the total allows it."""
    by_part = {"respiratory_rate": (16, 21), "pulse": (70, 111), "temperature_c": ("37.0", "39.1"), "spo2": (98, 92)}
    vitals: dict[str, object] = {**WELL, "temperature_c": "37.0"}
    for field, (_well, two_points) in by_part.items():
        if total >= 2:
            vitals[field], total = two_points, total - 2
    if total:
        vitals["systolic"] = 110
    return Observation.model_validate({"vitals": vitals})


@pytest.mark.parametrize(
    ("total", "rule"), [(0, "R26"), (1, "R25"), (4, "R25"), (5, "R23"), (6, "R23"), (7, "R22"), (8, "R22")]
)
def test_news2_totals_at_the_thresholds_of_the_response(total: int, rule: str) -> None:
    observation = news2_set(total)
    assert scores_of_set(observation, 1, SCALES).news2.total == total
    answer = assess(AssessmentCase(observation=observation), PROTOCOLS.rules, SCALES, PROTOCOLS.vital_limits)
    assert {finding.rule for finding in answer.findings} & {"R22", "R23", "R25", "R26"} == {rule}


@pytest.mark.parametrize(
    ("answer", "rules"), [("S", set()), ("1", set()), ("2", set()), ("3", {"R16"}), ("4", {"R17", "R20"})]
)
def test_each_poss_state_has_its_action_level(answer: str, rules: set[str]) -> None:
    found = assess(
        AssessmentCase(observation=Observation.model_validate({"poss": answer})),
        PROTOCOLS.rules,
        SCALES,
        PROTOCOLS.vital_limits,
    )
    assert {finding.rule for finding in found.findings} & {"R16", "R17", "R20"} == rules


@pytest.mark.parametrize(
    ("rass", "rule"),
    [(-5, "R15"), (-4, "R15"), (-3, "R15"), (-2, "R13"), (-1, "R14"), (0, None), (1, None), (2, "N18"), (3, "N17")],
)
def test_each_rass_state_has_its_rule(rass: int, rule: str | None) -> None:
    found = assess(
        AssessmentCase(observation=Observation.model_validate({"rass": rass})),
        PROTOCOLS.rules,
        SCALES,
        PROTOCOLS.vital_limits,
    )
    fired = {finding.rule for finding in found.findings} & {"R13", "R14", "R15", "N17", "N18"}
    assert fired == ({rule} if rule else set())


@pytest.mark.parametrize(("signs", "is_positive"), [(0, False), (1, False), (2, True), (14, True), (99, True)])
def test_two_signs_of_catatonia_are_positive(signs: int, is_positive: bool) -> None:
    observation = Observation.model_validate({"signs": {"catatonia_signs": signs}})
    score = scores_of_set(observation, 1, SCALES).catatonia
    assert score is not None
    assert (score.band == "positive") == is_positive
    found = assess(AssessmentCase(observation=observation), PROTOCOLS.rules, SCALES, PROTOCOLS.vital_limits)
    assert ("R09" in {finding.rule for finding in found.findings}) == is_positive
