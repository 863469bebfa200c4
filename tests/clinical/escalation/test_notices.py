"""What leaves the building about an alert, and what it says: for every alert and moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.escalation.ladder import climb
from taper_app.clinical.escalation.notices import (
    Notice,
    NoticePolicy,
    Said,
    message_of,
    notice_id,
    notices_due,
    trial_message,
)
from taper_app.clinical.records import AlertGlance, EpisodeId, LatestRow, PatientId, RecordId
from taper_app.protocol_files import load_protocols

RULES = load_protocols().rules
RAISED = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)
EPISODE = EpisodeId("e-1")
BOTH = NoticePolicy(channels=("webhook", "apprise-1"))
ALERTS = st.builds(
    lambda level, notify, minutes, rules: AlertGlance(
        id=RecordId("r-1"),
        level=level,
        headline="x",
        rules=rules,
        notify=notify,
        raised_at=RAISED,
        respond_within_minutes=minutes,
    ),
    level=st.integers(2, 4),
    notify=st.sampled_from([("nurse",), ("charge_nurse",), ("prescriber", "pharmacist"), ("emergency_team",), ()]),
    minutes=st.sampled_from([0, 5, 30, 60]),
    rules=st.sampled_from([("R36",), ("R42",), ("R42", "R36")]),
)


@given(ALERTS, st.integers(0, 600))
def test_every_rung_up_to_the_one_it_stands_on_is_told_once_through_every_channel(alert, minutes):
    now = RAISED + timedelta(minutes=minutes)
    due = list(notices_due(alert, EPISODE, now, RULES, BOTH))
    stands = climb(alert, now, RULES)
    for channel in BOTH.channels:
        told = [notice for notice in due if notice.channel == channel]
        assert [notice.rung for notice in told] == list(range(stands.rung + 1))
        assert (told[-1].level, told[-1].role) == (stands.level, stands.role)
        assert [notice.since for notice in told] == sorted(notice.since for notice in told)
    assert len({(notice.id, notice.channel) for notice in due}) == len(due)
    assert all(notice.since <= now and notice.level <= 4 for notice in due)


@given(ALERTS, st.lists(st.integers(0, 600), min_size=1))
def test_it_does_not_matter_when_somebody_looks(alert, minutes):
    """Looking now and then finds, all together, what one look at the end finds."""
    moments = [RAISED + timedelta(minutes=passed) for passed in minutes]
    now_and_then = {n.id for now in moments for n in notices_due(alert, EPISODE, now, RULES, BOTH)}
    assert now_and_then == {n.id for n in notices_due(alert, EPISODE, max(moments), RULES, BOTH)}


def test_the_id_says_nothing_of_the_record_and_tells_the_rungs_apart():
    ids = {notice_id(RecordId("record-of-doe"), rung) for rung in range(4)}
    assert len(ids) == 4
    assert not any("doe" in found for found in ids)
    assert notice_id(RecordId("r-1"), 0) == notice_id(RecordId("r-1"), 0)


NOTICE = Notice(
    id="n-1",
    channel="webhook",
    episode_id=EPISODE,
    alert_id=RecordId("r-1"),
    rung=1,
    level=3,
    role="prescriber",
    since=RAISED,
    queued_at=RAISED,
    next_try_at=RAISED,
)
ROW = LatestRow(
    episode_id=EPISODE,
    patient_id=PatientId("p-1"),
    unit_id="u-1",
    status="open",
    bed="07",
    label="DOE, Jane",
    sex="F",
    born_on=date(1982, 3, 4),
    record_number="00123",
    level=3,
    headline="Tremor 3.",
    changed_at=RAISED,
)


def said(says=(), row=ROW):
    return message_of(NOTICE, row, frozenset(says), unit="3 East", when="2027-01-11T02:00:00", reason="Tremor 3.")


def test_bed_and_level_are_all_that_is_said_by_default():
    assert said().body == {"id": "n-1", "bed": "07", "level": 3}
    assert said().text == "Alert level 3, bed 07 · id n-1"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Said.UNIT, "3 East"),
        (Said.ROLE, "prescriber"),
        (Said.TIME, "2027-01-11T02:00:00"),
        (Said.STATE, "closed"),
        (Said.REASON, "Tremor 3."),
    ],
)
def test_each_word_more_is_said_only_when_the_site_allows_it(what, words):
    assert said([what]).body == {"id": "n-1", "bed": "07", "level": 3, what.value: words}
    assert words in said([what]).text


def test_the_patient_is_never_named_whatever_is_allowed():
    for message in (said(Said), said(Said, row=None)):
        assert not [word for word in ("DOE", "Jane", "00123", "1982") if word in str(message)]


@pytest.mark.parametrize("row", [None, ROW.model_copy(update={"status": "released"})])
def test_no_bed_is_said_of_a_stay_that_has_ended(row):
    assert said(row=row).body["bed"] is None
    assert "07" not in said(row=row).text


def test_a_trial_speaks_of_nobody():
    assert trial_message("t-1").body == {"id": "t-1", "test": True}
