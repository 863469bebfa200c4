"""CIWA-B, 4AT, PHQ-9 and GAD-7: what is in the total, and what a blank does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.charting.observation import Asq, CiwaB, Cssrs, FourAt, Observation
from taper_app.clinical.charting.scores import ciwa_b, four_at, questionnaire, suicide_screen_answered
from taper_app.clinical.protocol.scales import AnswerItem, NumberItem, Scale, ScoreItem
from taper_app.protocol_files import load_protocols

SCALES = load_protocols().scales
SCORED = [str(number) for number in (*range(1, 18), 20, 21, 22)]


def full(score: int) -> dict[str, int]:
    return dict.fromkeys(SCORED, score)


def test_ciwa_b_has_twenty_scored_items_of_four_and_two_numbers_outside_the_total() -> None:
    scale = SCALES["ciwa-b"]
    assert [item.id for item in scale.scored_items] == SCORED
    assert scale.highest_total == 80
    assert [item.id for item in scale.items if isinstance(item, NumberItem)] == ["18", "19"]


def test_ciwa_b_has_no_alcohol_item_and_no_invented_one() -> None:
    labels = " ".join(item.label.lower() for item in SCALES["ciwa-b"].items)
    for foreign in ("nausea", "vomit", "tactile", "auditory", "tinnitus", "nightmare", "hallucination", "seizure"):
        assert foreign not in labels


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "none"),
        (1, "mild"),
        (20, "mild"),
        (21, "moderate"),
        (40, "moderate"),
        (41, "severe"),
        (60, "severe"),
        (61, "very severe"),
        (80, "very severe"),
    ],
)
def test_the_bands_of_ciwa_b_meet(total: int, band: str) -> None:
    scores = dict.fromkeys(SCORED[: total // 4], 4) | ({SCORED[total // 4]: total % 4} if total % 4 else {})
    found = ciwa_b(CiwaB.of_scores({**full(0), **scores}), SCALES["ciwa-b"])
    assert (found.total, found.band) == (total, band)


def test_sleep_numbers_do_not_count_and_are_not_missed() -> None:
    without = ciwa_b(CiwaB.of_scores(full(1)), SCALES["ciwa-b"])
    with_sleep = ciwa_b(
        CiwaB(**CiwaB.of_scores(full(1)).model_dump(by_alias=True, exclude_none=True) | {"18": "3.5", "19": "45"}),
        SCALES["ciwa-b"],
    )
    assert with_sleep == without
    assert without.total == 20


@pytest.mark.parametrize("item", SCORED)
def test_one_blank_item_takes_total_and_band_away(item: str) -> None:
    scores = full(2)
    del scores[item]
    found = ciwa_b(CiwaB.of_scores(scores), SCALES["ciwa-b"])
    assert (found.total, found.band, found.least, found.most, found.missing) == (None, None, 38, 42, (item,))


def test_the_two_sleep_questions_are_turned_from_the_printed_direction() -> None:
    reversed_items = {item.id: item for item in SCALES["ciwa-b"].scored_items if item.reversed}
    assert set(reversed_items) == {"12", "14"}
    assert [reversed_items["12"].score_of_printed(printed) for printed in range(5)] == [4, 3, 2, 1, 0]
    assert SCALES["ciwa-b"].scored_items[0].score_of_printed(3) == 3


def test_every_scale_of_scores_accepts_what_the_observation_accepts() -> None:
    assert all(item.lowest == 0 and item.highest == 4 for item in SCALES["ciwa-b"].scored_items)
    assert all(item.highest == 3 for name in ("phq-9", "gad-7") for item in SCALES[name].scored_items)


def test_untestable_scores_two_in_the_4at() -> None:
    found = four_at(FourAt(alertness=0, amt4="untestable", attention="untestable", acute_change=0), SCALES["four-at"])
    assert (found.total, found.band) == (4, "delirium possible")


def test_a_blank_4at_is_between_nothing_and_everything() -> None:
    found = four_at(None, SCALES["four-at"])
    assert (found.total, found.least, found.most) == (None, 0, 12)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_phq9_is_the_sum_of_nine(answers: list[int]) -> None:
    assert questionnaire(answers, SCALES["phq-9"]).total == sum(answers)


@pytest.mark.parametrize(("total", "band"), [(4, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")])
def test_gad7_bands(total: int, band: str) -> None:
    answers = [min(3, max(0, total - 3 * index)) for index in range(7)]
    assert questionnaire(answers, SCALES["gad-7"]).band == band


def test_the_least_answer_of_gad7_is_not_at_all() -> None:
    first = SCALES["gad-7"].items[0]
    assert isinstance(first, ScoreItem)
    assert first.anchors["0"] == "not at all"


def test_a_scale_that_needs_a_permission_is_switched_off() -> None:
    assert {scale.id for scale in SCALES.values() if not scale.enabled} == {"poss", "c-ssrs"}
    assert {scale.id for scale in SCALES.values() if scale.licence.permission_needed} == {"poss", "c-ssrs"}


def test_rass_runs_from_minus_five_to_plus_four() -> None:
    item = SCALES["rass"].items[0]
    assert isinstance(item, ScoreItem)
    assert sorted(int(value) for value in item.anchors) == list(range(-5, 5))


def test_asq_has_five_questions() -> None:
    assert [item.id for item in SCALES["asq"].items if isinstance(item, AnswerItem)] == ["q1", "q2", "q3", "q4", "q5"]


def test_a_refused_or_blank_screen_is_not_an_answered_one() -> None:
    assert not suicide_screen_answered(Observation(asq="refused", cssrs="refused"))
    assert not suicide_screen_answered(Observation(asq=Asq(), cssrs=Cssrs()))
    assert suicide_screen_answered(Observation(cssrs=Cssrs(q1=False, q2=False)))


def test_bands_with_a_gap_are_refused(scales: Mapping[str, Scale]) -> None:
    content = scales["ciwa-b"].model_dump(mode="json")
    content["bands"]["ranges"][2]["lowest"] = 22
    with pytest.raises(ValueError, match="moderate begins at 22, not 21"):
        Scale.model_validate(content)


def test_bands_that_leave_totals_out_are_refused(scales: Mapping[str, Scale]) -> None:
    content = scales["ciwa-b"].model_dump(mode="json")
    content["bands"]["ranges"][-1]["highest"] = 79
    with pytest.raises(ValueError, match="totals run from 0 to 80"):
        Scale.model_validate(content)


def test_hours_of_sleep_keep_their_half() -> None:
    assert CiwaB.model_validate({"18": "6.5"}).hours_slept == Decimal("6.5")
