"""The Patient page, and finding a patient on the board: what a ward sees of weight, allergies, beds and mix-ups."""

from __future__ import annotations

import pytest

from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordKind, Unit
from taper_app.store.interface import Account
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation

PATIENT, BOARD, CHART = "pages/patient.py", "pages/board.py", "pages/chart.py"
WEST = Unit(id="unit-4-west", name="4 West", zone="America/New_York", beds=("21", "22"), emergency_number="911")
SEIZURE = {"rass": 0, "events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}


def widget(found, start):
    return next(element for element in found if element.key and element.key.startswith(start))


def group(at, start):
    return widget(at.get("button_group"), start)


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def records(screen, episode, kind):
    with screen.app.store.reading() as reading:
        return list(reading.records(episode, {kind}))


@pytest.fixture
def episode(screen):
    return screen.admit()


@pytest.fixture
def seizure(screen, episode):
    """A seizure that was charted on the wrong patient."""
    entry_id = new_id()
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, episode, SEIZURE, entry_id=entry_id, happened_at=screen.clock())
    return entry_id


def open_as(screen, role, episode, page=PATIENT):
    screen.sign_in(role)
    at = screen.open(page, patient=episode)
    assert not at.exception
    return at


def test_a_weight_in_pounds_is_charted_and_stands_on_the_banner(screen, episode, words):
    at = open_as(screen, Role.NURSE, episode)
    assert "not weighed" in words(at)
    widget(at.text_input, "weight|weight").set_value("160").run()
    group(at, "weight|unit").set_value("lb").run()
    group(at, "weight|how_it_is_known").set_value("measured").run()
    press(at, "Save the weight")
    assert "160 lb (72.57 kg) (Mon 11 Jan 2027)" in words(at)
    assert widget(at.text_input, "weight|weight").value == "", "the next weight begins empty"
    assert group(at, "weight|unit").value is None, "the unit is chosen anew"


def test_an_unusual_weight_asks_before_it_is_kept_and_keeps_what_was_typed(screen, episode, words):
    at = open_as(screen, Role.NURSE, episode)
    widget(at.text_input, "weight|weight").set_value("260").run()
    group(at, "weight|unit").set_value("kg").run()
    group(at, "weight|how_it_is_known").set_value("measured").run()
    assert "kg or lb" in words(at)
    press(at, "Save the weight")
    assert "Nothing was stored yet" in words(at)
    assert widget(at.text_input, "weight|weight").value == "260"
    widget(at.checkbox, "weight|confirmed").check().run()
    press(at, "Save the weight")
    assert len(records(screen, episode, RecordKind.WEIGHT)) == 1


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [("310", "impossible"), ("-1", "digits"), ("", "Weight: write the number"), ("7e1", "digits")],
)
def test_a_weight_that_cannot_be_gets_a_sentence_and_stays_on_the_screen(screen, episode, words, entered, sentence):
    at = open_as(screen, Role.NURSE, episode)
    widget(at.text_input, "weight|weight").set_value(entered).run()
    group(at, "weight|unit").set_value("kg").run()
    group(at, "weight|how_it_is_known").set_value("measured").run()
    press(at, "Save the weight")
    assert "Nothing was stored" in words(at)
    assert sentence in words(at)
    assert widget(at.text_input, "weight|weight").value == entered
    assert records(screen, episode, RecordKind.WEIGHT) == []


def test_a_half_typed_weight_survives_a_reload_and_never_appears_for_another_patient(screen, episode):
    other = screen.admit(episode_id=new_id(), bed="08", record_number="9", family_name="Roe")
    at = open_as(screen, Role.NURSE, episode)
    widget(at.text_input, "weight|weight").set_value("7").run()
    assert widget(screen.open(PATIENT, patient=episode).text_input, "weight|weight").value == "7"
    assert widget(screen.open(PATIENT, patient=other).text_input, "weight|weight").value == ""


def test_allergies_not_assessed_stand_out_and_a_list_replaces_them(screen, words):
    episode = screen.admit(allergies="not assessed")
    at = open_as(screen, Role.PHARMACIST, episode)
    assert "**not assessed**" in words(at)
    assert "not the same as none known" in words(at)
    group(at, "allergies|status").set_value("listed").run()
    widget(at.text_area, "allergies|list").set_value("penicillin (rash)\nlatex").run()
    press(at, "Save the list")
    assert "penicillin (rash); latex" in words(at)
    assert "nobody has asked yet" not in words(at)


