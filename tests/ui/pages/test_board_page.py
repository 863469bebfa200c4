from __future__ import annotations

import pytest

from taper_app.clinical.people import Role
from taper_app.use_cases.context import new_id

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
