"""Shift change: who nurses which beds, who is in charge, who covers; and the person that an alert therefore has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound
from taper_app.clinical.people import Actor, Role
from taper_app.store.interface import Account
from taper_app.use_cases.board import board_now
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.shift import alerts_of_unit, answers_of, beds_of, on_shift, set_shift, staff_of

SEIZURE = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}


@pytest.fixture
def staffed(ward):
    """The unit's people may sign in; a second nurse too."""

    def account(person, **different):
        usual = {
            "id": person.user_id,
            "name": person.user_id,
            "display_name": person.display_name,
            "role": person.role,
            "unit_id": ward.unit.id,
            "password_hash": "x",
        }
        return Account(**usual | different)

    def add(writing):
        for person in ward.people.values():
            writing.add_account(account(person))
        second = Actor("user-second", "The second nurse", Role.NURSE, ward.unit.id)
        writing.add_account(account(second))
        writing.add_unit(ward.unit.model_copy(update={"id": "unit-4-west", "name": "4 West"}))
        writing.add_account(account(second, id="user-west", name="west", unit_id="unit-4-west"))
        writing.add_account(account(second, id="user-gone", name="gone", disabled_at=ward.clock.now))

    ward.store.transact(add)
    return ward


def written(ward, **different):
    usual = {
        "begins_at": ward.clock.now.isoformat(),
        "ends_at": (ward.clock.now + timedelta(hours=12)).isoformat(),
        "in_charge": "user-charge_nurse",
        "prescriber": "user-physician",
        "nurses": {"user-nurse": ["07"], "user-second": ["08"]},
    }
    return usual | different


def set_it(ward, by=Role.CHARGE_NURSE, entry_id=None, **different):
    return set_shift(ward, ward.person(by), ward.unit.id, written(ward, **different), entry_id=entry_id or new_id())


def beds(ward, user_id):
    with ward.store.reading() as reading:
        return set(beds_of(reading, ward.unit.id, user_id, ward.clock.now))


def test_my_beds_are_a_nurses_own_and_every_bed_for_who_is_in_charge_or_covers(staffed):
    set_it(staffed)
    assert beds(staffed, "user-nurse") == {"07"}
    assert beds(staffed, "user-second") == {"08"}
    assert beds(staffed, "user-charge_nurse") == beds(staffed, "user-physician") == {"06", "07", "08"}
    assert beds(staffed, "user-pharmacist") == set()


def test_the_board_knows_whose_patients_are_mine_and_is_drawn_anew_when_a_shift_was_set(staffed):
    staffed.admit_her()
    nurse, unit = staffed.person(Role.NURSE), staffed.unit.id
    before = board_now(staffed, nurse, unit)
    assert before.mine is None, "not known is not nobody"
    set_it(staffed)
    after = board_now(staffed, nurse, unit)
    assert after.mine == {"07"}
    assert after.version > before.version
    assert board_now(staffed, staffed.person(Role.PHARMACIST), unit).mine == frozenset()


def test_who_is_in_charge_and_nurses_beds_too_has_those(staffed):
    set_it(staffed, nurses={"user-charge_nurse": ["06"], "user-nurse": ["07", "08"]})
    assert beds(staffed, "user-charge_nurse") == {"06"}


def test_a_shift_that_has_ended_names_nobody(staffed):
    shift = set_it(staffed)
    staffed.clock.pass_time(hours=12)
    ward = on_shift(staffed, staffed.person(Role.NURSE), staffed.unit.id)
    assert (ward.shift, ward.before) == (None, shift)
    assert beds(staffed, "user-nurse") == set()


def test_a_shift_set_ahead_begins_at_its_hour_and_a_correction_takes_the_place_of_the_first(staffed):
    first = set_it(staffed)
    ahead = staffed.clock.now + timedelta(hours=6)
    set_it(staffed, begins_at=ahead.isoformat(), nurses={"user-second": ["07", "08"]})
    assert beds(staffed, "user-second") == {"08"}
    staffed.clock.pass_time(hours=6)
    assert beds(staffed, "user-second") == {"07", "08"}
    set_it(staffed, begins_at=ahead.isoformat(), nurses={"user-nurse": ["07", "08"]})
    assert beds(staffed, "user-nurse") == {"07", "08"}
    with staffed.store.reading() as reading:
        assert first in reading.shifts(staffed.unit.id), "what was set stays readable"


def test_a_second_submit_adds_nothing(staffed):
    once = set_it(staffed, entry_id="same")
    assert set_it(staffed, entry_id="same", nurses={}) == once
    with staffed.store.reading() as reading:
        assert len(reading.shifts(staffed.unit.id)) == 1


