"""An alert that nobody acknowledges is told to the next role outside too, whoever's server ran meanwhile."""

from __future__ import annotations

import time

from charting_ward import DAY_3_CIWA_B, NURSE, WELL, at
from outside import OutWard
from taper_app.clinical.escalation.notices import NoticePolicy, Said
from taper_app.outbox.service import OutboxService
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.announce import queue_what_climbed


def tremor(ward: OutWard, episode: str) -> str:
    """Level 2, for the nurse in charge: charted on the first day, while nothing is late."""
    ward.now = at(1, "07:30")
    return ward.raise_alert(episode, WELL | {"ciwa_b": DAY_3_CIWA_B})


def rungs(ward: OutWard) -> list[tuple[int, int, str]]:
    """In the order of the ladder."""
    return sorted((found.rung, found.level, found.role) for found in (*ward.waiting(), *ward.delivered()))


def test_each_rung_is_told_once_and_with_its_role(ward, episode, hospital):
    ward.notices = NoticePolicy(channels=("webhook",), says=frozenset({Said.ROLE}))
    tremor(ward, episode)
    sender = ward.sender(hospital)
    sender.send_due()
    for _ in range(12):
        ward.pass_time(minutes=30)
        queue_what_climbed(ward)
        queue_what_climbed(ward)
        sender.send_due()
    assert sorted((post.body["level"], post.body["role"]) for post in hospital.heard) == [
        (2, "charge nurse"),
        (3, "prescriber"),
        (4, "emergency team"),
    ]
    assert len(set(hospital.delivered_ids())) == 3


def test_rungs_reached_while_no_server_ran_are_told_when_one_runs_again(ward, episode):
    tremor(ward, episode)
    ward.pass_time(hours=5)
    assert queue_what_climbed(ward) == 2
    assert rungs(ward) == [(0, 2, "charge_nurse"), (1, 3, "prescriber"), (2, 4, "emergency_team")]


def test_an_acknowledged_alert_climbs_no_further(ward, episode):
    alert = tremor(ward, episode)
    acknowledge_alert(ward, NURSE, episode, alert, entry_id=ward.next_entry())
    ward.pass_time(hours=5)
    assert queue_what_climbed(ward) == 0


def test_an_alert_raised_while_no_way_out_was_set_is_told_once_there_is_one(ward, episode):
    ward.notices = NoticePolicy()
    tremor(ward, episode)
    assert rungs(ward) == []
    ward.notices = NoticePolicy(channels=("webhook",))
    assert queue_what_climbed(ward) == 1


def test_a_low_alert_leaves_when_it_has_climbed_to_the_level_of_the_site(ward, episode):
    ward.notices = NoticePolicy(channels=("webhook",), from_level=3)
    tremor(ward, episode)
    assert rungs(ward) == []
    ward.pass_time(hours=5)
    queue_what_climbed(ward)
    assert rungs(ward) == [(1, 3, "prescriber"), (2, 4, "emergency_team")]


def test_looking_for_climbs_writes_only_when_there_is_something_new(ward, episode, monkeypatch):
    tremor(ward, episode)
    with monkeypatch.context() as patch:
        patch.setattr(type(ward.store), "transact", lambda *_: 1 / 0)
        assert queue_what_climbed(ward) == 0


def test_the_running_service_sends_by_itself_and_ends_when_told(ward, episode, hospital):
    service = OutboxService(ward, [ward.sender(hospital).channel])
    service.start()
    ward.raise_alert(episode)
    hospital.wait_for(1, seconds=5)
    service.end()
    assert not any(thread.is_alive() for thread in service._threads)


def test_a_post_that_hangs_keeps_no_save_and_no_screen_waiting(ward, episode, hospital):
    hospital.behaviour = "hang"
    service = OutboxService(ward, [ward.sender(hospital, timeout_seconds=10).channel])
    service.start()
    ward.raise_alert(episode)
    hospital.wait_for(1, seconds=5)
    began = time.monotonic()
    ward.raise_alert(episode)
    assert len(ward.waiting()) == 2
    assert time.monotonic() - began < 1, "the post takes ten times as long"
    hospital.ending.set()
    service.end()


def test_a_service_whose_database_is_gone_goes_on_quietly(ward, episode, hospital, monkeypatch, caplog):
    monkeypatch.setattr("taper_app.outbox.service.LOOKS_EVERY_SECONDS", 0.05)

    def broken(*_):
        raise ValueError("Doe")

    monkeypatch.setattr("taper_app.outbox.sender.Sender.send_due", broken)
    service = OutboxService(ward, [ward.sender(hospital).channel])
    service.start()
    service._ending.wait(0.3)
    assert all(thread.is_alive() for thread in service._threads)
    service.end()
    assert "ValueError" in caplog.text
    assert "Doe" not in caplog.text
