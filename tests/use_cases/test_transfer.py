"""Another bed and another unit within one stay: who sees the patient then, and that nothing is left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

import charting_ward as kit
from taper_app.clinical.errors import InputRefused, NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordKind, Unit
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.drafts import open_draft, save_draft
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.transfer import free_beds, people_still_writing, places, transfer

WEST = Unit(id="unit-2", name="4 West", zone="America/New_York", beds=("21", "22"), emergency_number="911")
COAST = Unit(id="unit-3", name="Coast", zone="America/Los_Angeles", beds=("1",), emergency_number="911")
CHARGE = Actor("charge-1", "C. Cole", Role.CHARGE_NURSE, "unit-1")
WEST_NURSE = Actor("nurse-9", "W. Ito", Role.NURSE, WEST.id)
WEST_CHARGE = Actor("charge-9", "X. Lim", Role.CHARGE_NURSE, WEST.id)
at, NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.PHYSICIAN


@pytest.fixture
def ward():
    ward = kit.new_ward()
    ward.store.transact(lambda writing: [writing.add_unit(WEST), writing.add_unit(COAST)])
    return ward


@pytest.fixture
def episode(ward):
    return kit.with_signed_plan(ward, kit.admitted(ward))


def move(ward, episode, unit="unit-1", bed="8", by=CHARGE, entry_id=None, **more):
    ward.now += timedelta(minutes=1)
    written = {"unit_id": unit, "bed": bed, "reason": "needs a monitor"} | more
    return transfer(ward, by, episode, written, entry_id=entry_id or ward.next_entry())


def faults_of(refused):
    return {fault.field for fault in refused.value.faults}


def test_another_bed_of_the_unit_stands_on_the_board(ward, episode):
    move(ward, episode, bed="8", reason="")
    (row,) = ward_board(ward, NURSE, "unit-1")
    assert (row.bed, row.unit_id) == ("8", "unit-1")
    assert [place.bed for place in places(ward, NURSE, episode)] == ["8", "7"]


@pytest.mark.parametrize("by", [NURSE, kit.PHARMACIST, WEST_CHARGE, Actor("a", "A", Role.ADMIN, "unit-1")])
def test_only_the_nurse_in_charge_and_a_physician_of_the_unit_move_a_patient(ward, episode, by):
    with pytest.raises(NotAllowed):
        move(ward, episode, by=by)
    assert ward.count(episode, RecordKind.BED) == 1


def test_a_bed_that_is_taken_unknown_or_the_patients_own_is_refused(ward, episode):
    kit.admitted(ward, "6")
    for bed, sentence in (("6", "taken"), ("99", "has no bed"), ("7", "already")):
        with pytest.raises(InputRefused, match=sentence) as refused:
            move(ward, episode, bed=bed)
        assert faults_of(refused) == {"bed"}
    with pytest.raises(InputRefused, match="no bed"):
        move(ward, episode, unit=WEST.id, bed="7")
    assert ward.count(episode, RecordKind.BED) == 1


def test_an_unknown_unit_one_with_another_clock_and_a_missing_reason_are_refused_at_once(ward, episode):
    with pytest.raises(InputRefused, match="no such unit"):
        move(ward, episode, unit="unit-9")
    with pytest.raises(InputRefused) as refused:
        move(ward, episode, unit=COAST.id, bed="9", reason="")
    assert faults_of(refused) == {"unit_id", "bed", "reason"}


def test_with_the_unit_the_patient_changes_hands_and_everything_charted_goes_along(ward, episode):
    seizure = kit.WELL | {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
    ward.observe(episode, seizure, at(1, "08:00"))
    before = ward.chart(episode)
    move(ward, episode, unit=WEST.id, bed="21")
    assert list(ward_board(ward, NURSE, "unit-1")) == []
    (row,) = ward_board(ward, WEST_NURSE, WEST.id)
    assert (row.bed, row.level, row.next_cut, row.unacknowledged_alerts) == ("21", 4, "suspended", 1)
    for leaver in (NURSE, CHARGE, PHYSICIAN):
        with pytest.raises(NotAllowed, match="own unit"):
            open_chart(ward, leaver, episode)
    with pytest.raises(NotAllowed):
        ward.observe(episode, kit.WELL, at(1, "09:00"))
    after = open_chart(ward, WEST_NURSE, episode)
    assert after.unit == WEST
    assert after.bed == "21"
    assert after.signed == before.signed
    assert [alert.id for alert in after.alerts] == [alert.id for alert in before.alerts]
    assert after.due_doses == before.due_doses
    assert open_chart(ward, kit.PHARMACIST, episode), "the hospital's pharmacist goes on seeing the patient"


def test_a_transfer_and_a_return_are_one_stay(ward, episode):
    move(ward, episode, unit=WEST.id, bed="21")
    chart_observation(ward, WEST_NURSE, episode, kit.WELL, entry_id="in-west", happened_at=ward.now)
    move(ward, episode, unit="unit-1", bed="7", by=WEST_CHARGE, reason="stable again")
    chart = ward.chart(episode)
    assert [(place.unit_name, place.bed) for place in places(ward, NURSE, episode)] == [
        ("3 East", "7"),
        ("4 West", "21"),
        ("3 East", "7"),
    ]
    assert chart.sets[-1].record.author.name == "W. Ito"
    with pytest.raises(NotAllowed):
        open_chart(ward, WEST_NURSE, episode)


def test_half_written_entries_stay_with_their_writers_and_are_there_again_after_a_return(ward, episode):
    draft = open_draft(ward, NURSE, UseCase.CHART_OBSERVATION, episode, "observation")
    save_draft(ward, NURSE, UseCase.CHART_OBSERVATION, draft, {"pulse": "88"})
    own = open_draft(ward, CHARGE, UseCase.TRANSFER_BED_OR_UNIT, episode, "transfer")
    save_draft(ward, CHARGE, UseCase.TRANSFER_BED_OR_UNIT, own, {"unit_id": WEST.id})
    assert people_still_writing(ward, CHARGE, episode) == 1, "a colleague's; one's own is just this form"
    move(ward, episode, unit=WEST.id, bed="21")
    assert open_draft(ward, WEST_NURSE, UseCase.CHART_OBSERVATION, episode, "observation").body == {}
    with pytest.raises(NotAllowed):
        open_draft(ward, NURSE, UseCase.CHART_OBSERVATION, episode, "observation")
    move(ward, episode, bed="7", by=WEST_CHARGE)
    again = open_draft(ward, NURSE, UseCase.CHART_OBSERVATION, episode, "observation")
    assert (again.body, again.entry_id) == ({"pulse": "88"}, draft.entry_id)


def test_a_second_tap_moves_nobody_twice_though_the_unit_was_left(ward, episode):
    for _ in range(2):
        move(ward, episode, unit=WEST.id, bed="21", entry_id="tap")
    assert ward.count(episode, RecordKind.BED) == 2


def test_free_beds_begin_with_the_own_unit_and_leave_out_those_that_are_taken(ward, episode):
    found = free_beds(ward, CHARGE, episode)
    assert [free.unit.name for free in found] == ["3 East", "4 West", "Coast"]
    assert found[0].beds == ("1", "2", "3", "4", "5", "6", "8")
