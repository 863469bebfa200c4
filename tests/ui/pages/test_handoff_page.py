"""The Handoff page as a discharge planner and a physician meet it, driven through the router."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import display_rules
import handoff_story
from taper_app import wiring
from taper_app.clinical.people import Role
from taper_app.ui import session_binding
from taper_app.use_cases.hand_over import draft_summary, sign_summary
from taper_app.use_cases.release import release_patient

ROOT = Path(__file__).parents[3]


@pytest.fixture
def story(monkeypatch):
    made = handoff_story.Leaving()
    monkeypatch.setattr(wiring, "_apps", {False: made.app})
    st.cache_resource.clear()
    yield made
    st.cache_resource.clear()


@pytest.fixture
def sign_in(story, monkeypatch):
    def as_role(role: Role) -> None:
        token = story.token(role)
        monkeypatch.setattr(session_binding, "cookie_token", lambda: token)

    return as_role


@pytest.fixture
def open_page(story, sign_in):
    """Sign a role in and open the patient's Handoff page, at one of its steps."""

    def open_as(role: Role = Role.PHYSICIAN, step: str | None = None, *, patient: bool = True) -> AppTest:
        sign_in(role)
        at = AppTest.from_file(str(ROOT / "taper_app/ui/router.py"), default_timeout=30)
        if patient:
            at.session_state["open_episode"] = story.episode_id
        at.run().switch_page("pages/handoff.py").run()
        assert not at.exception
        if step is not None:
            control(at, "handoff-step").set_value(step).run()
        assert not at.exception
        return at

    return open_as


def control(at, start):
    found = [element for element in at.get("button_group") if element.key and element.key.startswith(start)]
    assert len(found) == 1, [element.key for element in at.get("button_group")]
    return found[0]


def field(elements, start):
    found = [element for element in elements if element.key and element.key.startswith(start)]
    assert len(found) == 1, [element.key for element in elements]
    return found[0]


def button(at, label):
    found = [element for element in at.button if element.label == label]
    assert len(found) == 1, [element.label for element in at.button]
    return found[0]


def words_of(at):
    kinds = ("title", "subheader", "markdown", "text", "info", "warning", "error", "success")
    shown = [str(element.value) for kind in kinds for element in at.get(kind)]
    return "\n".join(shown).replace("\\", "")


def test_a_planner_opens_the_handoff_and_reads_what_is_missing_and_who_owes_it(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER)
    assert at.title[0].value == "Handoff"
    words = words_of(at)
    assert "Not yet:" in words
    assert "Nobody is named who prescribes next." in words
    assert "Owed by: discharge planner" in words
    assert "■ **Discharge planner**, missing: acceptance by the next prescriber; booked first visit" in words
    assert "SYNTHETIC, Jane" in words
    assert not at.exception


def test_without_an_open_patient_the_page_offers_those_on_the_unit_and_those_who_left(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER, patient=False)
    assert "On the unit" in words_of(at)
    field(at.button, "handoff-open").click().run()
    assert "Arranged so far" in words_of(at)
    assert not at.exception


def test_a_planner_records_the_next_prescriber_and_what_was_typed_stays_on_a_refusal(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER)
    field(at.text_input, "handoff-next-prescriber|name").set_value("Dr A. Reyes").run()
    button(at, "Save").click().run()
    assert "phone" in at.error[-1].value
    assert field(at.text_input, "handoff-next-prescriber|name").value == "Dr A. Reyes"
    field(at.text_input, "handoff-next-prescriber|phone").set_value("555-0142").run()
    field(at.text_input, "handoff-next-prescriber|where").set_value("Harbor Family Practice").run()
    button(at, "Save").click().run()
    assert "Dr A. Reyes, Harbor Family Practice, 555-0142: no answer yet" in words_of(at)
    assert not at.exception


def test_a_visit_without_day_and_time_is_asked_for_as_the_form_shows_them(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER)
    control(at, "handoff-form").set_value("First visit").run()
    button(at, "Save").click().run()
    assert "Day and time" in at.error[-1].value
    assert "write the day like 2026-12-01 and the time like 08:00" in at.error[-1].value.replace("\\", "")
    assert "T08:00" not in at.error[-1].value
    assert not at.exception


def test_what_was_typed_is_still_there_after_the_line_was_lost(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER)
    field(at.text_input, "handoff-next-prescriber|name").set_value("Dr A. Reyes").run()
    again = open_page(Role.PLANNER)
    assert field(again.text_input, "handoff-next-prescriber|name").value == "Dr A. Reyes"
    assert not again.exception


def test_every_form_opens_for_planner_and_physician(story, open_page):
    story.set_up().with_signed_plan()
    for role in (Role.PLANNER, Role.PHYSICIAN, Role.NURSE):
        at = open_page(role)
        names = list(control(at, "handoff-form").options)
        assert len(names) == 10
        for name in names:
            control(at, "handoff-form").set_value(name).run()
            assert not at.exception, name
            assert name in [element.value for element in at.subheader]


def test_the_supply_form_counts_the_tablets_that_the_signed_plan_needs(story, open_page):
    story.to_day_nine()
    story.prescriber().first_visit()
    for topic, answer in (("suicide_risk", "no"), ("overdose_history", "no"), ("stable_housing", "yes")):
        story.check(topic, answer)
    at = open_page(Role.PHYSICIAN)
    control(at, "handoff-form").set_value("Supply").run()
    words = words_of(at)
    assert "5 days are wanted" in words
    assert "11 × clonazepam tablet of 1 mg" in words
    field(at.text_input, "handoff-supply|handed_over").set_value("R. Singh to the patient, at noon").run()
    button(at, "Save").click().run()
    assert "5 days, R. Singh" in words_of(at)
    assert not at.exception