def test_taking_an_allergy_off_the_list_asks_why(screen, words):
    episode = screen.admit(allergies="penicillin; latex")
    at = open_as(screen, Role.NURSE, episode)
    widget(at.text_area, "allergies|list").set_value("penicillin").run()
    press(at, "Save the list")
    assert "No longer listed: latex" in words(at)
    widget(at.text_input, "allergies|reason").set_value("tested, none").run()
    press(at, "Save the list")
    assert "Because: tested, none" in words(at)


def test_a_nurse_sees_where_the_patient_was_and_moves_nobody(screen, episode, words):
    at = open_as(screen, Role.NURSE, episode)
    assert "3 East, bed 07" in words(at)
    assert not any(button.label == "Move the patient" for button in at.button)


def test_the_nurse_in_charge_moves_the_patient_to_another_bed(screen, episode, words):
    at = open_as(screen, Role.CHARGE_NURSE, episode)
    beds = widget(at.selectbox, "transfer|bed-")
    assert "07" not in beds.options
    beds.set_value("08").run()
    press(at, "Move the patient")
    assert "bed 08" in words(at)
    assert not at.exception


def test_a_patient_who_left_for_another_unit_is_closed_here_and_open_there(screen, episode, words):
    screen.app.store.transact(lambda writing: writing.add_unit(WEST))
    at = open_as(screen, Role.CHARGE_NURSE, episode)
    widget(at.selectbox, "transfer|unit_id").set_value(WEST.id).run()
    widget(at.selectbox, "transfer|bed-unit-4-west").set_value("21").run()
    press(at, "Move the patient")
    assert "why the patient goes to another unit" in words(at), "a reason is asked for"
    widget(at.text_input, "transfer|reason").set_value("needs a monitor").run()
    press(at, "Move the patient")
    assert "open_episode" not in at.session_state
    assert "own unit" in words(open_as(screen, Role.NURSE, episode, CHART))
    there(screen)
    screen.sign_in(Role.NURSE)
    assert "DOE, Jane" in words(screen.open(BOARD))


def there(screen):
    """The nurse now works on the other unit."""
    account = Account(
        id="user-west",
        name="west",
        display_name="W. Ito",
        role=Role.NURSE,
        unit_id=WEST.id,
        password_hash="never used",
    )
    screen.app.store.transact(lambda writing: writing.add_account(account))
    screen.people[Role.NURSE] = Actor("user-west", "W. Ito", Role.NURSE, WEST.id)


def test_an_entry_of_the_wrong_patient_is_proposed_signed_and_moved(screen, episode, seizure, words):
    right = screen.admit(episode_id=new_id(), bed="08", record_number="00456", family_name="Roe")
    at = open_as(screen, Role.NURSE, episode)
    widget(at.selectbox, "strike|entry").set_value(seizure).run()
    widget(at.selectbox, "strike|to").set_value(right).run()
    widget(at.text_input, "strike|reason").set_value("charted in the wrong room").run()
    press(at, "Propose to strike it")
    shown = words(at)
    assert "an entry may be another patient's" in shown
    assert "A charge nurse or a physician signs or declines it." in shown
    at = open_as(screen, Role.CHARGE_NURSE, episode)
    shown = words(at)
    assert "Charted on: bed 07 · DOE, Jane" in shown
    assert "Belongs to: bed 08 · ROE, Jane" in shown
    press(at, "Sign: strike it here and move it")
    assert "STRUCK, counts in nothing" in words(at)
    assert "by The charge nurse, charge nurse, moved to another chart, because: charted in the wrong room" in words(at)
    assert "STRUCK" in words(open_as(screen, Role.NURSE, episode, CHART))
    there = words(open_as(screen, Role.NURSE, right, CHART))
    assert "MOVED HERE from another chart" in there
    assert "first charted" in there
    assert "DOE" not in there
    assert "EMERGENCY" in there


def test_a_signer_may_decline_with_a_reason(screen, episode, seizure, words):
    at = open_as(screen, Role.PHYSICIAN, episode)
    widget(at.selectbox, "strike|entry").set_value(seizure).run()
    widget(at.selectbox, "strike|to").set_value("").run()
    widget(at.text_input, "strike|reason").set_value("wrong room").run()
    press(at, "Propose to strike it")
    press(at, "Decline: the entry stays")
    assert "Nothing was stored" in words(at)
    widget(at.text_input, "decline-reason-").set_value("seen by me").run()
    press(at, "Decline: the entry stays")
    assert "Proposed to strike" not in words(at)
    assert records(screen, episode, RecordKind.STRIKE) == []


