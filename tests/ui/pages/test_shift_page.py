"""The Shift page: who is on, what is taken over, and setting it without losing what was typed."""

from __future__ import annotations

import pytest

import display_rules
from taper_app.clinical.people import Role
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.shift import on_shift

PAGE = "pages/shift.py"


def find(at, kind, label):
    return next(element for element in at.get(kind) if element.label == label)


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()


def filled_in(at, *, until="21:00", nurse_has=("07",)):
    find(at, "selectbox", "In charge").select("user-charge_nurse").run()
    find(at, "selectbox", "Covers as prescriber").select("user-physician").run()
    at.text_input[1].input(until).run()
    find(at, "multiselect", "Nurses on this shift").select("user-nurse").run()
    for bed in nurse_has:
        find(at, "multiselect", "Beds of The nurse").select(bed).run()


@pytest.fixture
def patient(screen):
    return screen.admit()


def test_the_nurse_in_charge_sets_the_shift_and_it_says_who_has_which_beds(screen, patient, words):
    screen.sign_in(Role.CHARGE_NURSE)
    at = screen.open(PAGE)
    assert "Nobody is set for now" in words(at)
    assert "Beds with a patient and no nurse yet: **07**" in words(at)
    filled_in(at)
    press(at, "Set the shift")
    text = words(at)
    assert "The shift is set" in text
    assert "The nurse: bed 07" in text
    assert "covers as prescriber: **The physician**" in text
    assert "Set by The charge nurse, charge nurse" in text
    assert not at.exception


def test_every_fault_is_named_and_what_was_chosen_stays(screen, patient, words):
    screen.sign_in(Role.PHYSICIAN)
    at = screen.open(PAGE)
    filled_in(at, until="7 o'clock", nurse_has=())
    press(at, "Set the shift")
    text = words(at)
    assert "Nothing was stored" in text
    assert "**Until**" in text
    assert "Bed 07 has a patient and no nurse" in text
    assert find(at, "selectbox", "In charge").value == "user-charge_nurse"
    assert at.text_input[1].value == "7 o'clock"
    assert on_shift(screen.app, screen.person(Role.PHYSICIAN), screen.unit.id).shift is None


def test_what_is_open_stands_with_the_person_who_answers_for_it(screen, patient, words):
    screen.sign_in(Role.CHARGE_NURSE)
    at = screen.open(PAGE)
    filled_in(at)
    press(at, "Set the shift")
    nurse = screen.person(Role.NURSE)
    shaking = {"symptoms": {"tremor": 3}}
    chart_observation(screen.app, nurse, patient, shaking, entry_id="tremor", happened_at=screen.clock())
    text = words(screen.open(PAGE))
    assert "▲ Nurse in charge · bed 07, DOE, Jane: A symptom of 3 or 4 out of 4." in text
    assert "not yet acknowledged → nurse in charge, The charge nurse" in text


def test_a_correction_begins_with_what_is_set(screen, patient, words):
    screen.sign_in(Role.CHARGE_NURSE)
    at = screen.open(PAGE)
    filled_in(at)
    press(at, "Set the shift")
    next(group for group in at.get("button_group") if group.key.startswith("shift-")).set_value(
        "Correct the one that is on"
    ).run()
    assert find(at, "selectbox", "In charge").value == "user-charge_nurse"
    assert find(at, "multiselect", "Beds of The nurse").value == ["07"]
    find(at, "multiselect", "Beds of The nurse").select("08").run()
    press(at, "Set the shift")
    assert "The nurse: bed 07, 08" in words(at)


def test_a_nurse_reads_the_shift_and_does_not_set_it(screen, patient, words):
    screen.sign_in(Role.NURSE)
    at = screen.open(PAGE)
    assert at.title[0].value == "Shift: 3 East"
    assert not [button for button in at.button if button.label == "Set the shift"]
    assert display_rules.violations(words(at)) == []
    assert not at.exception