def test_the_veto_shows_each_condition_and_only_a_physician_may_clear_it(story, open_page):
    story.to_day_nine()
    for role, may in ((Role.PLANNER, False), (Role.PHYSICIAN, True)):
        at = open_page(role, "Release")
        words = words_of(at)
        assert "The veto stands" in words
        assert "CIWA-B complete and at most 20: met" in words
        assert "The next prescriber has accepted: not met" in words
        assert ("Clear the veto" in [element.label for element in at.button]) is may
        assert not at.exception


def test_a_physician_clears_the_veto_signs_and_releases(story, open_page):
    story.to_day_nine()
    story.everything_arranged()
    at = open_page(Role.PHYSICIAN, "Release")
    field(at.text_input, "handoff-veto|reason").set_value(handoff_story.REASON).run()
    button(at, "Clear the veto").click().run()
    assert "Cleared by Synthetic Physician" in words_of(at)
    control(at, "handoff-step").set_value("Summary").run()
    button(at, "Write a draft").click().run()
    button(at, "Sign summary").click().run()
    assert "Version 1 signed by Synthetic Physician" in words_of(at)
    button(at, "Make PDF").click().run()
    links = at.get("link_button")
    assert any("/download/" in str(link.proto.url) for link in links)
    control(at, "handoff-step").set_value("Release").run()
    button(at, "Release the patient").click().run()
    words = words_of(at)
    assert "Released: this episode has ended and can only be read." in words
    assert "Home, with her sister" in words
    assert not at.exception


def test_without_consent_the_page_says_so_and_makes_no_file(story, open_page):
    story.set_up().with_signed_plan()
    draft = draft_summary(story.app, story.planner, story.episode_id, entry_id="draft-1")
    sign_summary(story.app, story.physician, story.episode_id, draft, entry_id="signed-1")
    at = open_page(Role.PLANNER, "Summary")
    button(at, "Make PDF").click().run()
    assert "No consent is recorded" in at.error[-1].value
    assert not any("/download/" in str(link.proto.url) for link in at.get("link_button"))
    assert not at.exception


def test_a_planner_records_and_revokes_a_consent(story, open_page):
    story.set_up().with_signed_plan()
    at = open_page(Role.PLANNER, "Consent")
    button(at, "Record the consent").click().run()
    assert "Write who signed the consent" in at.error[-1].value
    field(at.text_input, "handoff-consent|signed_by").set_value("the patient").run()
    for box in at.checkbox:
        box.check().run()
    button(at, "Record the consent").click().run()
    assert "Signed by the patient" in words_of(at)
    button(at, "Revoke").click().run()
    assert "REVOKED" in words_of(at)
    assert not at.exception


def test_the_bridging_sheet_is_made_while_the_plan_is_suspended(story, open_page):
    story.set_up().to_the_seizure()
    at = open_page(Role.NURSE)
    button(at, "Make bridging sheet").click().run()
    assert any("bridging-sheet.pdf" in link.proto.label for link in at.get("link_button"))
    assert not at.exception


def test_a_patient_may_leave_against_advice_with_everything_else_missing(story, open_page):
    story.set_up().to_the_seizure()
    at = open_page(Role.PHYSICIAN, "Release")
    field(at.text_input, "handoff-against-advice|days").set_value("3").run()
    field(at.text_input, "handoff-against-advice|count-clonazepam-tablet-1mg").set_value("6").run()
    field(at.text_input, "handoff-against-advice|handed_over").set_value("given to the patient at the door").run()
    button(at, "Record that the patient leaves").click().run()
    assert "Left against advice" in words_of(at)
    assert "The veto stood when the patient left" in words_of(at)
    refused = [element.value for element in at.error if "has ended" in element.value or "veto" in element.value]
    assert refused == [], "no refusal and no veto to clear once the patient has left"
    assert not at.exception


def test_after_release_the_planner_still_finds_the_patient_and_nothing_can_be_entered(story, open_page):
    story.to_day_nine()
    story.everything_arranged()
    story.veto_cleared()
    draft = draft_summary(story.app, story.planner, story.episode_id, entry_id="draft-1")
    sign_summary(story.app, story.physician, story.episode_id, draft, entry_id="signed-1")
    release_patient(story.app, story.physician, story.episode_id, entry_id="release-1")
    at = open_page(Role.PLANNER, patient=False)
    assert "Released" in words_of(at)
    field(at.button, "handoff-open").click().run()
    assert not at.text_input
    control(at, "handoff-step").set_value("Summary").run()
    button(at, "Make PDF").click().run()
    assert any("/download/" in str(link.proto.url) for link in at.get("link_button"))
    assert not at.exception


def test_no_step_of_the_page_says_what_hospitals_misread(story, open_page):
    story.to_day_nine()
    story.everything_arranged()
    for step in ("Arrange", "Consent", "Summary", "Release"):
        at = open_page(Role.PHYSICIAN, step)
        assert display_rules.violations(words_of(at)) == []
        assert not at.exception


def test_a_pharmacist_has_no_handoff_page(story, sign_in):
    story.set_up().with_signed_plan()
    sign_in(Role.PHARMACIST)
    at = AppTest.from_file(str(ROOT / "taper_app/ui/router.py"), default_timeout=30)
    at.session_state["open_episode"] = story.episode_id
    at.run()
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        at.switch_page("pages/handoff.py")