def test_whoever_may_not_strike_sees_the_trace_and_no_form(screen, episode, seizure, words):
    at = open_as(screen, Role.PHARMACIST, episode)
    assert not any(button.label == "Propose to strike it" for button in at.button)
    assert "Entries of the wrong patient" in words(at)


def fill(at, prefix, **typed):
    for name, value in typed.items():
        widget(at.text_input, f"{prefix}|{name}").set_value(value)


def test_two_records_of_one_person_are_compared_proposed_and_confirmed_by_another(screen, words):
    first = screen.admit(record_number="0123", given_name="Jayne")
    release(screen, first)
    episode = screen.admit(episode_id=new_id())
    at = open_as(screen, Role.NURSE, episode)
    fill(at, f"merge-{episode}", record_number="0123", born_on="1982-03-14")
    press(at, "Compare")
    assert "They differ in: given name" in words(at)
    widget(at.text_input, "merge|reason").set_value("mistyped at the first stay").run()
    press(at, "Propose to merge them")
    assert "You proposed this; another person confirms it." in words(at)
    assert not any(button.label == "Confirm: make one record" for button in at.button)
    at = open_as(screen, Role.CHARGE_NURSE, episode)
    press(at, "Confirm: make one record")
    assert "record 00123, also 0123" in words(at)
    assert not at.exception


def release(screen, episode):
    def close(writing):
        row = writing.latest_row(episode)
        writing.put_latest(type(row).model_validate(row.model_dump() | {"status": "released"}))

    screen.app.store.transact(close)


def test_the_board_finds_an_earlier_stay_by_two_identifiers_and_opens_it(screen, episode, words):
    release(screen, episode)
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    assert "DOE" not in words(at)
    fill(at, "find", family_name="doé", born_on="1982-03-14")
    press(at, "Find")
    assert "DOE, Jane" in words(at)
    assert "released" in words(at)
    at.button(key=f"open-found-{episode}").click().run()
    assert at.session_state["open_episode"] == episode
    assert "found_patient" not in at.session_state
    assert not at.query_params


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"family_name": "Doe"}, "Give two of these"),
        ({"family_name": "Do", "born_on": "1982-03-14"}, "No patient of your unit fits"),
        ({"family_name": "Doe", "born_on": "14.3.82"}, "like 1982-03-14"),
    ],
)
def test_a_search_that_opens_nobody_says_why_and_keeps_what_was_typed(screen, episode, words, typed, sentence):
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    fill(at, "find", **typed)
    press(at, "Find")
    assert sentence in words(at)
    assert widget(at.text_input, "find|family_name").value == typed["family_name"]
    assert not any(button.key and button.key.startswith("open-found") for button in at.button)


def test_a_planner_finds_a_patient_too_and_is_led_to_the_handoff(screen, episode, words):
    screen.sign_in(Role.PLANNER)
    at = screen.open(BOARD)
    fill(at, "find", record_number="00123", born_on="1982-03-14")
    press(at, "Find")
    at.button(key=f"open-found-{episode}").click().run()
    assert at.title[0].value == "Handoff"


def test_a_pharmacist_chooses_the_unit_and_a_nurse_has_her_own(screen, episode, words):
    screen.app.store.transact(lambda writing: writing.add_unit(WEST))
    screen.sign_in(Role.PHARMACIST)
    at = screen.open(BOARD)
    at.selectbox(key="board-unit").set_value(WEST.id).run()
    assert at.title[0].value == "Ward board: 4 West"
    assert "DOE" not in words(at)
    screen.sign_in(Role.NURSE)
    assert not any(box.key == "board-unit" for box in screen.open(BOARD).selectbox)


def test_an_administrator_adds_a_second_unit_and_a_person_there(screen, words):
    screen.sign_in(Role.ADMIN)
    at = screen.open("pages/set_up.py")
    at.selectbox(key="unit-which").set_value("another unit").run()
    for name, value in {"name": "4 West", "beds": "21-23", "emergency": "911", "crisis": "988"}.items():
        at.text_input(key=f"unit-{name}-new").set_value(value)
    at.selectbox(key="unit-zone-new").set_value("America/New_York")
    press(at, "Save the unit")
    with screen.app.store.reading() as reading:
        west = next(unit for unit in reading.units() if unit.name == "4 West")
        assert len(reading.units()) == 2
    at = screen.open("pages/set_up.py")
    at.text_input(key="person-name").set_value("w-ito")
    at.text_input(key="person-display").set_value("W. Ito")
    at.selectbox(key="person-unit").set_value(west.id)
    press(at, "Add")
    with screen.app.store.reading() as reading:
        assert reading.account_named("w-ito").unit_id == west.id
