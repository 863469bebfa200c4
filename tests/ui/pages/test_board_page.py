from __future__ import annotations

from datetime import timedelta

import pytest

from taper_app.clinical.people import Role
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation

BOARD = "pages/board.py"


def test_an_empty_ward_says_what_to_do_next(screen, words):
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    assert at.title[0].value == "Ward board: 3 East"
    assert "Open Admit to begin" in words(at)
    assert not at.exception


def test_a_patient_nobody_observed_is_overdue_and_not_assessed_never_routine(screen, words):
    screen.admit()
    screen.clock.now = screen.clock.now.replace(hour=16)
    screen.sign_in(Role.NURSE)
    shown = words(screen.open(BOARD))
    assert "? Not assessed" in shown
    assert "Routine" not in shown
    assert "DOE, Jane" in shown
    assert "overdue" in shown
    assert "No plan yet" in shown
    assert "Next cut as planned" not in shown


def test_the_filter_counts_and_keeps_only_what_it_names(screen, words):
    screen.admit()
    screen.admit(episode_id=new_id(), bed="08", record_number="00456", family_name="Roe")
    screen.sign_in(Role.CHARGE_NURSE)
    at = screen.open(BOARD)
    filters = next(element for element in at.get("button_group") if element.key == "board-filter")
    assert "All: 2" in str(filters.proto)
    filters.set_value("Level 3-4").run()
    assert "ROE" not in words(at)
    assert not at.exception


def test_opening_a_row_leads_to_that_patients_chart(screen):
    episode = screen.admit()
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    at.button(key=f"open-{episode}").click().run()
    assert at.session_state["open_episode"] == episode


@pytest.mark.parametrize("role", [Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN, Role.PHARMACIST, Role.PLANNER])
def test_everybody_who_may_see_the_board_begins_there(screen, role):
    screen.sign_in(role)
    at = screen.open(BOARD)
    assert at.title[0].value == "Ward board: 3 East"
    assert not at.exception


def test_the_administrator_begins_at_the_set_up_and_sees_no_patient(screen, words):
    screen.admit()
    screen.sign_in(Role.ADMIN)
    at = screen.open("pages/set_up.py")
    assert at.title[0].value == "Set-up"
    assert "DOE" not in words(at)


def test_the_auditor_begins_at_the_audit_which_names_no_patient(screen, words):
    screen.admit()
    screen.sign_in(Role.AUDITOR)
    at = screen.open("pages/audit.py")
    assert at.title[0].value == "Audit"
    assert "DOE" not in words(at)
    assert "admit patient" in str(at.dataframe[0].value)


def observe(screen, episode, **observation):
    vitals = {"respiratory_rate": 16, "spo2": 97, "on_oxygen": False, "systolic": 124, "diastolic": 80, "pulse": 84}
    whole = {"vitals": vitals | {"temperature_c": "37.0", "acvpu": "A"}, "rass": 0, "events": []} | observation
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, episode, whole, entry_id=new_id(), happened_at=screen.clock())


HALLUCINATION = [{"kind": "hallucination", "insight": True, "modality": "visual"}]


def test_an_alert_says_how_long_nobody_has_acknowledged_it_and_who_has_to_come(screen, words):
    observe(screen, screen.admit(), events=HALLUCINATION)
    screen.clock.now += timedelta(minutes=6)
    screen.sign_in(Role.NURSE)
    shown = " ".join(words(screen.open(BOARD)).split())
    assert "◆ Prescriber: nobody has acknowledged it for 6 min → prescriber ; emergency team in 54 min" in shown
    assert "Keep dose, no cut until reviewed" in shown


def test_nobody_in_time_and_the_row_itself_has_climbed(screen, words):
    observe(screen, screen.admit(), events=HALLUCINATION)
    screen.clock.now += timedelta(minutes=70)
    screen.sign_in(Role.NURSE)
    shown = " ".join(words(screen.open(BOARD)).split())
    assert "■ EMERGENCY" in shown
    assert "→ emergency team" in shown


def test_what_waits_for_one_role_is_shown_alone(screen, words):
    observe(screen, screen.admit(), events=HALLUCINATION)
    quiet = screen.admit(episode_id=new_id(), bed="08", record_number="00456", family_name="Roe")
    observe(screen, quiet)
    screen.sign_in(Role.PHYSICIAN)
    at = screen.open(BOARD)
    awaits = next(element for element in at.get("button_group") if element.key == "board-awaits")
    assert "prescriber: 1" in str(awaits.proto)
    awaits.set_value("prescriber").run()
    assert "DOE" in words(at)
    assert "ROE" not in words(at)


def test_mine_says_that_no_shift_is_set_rather_than_that_nobody_is_mine(screen, words):
    screen.admit()
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    filters = next(element for element in at.get("button_group") if element.key == "board-filter")
    assert "Mine: not set" in str(filters.proto)
    filters.set_value("Mine").run()
    assert "Nobody has set the shift of this unit" in words(at)
    assert not at.exception


def test_what_is_due_in_the_next_hour_is_listed_in_order_of_time(screen, words):
    observe(screen, screen.admit())
    screen.clock.now += timedelta(hours=3, minutes=30)
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    next(element for element in at.get("button_group") if element.key == "board-filter").set_value("Due in 1 h").run()
    shown = " ".join(words(at).split())
    assert "13:00 · bed 07 · DOE, Jane · observation set" in shown
    assert "in 30 min" in shown


def test_it_says_when_it_was_refreshed(screen, words):
    screen.admit()
    screen.sign_in(Role.NURSE)
    assert "refreshed 09:00:00" in " ".join(words(screen.open(BOARD)).split())


def test_the_wall_names_nobody_and_has_nothing_to_press(screen, words):
    observe(screen, screen.admit(), events=HALLUCINATION)
    screen.clock.now += timedelta(minutes=6)
    screen.sign_in(Role.CHARGE_NURSE)
    at = screen.open("pages/wall.py")
    shown = " ".join(words(at).split())
    assert "07 ◆ Prescriber" in shown
    assert "→ prescriber, 6 min" in shown
    for identity in ("DOE", "Jane", "00123"):
        assert identity not in shown
    assert not at.button
    assert not at.exception


def test_text_that_somebody_typed_is_never_markup(screen, words):
    screen.admit(family_name="<img src=x>", given_name="A&B")
    screen.sign_in(Role.NURSE)
    at = screen.open(BOARD)
    assert not any("<img" in element.proto.body.lower() for element in at.get("html"))
    assert "<IMG SRC=X>, A&B" in words(at)