def test_every_fault_is_named_at_once_and_nothing_is_kept(staffed):
    staffed.admit_her()
    with pytest.raises(InputRefused) as refused:
        set_it(
            staffed,
            ends_at=staffed.clock.now.isoformat(),
            in_charge="user-physician",
            prescriber="",
            nurses={"user-nurse": ["08", "99"], "user-second": ["08"], "user-west": ["06"]},
        )
    said = str(refused.value)
    assert {fault.field for fault in refused.value.faults} == {"ends_at", "in_charge", "prescriber", "nurses"}
    assert "no bed 99" in said
    assert "Bed 08 has two nurses" in said
    assert "Bed 07 has a patient and no nurse" in said
    assert on_shift(staffed, staffed.person(Role.NURSE), staffed.unit.id).shift is None


@pytest.mark.parametrize("person", ["user-west", "user-gone", "user-planner", "nobody"])
def test_only_nurses_of_the_unit_who_can_sign_in_are_given_beds_or_put_in_charge(staffed, person):
    with pytest.raises(InputRefused) as refused:
        set_it(staffed, in_charge=person, nurses={person: ["07"]})
    assert {fault.field for fault in refused.value.faults} == {"in_charge", "nurses"}


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [(-25, 1, "begins_at"), (25, 30, "begins_at"), (0, 25, "ends_at"), (-3, -1, "ends_at"), (2, 1, "ends_at")],
)
def test_a_slip_in_the_times_is_refused(staffed, begins, ends, field):
    now = staffed.clock.now
    moments = {"begins_at": now + timedelta(hours=begins), "ends_at": now + timedelta(hours=ends)}
    with pytest.raises(InputRefused) as refused:
        set_it(staffed, **{name: moment.isoformat() for name, moment in moments.items()})
    assert field in {fault.field for fault in refused.value.faults}


def test_an_hour_that_cannot_be_read_is_named_beside_the_other_faults(staffed):
    with pytest.raises(InputRefused) as refused:
        set_it(staffed, begins_at="2027-01-11T7 o'clock", in_charge="")
    assert {fault.field for fault in refused.value.faults} == {"begins_at", "in_charge"}


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_whoever_may_not_move_patients_between_beds_sets_no_shift(staffed, role):
    with pytest.raises(NotAllowed):
        set_it(staffed, by=role)
    with pytest.raises(NotAllowed):
        staff_of(staffed, staffed.person(role), staffed.unit.id)


def test_a_shift_is_set_on_ones_own_unit_and_on_one_that_exists(staffed):
    elsewhere = Actor("user-x", "X", Role.CHARGE_NURSE, "unit-4-west")
    with pytest.raises(NotAllowed):
        set_shift(staffed, elsewhere, staffed.unit.id, written(staffed), entry_id="e")
    nowhere = Actor("user-x", "X", Role.CHARGE_NURSE, "unit-9")
    with pytest.raises(NotFound):
        set_shift(staffed, nowhere, "unit-9", written(staffed), entry_id="e")


def test_only_people_of_the_unit_who_can_sign_in_are_offered(staffed):
    staff = staff_of(staffed, staffed.person(Role.CHARGE_NURSE), staffed.unit.id)
    assert [person.id for person in staff.nurses] == ["user-charge_nurse", "user-nurse", "user-second"]
    assert [person.id for person in staff.prescribers] == ["user-physician"]


def test_an_alert_has_a_person_and_after_the_change_of_shift_the_next_one(staffed):
    episode = staffed.admit_her()
    set_it(staffed)
    nurse = staffed.person(Role.NURSE)
    now = staffed.clock.pass_time(minutes=5)
    chart_observation(staffed, nurse, episode, {"symptoms": {"tremor": 3}}, entry_id="t", happened_at=now)

    def said():
        return alerts_of_unit(staffed, nurse, staffed.unit.id)[0].answering.short

    assert said() == "not yet acknowledged → nurse in charge, The charge nurse"
    chart = open_chart(staffed, nurse, episode)
    assert [found.short for found in answers_of(staffed, chart).values()] == [said()]
    set_it(staffed, in_charge="user-second")
    assert said() == "not yet acknowledged → nurse in charge, The second nurse"
    staffed.clock.pass_time(minutes=121)
    assert said() == "nobody acknowledged for 121 min → prescriber, The physician"
    staffed.clock.pass_time(hours=24)
    assert said().endswith("→ emergency team, call 911")


def test_without_a_shift_an_alert_goes_to_the_roles_without_a_name(staffed):
    episode = staffed.admit_her()
    now = staffed.clock.pass_time(minutes=5)
    nurse = staffed.person(Role.NURSE)
    chart_observation(staffed, nurse, episode, SEIZURE, entry_id="s", happened_at=now)
    (found,) = alerts_of_unit(staffed, nurse, staffed.unit.id)
    assert found.answering.short == "not yet acknowledged → prescriber, nobody is set"
    assert "it goes to the emergency team, call 911" in found.answering.in_words
