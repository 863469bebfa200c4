"""The ward board: what each row keeps of a chart, and that the clock alone makes it right afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from taper_app.clinical.errors import NotAllowed, NotFound
from taper_app.clinical.people import Role
from taper_app.store.memory_tables import MemoryReading
from taper_app.use_cases.board import board_now, board_version
from taper_app.use_cases.context import new_id
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_plan, sign_plan

VITALS = {
    "respiratory_rate": 16,
    "spo2": 97,
    "on_oxygen": False,
    "systolic": 124,
    "diastolic": 80,
    "pulse": 84,
    "temperature_c": "37.0",
    "acvpu": "A",
}
ITEMS = (*range(1, 18), 20, 21, 22)
HALLUCINATION = [{"kind": "hallucination", "insight": True, "modality": "visual"}]


def observe(ward, episode, *, each_item=None, items=ITEMS, **different):
    ciwa = {} if each_item is None else {"ciwa_b": {str(item): each_item for item in items}}
    observation = {"vitals": VITALS, "rass": 0, "events": [], **ciwa, **different}
    return chart_observation(
        ward, ward.person(Role.NURSE), episode, observation, entry_id=new_id(), happened_at=ward.clock()
    )


def with_a_plan(ward):
    episode, physician = ward.admit_her(), ward.person(Role.PHYSICIAN)
    asked = {"protocol": "asam-2025", "start_on": "2027-01-11", "equivalence": "ashton-2002"}
    record = propose_plan(ward, physician, episode, asked, entry_id=new_id())
    sign_plan(ward, physician, episode, record, ("ceiling-in-end-zone",), entry_id=new_id())
    return episode


def board(ward):
    return board_now(ward, ward.person(Role.CHARGE_NURSE), ward.unit.id)


def only_row(ward):
    (row,) = board(ward).rows
    return row


@pytest.fixture
def charts_read(monkeypatch):
    """Every time that the records of an episode are read."""
    read: list[str] = []
    records = MemoryReading.records

    def noted(self, episode_id, kinds=None, since=None):
        read.append(episode_id)
        return records(self, episode_id, kinds, since)

    monkeypatch.setattr(MemoryReading, "records", noted)
    return read


def test_the_trend_compares_the_newest_set_with_the_last_complete_one(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=1)
    ward.clock.pass_time(hours=8)
    observe(ward, episode, each_item=2)
    ciwa_b, news2 = only_row(ward).kept.trends
    assert (ciwa_b.scale, ciwa_b.before, ciwa_b.now, ciwa_b.minutes_between) == ("ciwa_b", 20, 40, 480)
    assert (news2.scale, news2.rise) == ("news2", 0)


def test_an_incomplete_set_shows_the_least_it_comes_to_and_the_next_is_compared_with_a_complete_one(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=1)
    ward.clock.pass_time(hours=2)
    observe(ward, episode, each_item=2, items=(1, 2, 3))
    newest = only_row(ward).kept.trends[0]
    assert (newest.now, newest.is_least, newest.before) == (6, True, 20)
    ward.clock.pass_time(hours=2)
    observe(ward, episode, each_item=2)
    assert only_row(ward).kept.trends[0].before == 20


def test_two_wordings_of_ciwa_b_are_not_compared(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=1, ciwa_b_form="another-wording")
    ward.clock.pass_time(hours=2)
    observe(ward, episode, each_item=2)
    assert only_row(ward).kept.trends[0].before is None


def test_the_doses_of_the_plan_stand_in_the_row_and_come_due_by_the_clock(ward):
    with_a_plan(ward)  # it is 09:00
    assert only_row(ward).doses == ()
    ward.clock.pass_time(hours=10, minutes=1)
    (dose,) = only_row(ward).doses
    assert (dose.words, dose.is_withheld) == ("clonazepam 1 mg", False)
    assert dose.due_at - ward.clock.now < timedelta(hours=1)
    ward.clock.pass_time(hours=1)
    assert only_row(ward).is_overdue(ward.clock.now)


def test_a_charted_dose_leaves_the_board_and_a_withheld_one_comes_back_to_be_looked_at(ward):
    episode, nurse = with_a_plan(ward), ward.person(Role.NURSE)
    ward.clock.pass_time(hours=11)
    (dose,) = only_row(ward).doses
    observe(ward, episode, signs={"slurred_speech": "no", "ataxia": "no", "nystagmus": "no", "alcohol_on_breath": "no"})
    charted = {"status": "withheld", "medicine": "clonazepam", "mg": "1", "planned_for": dose.planned_for}
    withheld = charted | {"reason": "drowsy after rousing", "ordered_by": "Dr Lee"}
    chart_dose(ward, nurse, episode, withheld, entry_id=new_id(), happened_at=ward.clock())
    (again,) = only_row(ward).doses
    assert again.is_withheld
    assert again.due_at > again.planned_for


def test_midnight_changes_the_plans_line_and_the_next_cut_without_reading_a_chart(ward, charts_read):
    with_a_plan(ward)
    first = only_row(ward)
    assert first.today.plan_line == "Plan v1: 1.875 mg clonazepam a day"
    cut_on = first.today.next_cut_on
    assert cut_on == date(2027, 1, 11)
    charts_read.clear()
    ward.clock.pass_time(days=1)
    assert only_row(ward).today.next_cut_on == date(2027, 1, 25)
    assert charts_read == []


def test_a_row_that_nobody_has_touched_for_days_is_worked_out_from_the_chart(ward, charts_read):
    episode = with_a_plan(ward)
    charts_read.clear()
    ward.clock.pass_time(days=14)
    assert only_row(ward).today.plan_line == "Plan v1: 1.75 mg clonazepam a day"
    assert charts_read == [episode]


def test_a_suspended_cut_is_said_and_its_day_is_not_promised(ward):
    episode = with_a_plan(ward)
    observe(ward, episode, events=HALLUCINATION)
    assert only_row(ward).is_cut_suspended


def test_whoever_waits_stands_above_whoever_does_not_and_climbs_by_the_clock_alone(ward, charts_read):
    quiet = ward.admit_her(episode_id=new_id(), bed="06", record_number="00456", family_name="Roe")
    loud = ward.admit_her()
    observe(ward, quiet, each_item=0)
    observe(ward, loud, events=HALLUCINATION)
    first = board(ward)
    assert [row.kept.episode_id for row in first.rows] == [loud, quiet]
    waiting = first.rows[0].alerts[0]
    assert waiting.waits_for == "prescriber"
    charts_read.clear()
    assert waiting.climb.climbs_at is not None
    ward.clock.now = waiting.climb.climbs_at + timedelta(seconds=1)
    later = board(ward).rows[0]
    assert (later.level, later.alerts[0].waits_for) == (4, "emergency_team")
    assert charts_read == []


def test_the_board_holds_until_the_next_thing_falls_due_or_until_midnight(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=0)
    found = board(ward)
    due = found.rows[0].set_due_at
    assert due is not None
    assert found.changes_at == due - timedelta(hours=1)
    ward.clock.now = due + timedelta(hours=3)
    assert board(ward).changes_at.astimezone(ward.clock.now.tzinfo).isoformat() == "2027-01-12T05:00:00+00:00"


def test_a_late_set_calls_by_the_clock_alone_and_sooner_after_a_serious_finding(ward, charts_read):
    episode = ward.admit_her()
    observe(ward, episode, each_item=0)
    charts_read.clear()
    due_at = only_row(ward).set_due_at
    ward.clock.now = due_at + timedelta(minutes=59)
    assert (only_row(ward).late, only_row(ward).level) == ((), 1)
    ward.clock.now = due_at + timedelta(minutes=61)
    row = only_row(ward)
    assert ([finding.rule for finding in row.late], row.level) == (["R42"], 2)
    assert row.waits_for("charge_nurse")
    assert not row.waits_for("prescriber")
    assert not charts_read, "nothing was read but the rows"


def test_a_late_set_after_a_hallucination_calls_the_prescriber(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=0, events=HALLUCINATION)
    due_at = only_row(ward).set_due_at
    ward.clock.now = due_at + (due_at - ward.clock.now) / 2 + timedelta(minutes=1)
    row = only_row(ward)
    assert [(finding.rule, finding.level) for finding in row.late] == [("R41", 3)]
    assert row.waits_for("prescriber")


def test_the_board_is_drawn_anew_when_a_late_set_begins_to_call_somebody(ward):
    episode = ward.admit_her()
    observe(ward, episode, each_item=0)
    due_at = only_row(ward).set_due_at
    ward.clock.now = due_at + timedelta(minutes=5)
    found = board(ward)
    assert found.changes_at == due_at + timedelta(minutes=61), "a quarter of four hours has to be over"
    ward.clock.now = found.changes_at
    assert only_row(ward).late
    assert board(ward).changes_at > found.changes_at


def test_nothing_new_is_told_by_the_version_alone(ward, charts_read):
    episode = ward.admit_her()
    nurse = ward.person(Role.NURSE)
    drawn = board(ward).version
    charts_read.clear()
    for _ in range(3):
        ward.clock.pass_time(seconds=5)
        assert board_version(ward, nurse, ward.unit.id) == drawn
    assert charts_read == []
    observe(ward, episode, each_item=1)
    assert board_version(ward, nurse, ward.unit.id) > drawn


def test_the_version_is_told_only_to_those_who_may_see_the_board(ward):
    with pytest.raises(NotAllowed):
        board_version(ward, ward.person(Role.AUDITOR), ward.unit.id)
    with ward.store.reading() as reading:
        assert reading.audit_entries()[0].outcome == "refused"
    with pytest.raises(NotFound):
        board_now(ward, ward.person(Role.PHARMACIST), "no-such-unit")


def test_without_a_shift_nobody_is_said_to_have_no_patients(ward):
    assert board(ward).mine is None
