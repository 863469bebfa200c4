"""What a chart says by the clock of a late set, and what an alert keeps of why it was raised."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from quiet_patient import ciwa_items
from taper_app.clinical.records import EpisodeId
from taper_app.use_cases.alerts import resolve_alert
from taper_app.use_cases.overdue import overdue_set

at = kit.at
WELL = kit.WELL | {"dose_due": False, "ciwa_b": ciwa_items(0)}


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.admitted(ward)


def late(ward: Any, episode: EpisodeId, moment: Any) -> list[tuple[str, int]]:
    ward.now = moment
    return [(finding.rule, finding.level) for finding in overdue_set(ward, ward.chart(episode))]


def test_a_new_patient_without_a_set_is_told_of_after_an_hour(ward: Any, episode: EpisodeId) -> None:
    assert late(ward, episode, at(1, "08:00")) == []
    assert late(ward, episode, at(1, "08:01")) == [("R42", 2)]


def test_after_a_quiet_set_a_quarter_of_the_interval_is_waited(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, WELL, at(1, "08:00"))
    assert ward.chart(episode).next_set_due_at == at(1, "12:00")
    assert late(ward, episode, at(1, "13:00")) == []
    assert late(ward, episode, at(1, "13:01")) == [("R42", 2)]


def test_after_a_serious_set_the_prescriber_is_told_and_a_partial_one_changes_nothing(
    ward: Any, episode: EpisodeId
) -> None:
    ward.observe(episode, WELL | {"ciwa_b": ciwa_items(45)}, at(1, "08:00"))
    assert ward.chart(episode).next_set_due_at == at(1, "10:00")
    assert late(ward, episode, at(1, "11:01")) == [("R41", 3)]
    ward.observe(episode, {"vitals": {"pulse": 70}, "dose_due": False}, at(1, "11:02"))
    assert late(ward, episode, at(1, "11:03")) == [("R41", 3)]
    ward.observe(episode, WELL, at(1, "11:05"))
    assert late(ward, episode, at(1, "11:06")) == []


def test_a_partial_set_lowers_nothing_on_the_board_even_after_the_alert_was_resolved(
    ward: Any, episode: EpisodeId
) -> None:
    ward.observe(episode, WELL | {"ciwa_b": ciwa_items(45)}, at(1, "08:00"))
    (alert,) = ward.chart(episode).alerts
    resolve_alert(ward, kit.PHYSICIAN, episode, alert.id, "seen, dose kept", entry_id="resolved-1")
    ward.observe(episode, {"vitals": {"pulse": 70}, "dose_due": False}, at(1, "09:00"))
    row = ward.chart(episode).row
    assert (row.level, row.headline) == (3, "CIWA-B at least 45.")
    ward.observe(episode, WELL, at(1, "09:30"))
    assert ward.chart(episode).row.level < 3


def test_an_alert_keeps_the_values_that_raised_it(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, WELL | {"vitals": kit.WELL_VITALS | {"pulse": 142}}, at(1, "08:00"))
    (alert,) = ward.chart(episode).alerts
    because = {reason.rule: [each.in_words for each in reason.why] for reason in alert.body.reasons}
    assert because["R30H"] == ["pulse 142 (at least 140)"]
    assert all(because.values())
