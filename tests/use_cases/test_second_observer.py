"""A second observer's set of the same moment: both are kept, and the difference is shown item by item."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.raters import two_raters
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.use_cases.bedside_view import rater_pairs
from taper_app.use_cases.second_observer import chart_second_observer

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN
ONES = {str(item): 1 for item in (*range(1, 18), 20, 21, 22)}
FIRST = {"ciwa_b": ONES, "rass": 0, "dose_due": False}


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.admitted(ward)


def _second(ward: Any, episode: EpisodeId, first: RecordId, observation: dict[str, Any], **more: Any) -> Any:
    actor = more.pop("by", OTHER_NURSE)
    entry_id = more.pop("entry_id", None) or ward.next_entry()
    return chart_second_observer(ward, actor, episode, first, observation, entry_id=entry_id)


def test_both_sets_are_kept_and_neither_takes_the_others_place(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST, at(1, "10:00"))
    ward.now = at(1, "10:20")
    second = _second(ward, episode, first.record_id, {"ciwa_b": ONES | {"21": 3, "1": 0}, "rass": 1})
    chart = ward.chart(episode)
    assert [charted.record.id for charted in chart.sets] == [first.record_id, second.record_id]
    assert {charted.at for charted in chart.sets} == {at(1, "10:00")}
    assert chart.sets[1].record.recorded_at == at(1, "10:20")
    [pair] = rater_pairs(chart, kit.PROTOCOLS)
    assert {item.path: item.gap for item in pair.compared.differing} == {"ciwa_b.1": -1, "ciwa_b.21": 2, "rass": 1}
    [total] = pair.compared.totals
    assert (total.first.total, total.second.total, total.gap) == (20, 21, 1)


def test_the_second_raters_higher_score_is_no_rise_of_the_patient(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST | {"ciwa_b": dict.fromkeys(ONES, 0)}, at(1, "10:00"))
    second = _second(ward, episode, first.record_id, {"ciwa_b": ONES})
    assert "R39" not in {finding.rule for finding in second.assessment.findings}
    later = ward.observe(episode, FIRST, at(1, "14:00"))
    assert later.assessment.scores.ciwa_b.total == 20


def test_a_rater_who_left_an_item_out_is_not_counted_as_0(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST, at(1, "10:00"))
    without_17 = {number: score for number, score in ONES.items() if number != "17"}
    _second(ward, episode, first.record_id, {"ciwa_b": without_17})
    [pair] = rater_pairs(ward.chart(episode), kit.PROTOCOLS)
    left_out = next(item for item in pair.compared.items if item.path == "ciwa_b.17")
    assert (left_out.first, left_out.second, left_out.gap, left_out.differs) == (1, None, None, False)
    assert pair.compared.totals[0].gap is None


def test_two_wordings_of_the_form_are_never_compared() -> None:
    first = Observation.model_validate({"ciwa_b": {"1": 1, "14": 4}, "ciwa_b_form": "taper-own-words-1", "rass": 0})
    other = Observation.model_validate({"ciwa_b": {"1": 3, "14": 0}, "ciwa_b_form": "another", "rass": 1})
    compared = two_raters(first, other, kit.PROTOCOLS.scales)
    assert compared.other_form
    assert [item.path for item in compared.items] == ["rass"]
    assert compared.totals == ()


def test_the_second_observer_is_somebody_else_and_rates_once(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST, at(1, "10:00"))
    with pytest.raises(NotAllowed, match="somebody else"):
        _second(ward, episode, first.record_id, FIRST, by=NURSE)
    with pytest.raises(NotFound):
        _second(ward, episode, RecordId("nothing"), FIRST)
    with pytest.raises(NotAllowed):
        _second(ward, episode, first.record_id, FIRST, by=kit.PHARMACIST)
    _second(ward, episode, first.record_id, FIRST)
    with pytest.raises(StateConflict, match="rated this set already"):
        _second(ward, episode, first.record_id, FIRST)
    _second(ward, episode, first.record_id, FIRST, by=PHYSICIAN)
    assert ward.count(episode, RecordKind.OBSERVATION) == 3


def test_a_second_submit_adds_nothing_and_a_fault_keeps_nothing(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST, at(1, "10:00"))
    with pytest.raises(InputRefused):
        _second(ward, episode, first.record_id, {"ciwa_b": {"1": 5}})
    assert _second(ward, episode, first.record_id, FIRST, entry_id="s") == _second(
        ward, episode, first.record_id, FIRST, entry_id="s"
    )
    assert ward.count(episode, RecordKind.OBSERVATION) == 2
    assert ward.count(episode, RecordKind.BEDSIDE_ENTRY) == 1


def test_a_corrected_set_stays_beside_the_other(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, FIRST, at(1, "10:00"))
    _second(ward, episode, first.record_id, FIRST)
    slip = FIRST | {"ciwa_b": ONES | {"1": 4}}
    again = ward.observe(episode, slip, at(1, "10:00"), corrects=first.record_id, reason="slip of the finger")
    [pair] = rater_pairs(ward.chart(episode), kit.PROTOCOLS)
    assert pair.first.record.id == again.record_id
    assert {item.path: item.gap for item in pair.compared.differing} == {"ciwa_b.1": -3}
