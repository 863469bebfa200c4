"""Alerts on the chart and on Review: seen once, acted on, found again without a dialog; and the proposal to change."""

from __future__ import annotations

from datetime import timedelta

import pytest

import charting_ward as kit
import display_rules
from taper_app.clinical.people import Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_plan, sign_plan

CHART, REVIEW, PLAN = "pages/chart.py", "pages/review.py", "pages/plan.py"
DOSED = {"doses": {"hours_since_last": "2", "late_minutes": 0}}
TREMOR = {"symptoms": {"tremor": 3}} | DOSED
HALLUCINATION = {"events": [{"kind": "hallucination", "insight": True, "modality": "visual"}]} | DOSED


@pytest.fixture
def patient(screen):
    episode = screen.admit()
    screen.sign_in(Role.NURSE)
    return episode


def find(screen, patient, observation):
    nurse = screen.person(Role.NURSE)
    return chart_observation(screen.app, nurse, patient, observation, entry_id=new_id(), happened_at=screen.clock())


def chart_of(screen, patient):
    return open_chart(screen.app, screen.person(Role.PHYSICIAN), patient, audited=False)


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()


def signed_plan(screen, patient):
    physician = screen.person(Role.PHYSICIAN)
    asked = {"protocol": "asam-2025", "start_on": "2027-01-11", "products": kit_products()}
    record = propose_plan(screen.app, physician, patient, asked, entry_id=new_id())
    codes = chart_of(screen, patient).versions[-1].plan.codes_to_sign
    sign_plan(screen.app, physician, patient, record, codes, entry_id=new_id())


def kit_products():
    return ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"]


def test_an_open_alert_is_noted_as_seen_once_however_often_the_page_is_drawn(screen, patient, words):
    find(screen, patient, TREMOR)
    at = screen.open(CHART, patient=patient)
    assert "Seen by The nurse, nurse 09:00" in words(at)
    kept = chart_of(screen, patient).changes
    for _ in range(3):
        at.run()
    assert chart_of(screen, patient).changes == kept
    assert not at.exception


def test_a_pharmacist_who_reads_is_not_noted(screen, patient):
    find(screen, patient, TREMOR)
    screen.sign_in(Role.PHARMACIST)
    screen.open(REVIEW, patient=patient)
    assert chart_of(screen, patient).alerts[0].seen == ()


def test_the_clock_and_the_role_stand_on_top_and_go_on(screen, patient, words):
    find(screen, patient, TREMOR)
    screen.clock.now += timedelta(minutes=6)
    at = screen.open(CHART, patient=patient)
    assert "Nobody acknowledged for 6 min → nurse in charge, nobody is set." in words(at)
    screen.clock.now += timedelta(minutes=116)
    screen.sign_in(Role.NURSE)
    at = screen.open(CHART, patient=patient)
    assert "Nobody acknowledged for 122 min → prescriber, nobody is set." in words(at)
    assert "◆ Prescriber (raised from ▲ Nurse in charge)" in words(at)


def test_an_action_is_recorded_with_its_author_and_the_alert_stays_open(screen, patient, words):
    find(screen, patient, TREMOR)
    at = screen.open(CHART, patient=patient)
    press(at, "Record action")
    assert "Write what was done" in words(at)
    next(box for box in at.text_input if box.label == "What was done").input("Prescriber told").run()
    press(at, "Record action")
    assert "Done 09:00 by The nurse, nurse: Prescriber told" in words(at)
    assert chart_of(screen, patient).alerts[0].is_open
    press(at, "Resolve")
    assert "The alert was resolved." in words(at)
    assert not at.exception


def test_whoever_presses_second_is_told_and_sees_who_was_first(screen, patient, words):
    find(screen, patient, TREMOR)
    at = screen.open(CHART, patient=patient)
    alert = chart_of(screen, patient).alerts[0]
    acknowledge_alert(screen.app, screen.person(Role.CHARGE_NURSE), patient, alert.id, entry_id="first")
    press(at, "Acknowledge")
    assert "Somebody else has acknowledged this alert already." in words(at)
    assert "Acknowledged 09:00 by The charge nurse, charge nurse." in words(at)


def test_found_again_stands_in_the_open_alert(screen, patient, words):
    find(screen, patient, TREMOR)
    screen.clock.now += timedelta(minutes=5)
    assert find(screen, patient, TREMOR).alert is None
    at = screen.open(CHART, patient=patient)
    assert "Found again once, last 09:05" in words(at)
    assert len([button for button in at.button if button.label == "Resolve"]) == 1


def test_what_asks_for_the_next_set_and_how_late_it_is_stand_on_top(screen, patient, words):
    find(screen, patient, kit.WELL | HALLUCINATION)
    due = chart_of(screen, patient).next_due
    assert due.rule
    screen.clock.now = due.at + timedelta(minutes=64)
    screen.sign_in(Role.NURSE)
    text = words(screen.open(CHART, patient=patient))
    assert "(overdue 1 h 4 min)" in text
    assert f"({due.rule})" in text


def test_a_proposal_is_filled_into_the_form_of_a_change_and_changes_nothing(screen, patient, words):
    signed_plan(screen, patient)
    find(screen, patient, HALLUCINATION)
    screen.sign_in(Role.PHYSICIAN)
    at = screen.open(REVIEW, patient=patient)
    assert "Proposal to the prescriber: Restabilise: clonazepam 2 mg a day" in words(at).replace("\u00a0", " ")
    press(at, "Open it as a change of the plan")
    assert at.title[0].value == "Plan"
    fields = {box.label: box.value for box in at.text_input}
    assert fields["Daily dose in mg"] == "2"
    assert fields["Reason"].startswith("Hallucination with insight.")
    assert len(chart_of(screen, patient).of_kind(RecordKind.PLAN)) == 1
    assert not at.exception


@pytest.mark.parametrize("page", [CHART, PLAN, REVIEW])
def test_each_page_names_the_findings_that_stand_against_the_next_cut(screen, patient, words, page):
    signed_plan(screen, patient)
    find(screen, patient, HALLUCINATION)
    text = words(screen.open(page, patient=patient))
    assert "Keep dose, no cut" in text
    assert "Hallucination with insight." in text
    assert "R07" in text
    assert display_rules.violations(text) == []


def test_a_nurse_sees_the_proposal_and_cannot_open_it(screen, patient, words):
    signed_plan(screen, patient)
    find(screen, patient, HALLUCINATION)
    at = screen.open(REVIEW, patient=patient)
    assert "Proposal to the prescriber" in words(at)
    assert not [button for button in at.button if button.label == "Open it as a change of the plan"]
