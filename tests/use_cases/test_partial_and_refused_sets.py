"""Sets that were not finished or not done: the set stays due, and a refusal is followed by a talk."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.errors import InputRefused, NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId
from taper_app.use_cases.bedside_view import baseline_ciwa_b, changed_since, refusal_talk_due
from taper_app.use_cases.chart_bedside import chart_bedside

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN
CHARGE_NURSE = Actor("charge-1", "C. Li", Role.CHARGE_NURSE, "unit-1")
WELL = kit.WELL | {"dose_due": False}
COMPLETE = {str(item): 0 for item in (*range(1, 18), 20, 21, 22)}
REFUSED = {"not_done": {"reason": "refused"}}


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.admitted(ward)


def _talk(ward: Any, episode: EpisodeId, moment: Any, by: Actor = PHYSICIAN) -> None:
    ward.now = max(ward.now, moment)
    entry = {"kind": "refusal_talk", "said": "tired of questions; agreed on one set in the evening"}
    chart_bedside(ward, by, episode, entry, entry_id=ward.next_entry(), happened_at=moment)


@pytest.mark.parametrize(
    "partial",
    [
        *({"not_done": {"reason": reason}} for reason in ("asleep", "refused", "away", "other")),
        {"vitals": {"pulse": 70}},
        {"vitals": {"pulse": 70}, "not_done": {"reason": "asleep"}},
        kit.WELL | {"not_done": {"reason": "away", "note": "left for the X-ray"}},
        {"ciwa_b": {"1": 0}},
        {"vitals": kit.WELL_VITALS, "ciwa_b": {"1": 0}},
        {"rass": 0},
        {"events": []},
    ],
    ids=str,
)
def test_a_set_that_was_not_finished_stays_due_when_it_was_due(
    partial: dict[str, Any], ward: Any, episode: EpisodeId
) -> None:
    ward.observe(episode, WELL | {"ciwa_b": COMPLETE}, at(1, "08:00"))
    due = ward.chart(episode).next_set_due_at
    ward.observe(episode, partial | {"dose_due": False}, at(1, "11:50"))
    assert ward.chart(episode).next_set_due_at <= due, "brought forward perhaps, never put off"
    ward.observe(episode, WELL | {"ciwa_b": COMPLETE}, at(1, "11:55"))
    assert ward.chart(episode).next_set_due_at > due


def test_what_was_measured_in_a_partial_set_still_raises_the_level(ward: Any, episode: EpisodeId) -> None:
    charted = ward.observe(
        episode, {"vitals": {"respiratory_rate": 8}, "not_done": {"reason": "asleep"}}, at(1, "11:00")
    )
    assert charted.assessment.level == 4


@pytest.mark.parametrize(
    ("before", "hours"),
    [(None, 24), (WELL, 7 * 24), ({"symptoms": {"tremor": 3}}, 24), ({"events": [{"kind": "fall"}]}, 24)],
    ids=["last level not known", "last level 1", "last level 2", "last level 3"],
)
def test_a_refusal_is_followed_by_a_talk_within_a_day_or_a_week(
    before: dict[str, Any] | None, hours: int, ward: Any, episode: EpisodeId
) -> None:
    if before:
        ward.observe(episode, before, at(1, "08:00"))
    ward.observe(episode, REFUSED, at(1, "12:00"))
    due = refusal_talk_due(ward.chart(episode), kit.PROTOCOLS)
    assert due is not None
    assert (due.by - at(1, "12:00")).total_seconds() / 3600 == hours


@pytest.mark.parametrize("reason", ["asleep", "away", "other"])
def test_asleep_or_away_is_no_refusal(reason: str, ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, {"not_done": {"reason": reason}}, at(1, "12:00"))
    assert refusal_talk_due(ward.chart(episode), kit.PROTOCOLS) is None


def test_the_first_refusal_that_nobody_talked_about_sets_the_time(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, REFUSED, at(1, "12:00"))
    ward.observe(episode, REFUSED, at(1, "18:00"))
    due = refusal_talk_due(ward.chart(episode), kit.PROTOCOLS)
    assert (due.by, due.refused, due.first_refused_at) == (at(2, "12:00"), 2, at(1, "12:00"))
    _talk(ward, episode, at(1, "19:00"))
    assert refusal_talk_due(ward.chart(episode), kit.PROTOCOLS) is None
    ward.observe(episode, REFUSED, at(2, "08:00"))
    assert refusal_talk_due(ward.chart(episode), kit.PROTOCOLS).refused == 1


def test_a_later_set_does_not_take_the_talk_away(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, REFUSED, at(1, "12:00"))
    ward.observe(episode, WELL, at(1, "16:00"))
    assert refusal_talk_due(ward.chart(episode), kit.PROTOCOLS)


def test_the_talk_is_the_nurse_in_charges_or_a_physicians(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, REFUSED, at(1, "12:00"))
    with pytest.raises(NotAllowed, match="charge nurse or physician"):
        _talk(ward, episode, at(1, "13:00"), by=NURSE)
    _talk(ward, episode, at(1, "13:00"), by=CHARGE_NURSE)
    assert refusal_talk_due(ward.chart(episode), kit.PROTOCOLS) is None


def test_the_baseline_is_missing_until_a_ciwa_b_is_complete(ward: Any, episode: EpisodeId) -> None:
    assert baseline_ciwa_b(ward.chart(episode)).charted_at is None
    ward.observe(episode, WELL | {"ciwa_b": kit.DAY_3_CIWA_B}, at(1, "07:30"))
    assert baseline_ciwa_b(ward.chart(episode)).charted_at is None, "one item is missing"
    ward.observe(episode, WELL | {"ciwa_b": COMPLETE}, at(1, "07:40"))
    assert baseline_ciwa_b(ward.chart(episode)).charted_at == at(1, "07:40")


def test_a_baseline_after_the_first_cut_says_so(ward: Any, episode: EpisodeId) -> None:
    kit.with_signed_plan(ward, episode)
    found = baseline_ciwa_b(ward.chart(episode))
    assert (found.charted_at, found.cut_at) == (None, at(1, "08:00"))
    ward.observe(episode, WELL | {"ciwa_b": COMPLETE}, at(1, "09:00"))
    assert baseline_ciwa_b(ward.chart(episode)).is_late


def test_what_others_charted_since_a_page_was_drawn_is_known(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, WELL, at(1, "08:00"))
    seen_at = ward.now
    ward.observe(episode, WELL, at(1, "09:00"), by=OTHER_NURSE, entry_id="his")
    ward.observe(episode, WELL, at(1, "10:00"), entry_id="hers")
    chart = ward.chart(episode)
    assert "his" in {record.id for record in changed_since(chart, seen_at)}
    others = {record.author.user_id for record in changed_since(chart, seen_at, other_than=NURSE.user_id)}
    assert others == {OTHER_NURSE.user_id}
    assert changed_since(chart, ward.now) == []


@pytest.mark.parametrize(
    ("observation", "field", "says"),
    [
        ({"vitals": {"spo2": 101}}, "vitals.spo2", "SpO2 101 % is impossible"),
        ({"vitals": {"systolic": 78, "diastolic": 120}}, "vitals.diastolic", "measure again or swap the two"),
        ({"vitals": {"temperature_c": "98.6"}}, "vitals.temperature_c", "it looks like °F"),
        ({"vitals": {"temperature_f": "37"}}, "vitals.temperature_f", "it looks like °C"),
        ({"ciwa_b": {"3": 5}}, "ciwa_b.3", "it cannot be more than 4"),
        ({"ciwa_b": 28}, "ciwa_b", "CIWA-B is charted item by item"),
        ({"ciwa_b": "28"}, "ciwa_b", "that of CIWA-Ar least of all"),
        ({"not_done": {"reason": "refused", "note": "x" * 100_000}}, "not_done.note", "at most 2000 characters"),
        ({"not_done": {"reason": "refused", "note": "no\u0000"}}, "not_done.note", "without control characters"),
        ({"events": [{"kind": "fall", "note": "\u202e gm 5"}]}, "events.0.note", "without control characters"),
        ({"not_done": {"reason": "tired"}}, "not_done.reason", "choose"),
    ],
    ids=[
        "SpO2 101",
        "diastolic above systolic",
        "98.6 typed as °C",
        "37 typed as °F",
        "a CIWA-B item of 5",
        "a CIWA-Ar total typed as CIWA-B",
        "the same as text",
        "a note of 100,000 characters",
        "a note with NUL",
        "a note that turns the direction of the line",
        "a reason that is none of the four",
    ],
)
def test_bad_input_is_refused_by_its_field_with_the_fix(
    observation: dict[str, Any], field: str, says: str, ward: Any, episode: EpisodeId
) -> None:
    with pytest.raises(InputRefused) as refused:
        ward.observe(episode, observation, at(1, "10:00"))
    assert [fault.field for fault in refused.value.faults] == [field]
    assert says in refused.value.faults[0].message
    assert ward.chart(episode).sets == []


def test_emoji_and_right_to_left_marks_are_kept_exactly(ward: Any, episode: EpisodeId) -> None:
    typed = "said 🙅 \u200fلا\u200f twice"
    ward.observe(episode, {"not_done": {"reason": "refused", "note": typed}}, at(1, "10:00"))
    assert ward.chart(episode).sets[0].observation.not_done.note == typed
