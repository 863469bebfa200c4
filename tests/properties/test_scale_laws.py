"""Laws of the scales: bands meet exactly, blanks only widen, and the screens agree with the rules."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import ItemScore
from taper_app.clinical.charting.screens import ScreenScore
from taper_app.clinical.charting.set_scales import score_of
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.scales import AnswerItem, Bands, ChoiceItem, MeasuredItem, Scale
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
SCALES = PROTOCOLS.scales
SUMMED = [scale for scale in SCALES.values() if scale.bands]
SCREENS = [scale for scale in SCALES.values() if scale.outcomes]
MEASURED = [item for item in SCALES["news2"].items if isinstance(item, MeasuredItem)]
CITED = {"source": "local-default", "where": "a test"}


def answers_of(scale: Scale) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the scale's items, answered."""
    possible: dict[str, st.SearchStrategy[Any]] = {}
    for item in scale.items:
        if isinstance(item, ChoiceItem):
            possible[item.id] = st.sampled_from([choice.value for choice in item.choices])
        elif isinstance(item, AnswerItem):
            possible[item.id] = st.sampled_from(sorted(item.answers))
    for item in scale.scored_items:
        possible[item.id] = st.integers(item.lowest, item.highest)
    return st.fixed_dictionaries({}, optional=possible)


@given(lengths=st.lists(st.integers(1, 20), min_size=1, max_size=8), start=st.integers(-5, 5), total=st.data())
def test_bands_that_meet_give_each_total_one_name(lengths: list[int], start: int, total: st.DataObject) -> None:
    ranges, lowest = [], start
    for number, length in enumerate(lengths):
        ranges.append({"name": f"band {number}", "lowest": lowest, "highest": lowest + length - 1})
        lowest += length
    bands = Bands.model_validate({**CITED, "ranges": ranges})
    drawn = total.draw(st.integers(start, lowest - 1))
    inside = [band["name"] for band in ranges if int(str(band["lowest"])) <= drawn <= int(str(band["highest"]))]
    assert [bands.name_of(drawn)] == inside


@given(
    lengths=st.lists(st.integers(1, 20), min_size=2, max_size=8),
    shift=st.sampled_from([-3, -2, -1, 1, 2, 3]),
    data=st.data(),
)
def test_bands_that_do_not_meet_are_refused_with_what_is_wrong(
    lengths: list[int], shift: int, data: st.DataObject
) -> None:
    moved = data.draw(st.integers(1, len(lengths) - 1))
    ranges, lowest = [], 0
    for number, length in enumerate(lengths):
        begins = lowest + (shift if number == moved else 0)
        ranges.append({"name": f"band {number}", "lowest": begins, "highest": max(begins, lowest + length - 1)})
        lowest += length
    with pytest.raises(ValidationError, match="close the gap" if shift > 0 else "overlaps"):
        Bands.model_validate({**CITED, "ranges": ranges})


@pytest.mark.parametrize("scale", SUMMED, ids=lambda scale: scale.id)
def test_every_total_of_a_shipped_scale_lies_in_one_band(scale: Scale) -> None:
    assert scale.bands is not None
    for total in range(scale.lowest_total, scale.highest_total + 1):
        assert len([band for band in scale.bands.ranges if band.lowest <= total <= band.highest]) == 1


@pytest.mark.parametrize("item", MEASURED, ids=lambda item: item.id)
@given(reading=st.decimals(0, 500, places=3))
def test_every_reading_lies_in_one_band_and_the_ends_are_the_printed_ones(item: MeasuredItem, reading: Decimal) -> None:
    score = item.score_of(reading)
    on_the_chart = (reading / item.step).to_integral_value(ROUND_CEILING) * item.step
    listed = [
        band.score
        for band in item.bands
        if (band.lowest is None or band.lowest <= on_the_chart)
        and (band.highest is None or on_the_chart <= band.highest)
    ]
    assert listed == [score]


