"""What every store promises of the outbox: queued once, tried until delivered, sent by one at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from taper_app.clinical.errors import NotFound
from taper_app.clinical.escalation.notices import Notice


def notice(ward, id="n-1", **different) -> Notice:
    usual = {
        "id": id,
        "channel": "webhook",
        "episode_id": "e-1",
        "alert_id": "r-1",
        "rung": 0,
        "level": 3,
        "role": "prescriber",
        "since": ward.noon,
        "queued_at": ward.noon,
        "next_try_at": ward.noon,
    }
    return Notice(**{**usual, **different})


def queue(store, *notices) -> list[bool]:
    return store.transact(lambda writing: [writing.add_notice(each) for each in notices])


def test_a_notice_is_queued_once_for_each_channel(store, ward):
    tried = notice(ward, tries=2, last_try_at=ward.at(1), last_failure="The answer was 500.", next_try_at=ward.at(2))
    elsewhere = notice(ward, channel="apprise-1")
    assert queue(store, tried, notice(ward), elsewhere) == [True, False, True]
    with store.reading() as reading:
        assert reading.notice("n-1", "webhook") == tried
        assert reading.notice("n-1", "apprise-1") == elsewhere
        assert reading.notice("n-1", "fax") is reading.notice("n-2", "webhook") is None
        assert reading.notices_known("webhook", ["n-1", "n-2"]) == {"n-1"}
        assert reading.notices_known("fax", ["n-1"]) == reading.notices_known("webhook", []) == set()


def test_a_notice_of_no_stay_is_refused(store, ward):
    with pytest.raises(NotFound):
        queue(store, notice(ward, episode_id="e-9"))


def test_the_highest_level_goes_first_then_the_one_tried_least_then_the_oldest(store, ward):
    queue(
        store,
        notice(ward, "low", level=2),
        notice(ward, "tried", level=4, tries=1),
        notice(ward, "young", level=4, queued_at=ward.at(1)),
        notice(ward, "old", level=4),
        notice(ward, "not-yet", level=4, next_try_at=ward.at(5)),
        notice(ward, "elsewhere", level=4, channel="apprise-1"),
    )
    order = []
    while True:
        with store.reading() as reading:
            found = reading.next_notice("webhook", ward.at(2))
        if found is None:
            break
        order.append(found.id)
        delivered = Notice.model_validate(found.model_dump() | {"delivered_at": ward.at(2)})
        store.transact(lambda writing, delivered=delivered: writing.replace_notice(delivered))
    assert order == ["old", "young", "tried", "low"]


def test_what_waits_is_told_oldest_first_and_what_was_delivered_newest_first(store, ward):
    queue(
        store,
        notice(ward, "b", queued_at=ward.at(1)),
        notice(ward, "a"),
        notice(ward, "c", delivered_at=ward.at(1)),
        notice(ward, "d", delivered_at=ward.at(3)),
        notice(ward, "e", delivered_at=ward.at(2)),
    )
    with store.reading() as reading:
        assert [each.id for each in reading.notices_waiting()] == ["a", "b"]
        assert [each.id for each in reading.notices_delivered(2)] == ["d", "e"]


def test_what_was_never_queued_cannot_be_replaced(store, ward):
    with pytest.raises(NotFound):
        store.transact(lambda writing: writing.replace_notice(notice(ward)))


def test_what_waits_for_a_later_try_can_be_made_due(store, ward):
    queue(
        store,
        notice(ward, "later", next_try_at=ward.at(60)),
        notice(ward, "due"),
        notice(ward, "elsewhere", channel="apprise-1", next_try_at=ward.at(60)),
        notice(ward, "delivered", delivered_at=ward.at(1), next_try_at=ward.at(60)),
    )
    assert store.transact(lambda writing: writing.make_notices_due(ward.at(5), "webhook")) == 1
    with store.reading() as reading:
        assert reading.notice("later", "webhook").next_try_at == ward.at(5)
        assert reading.notice("due", "webhook").next_try_at == ward.noon
        assert reading.notice("delivered", "webhook").next_try_at == ward.at(60)
        assert reading.next_notice("apprise-1", ward.at(5)) is None
    assert store.transact(lambda writing: writing.make_notices_due(ward.at(5))) == 1
    with store.reading() as reading:
        assert reading.next_notice("apprise-1", ward.at(5)).id == "elsewhere"


def test_one_sends_at_a_time_until_its_turn_runs_out_or_is_given_back(store, ward):
    def take(holder, minute, until=10, channel="webhook"):
        return store.transact(lambda writing: writing.take_sending(channel, holder, ward.at(minute), ward.at(until)))

    assert take("first", 0)
    assert take("second", 0, channel="apprise-1"), "each channel has its own turn"
    assert not take("second", 9.9)
    assert take("first", 5, until=12), "whoever sends may go on"
    assert not take("second", 11)
    assert take("second", 12, until=30), "a server that died loses its turn when its time is over"
    store.transact(lambda writing: writing.give_back_sending("webhook", "first"))
    assert not take("first", 13), "only the holder gives its turn back"
    store.transact(lambda writing: writing.give_back_sending("webhook", "second"))
    assert take("first", 13)


def test_the_database_itself_never_lets_go_of_a_notice(sqlite_store, sqlite_file, ward):
    queue(sqlite_store, notice(ward), notice(ward, "n-2", delivered_at=ward.at(1)))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as raw:
        kept = raw.execute("SELECT * FROM outbox").fetchall()
        for change in (
            "DELETE FROM outbox",
            "REPLACE INTO outbox SELECT * FROM outbox",
            "UPDATE outbox SET channel = 'fax'",
            "UPDATE outbox SET alert_id = 'another'",
            "UPDATE outbox SET level = 2",
            "UPDATE outbox SET delivered_at = NULL WHERE id = 'n-2'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="outbox rows"):
                raw.execute(change)
        assert raw.execute("SELECT * FROM outbox").fetchall() == kept


def test_looking_for_what_waits_reads_no_delivered_notice(sqlite_store, sqlite_file, ward):
    with closing(sqlite3.connect(sqlite_file)) as raw:
        plan = raw.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE channel = 'webhook' AND delivered_at IS NULL"
            " AND next_try_at <= 5 ORDER BY level DESC, tries, queued_at, id LIMIT 1"
        ).fetchall()
    assert "ix_outbox_waiting" in str(plan)