@pytest.mark.parametrize("scale", SUMMED, ids=lambda scale: scale.id)
@given(data=st.data())
def test_answering_one_more_item_only_narrows_what_is_possible(scale: Scale, data: st.DataObject) -> None:
    answers = data.draw(answers_of(scale))
    fewer = {item: answer for item, answer in answers.items() if data.draw(st.booleans())}
    wide, narrow = score_of(scale, fewer), score_of(scale, answers)
    assert isinstance(wide, ItemScore)
    assert isinstance(narrow, ItemScore)
    assert scale.lowest_total <= wide.least <= narrow.least <= narrow.most <= wide.most <= scale.highest_total
    assert set(narrow.missing) <= set(wide.missing)


@pytest.mark.parametrize("scale", SUMMED, ids=lambda scale: scale.id)
@given(data=st.data())
def test_a_band_stands_there_exactly_when_nothing_is_missing(scale: Scale, data: st.DataObject) -> None:
    found = score_of(scale, data.draw(answers_of(scale)))
    assert isinstance(found, ItemScore)
    assert found.complete == (not found.missing) == (found.total is not None) == (found.band is not None)
    if found.complete:
        assert found.least == found.most == found.total


@pytest.mark.parametrize("scale", SCREENS, ids=lambda scale: scale.id)
@given(data=st.data())
def test_a_yes_only_makes_a_screen_more_serious_and_a_blank_is_never_calm(scale: Scale, data: st.DataObject) -> None:
    assert scale.outcomes is not None
    ranks = [outcome.name for outcome in scale.outcomes.ranked] + [scale.outcomes.otherwise]
    answers = data.draw(answers_of(scale))
    found = score_of(scale, answers)
    assert isinstance(found, ScreenScore)
    assert ranks.index(found.most) <= ranks.index(found.least)
    assert found.complete == (found.outcome is not None)
    question = data.draw(st.sampled_from([item.id for item in scale.questions]))
    worse = score_of(scale, {**answers, question: "yes"})
    assert isinstance(worse, ScreenScore)
    assert ranks.index(worse.least) <= ranks.index(found.least)


RULE_OF_ASQ = {"acute positive": "R45", "positive": "R46"}
RULE_OF_CSSRS = {"high": "R45", "moderate": "R47", "low": "R48"}


def _rules(observation: dict[str, Any]) -> set[str]:
    case = AssessmentCase(observation=Observation.model_validate(observation))
    answer = assess(case, PROTOCOLS.rules, SCALES, PROTOCOLS.vital_limits)
    return {finding.rule for finding in answer.findings}


@given(answers=answers_of(SCALES["c-ssrs"]))
def test_the_screener_and_the_rules_say_the_same(answers: dict[str, str]) -> None:
    """High, moderate and low each have their rule; with something missing the rules go by what is certain."""
    found = score_of(SCALES["c-ssrs"], answers)
    assert isinstance(found, ScreenScore)
    rules = _rules({"cssrs": {question: answer == "yes" for question, answer in answers.items()}})
    if found.least != "none":
        assert RULE_OF_CSSRS[found.least] in rules
    if found.most == "none":
        assert not rules & set(RULE_OF_CSSRS.values())


@given(answers=answers_of(SCALES["asq"]))
def test_asq_and_the_rules_say_the_same(answers: dict[str, str]) -> None:
    """Positive with the last question unanswered is treated as acute by a rule of its own."""
    found = score_of(SCALES["asq"], answers)
    assert isinstance(found, ScreenScore)
    rules = _rules({"asq": answers})
    if found.least == "positive":
        assert rules & {"R46", "N13"}
    if found.outcome in RULE_OF_ASQ:
        assert RULE_OF_ASQ[found.outcome] in rules
    if found.most == "negative":
        assert not rules & {"R45", "R46", "N13"}


def test_a_refused_asq_counts_as_positive_and_a_refused_screener_as_no_answer() -> None:
    asq, cssrs = score_of(SCALES["asq"], "refused"), score_of(SCALES["c-ssrs"], "refused")
    assert isinstance(asq, ScreenScore)
    assert isinstance(cssrs, ScreenScore)
    assert (asq.outcome, cssrs.outcome, cssrs.least, cssrs.most) == ("positive", None, "none", "high")
    assert "R46" in _rules({"asq": "refused"})
