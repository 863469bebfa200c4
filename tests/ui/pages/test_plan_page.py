"""The Plan page as a physician, a pharmacist and a nurse meet it, driven through the router."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import display_rules
import taper_story
from taper_app import wiring
from taper_app.clinical.people import Role
from taper_app.clinical.planning.versions import VersionState
from taper_app.ui import session_binding
from taper_app.use_cases.drafts import open_draft, save_draft
from taper_app.use_cases.rights import UseCase

ROOT = Path(__file__).parents[3]


@pytest.fixture
def story(monkeypatch):
    made = taper_story.Story()
    monkeypatch.setattr(wiring, "_apps", {False: made.app})
    st.cache_resource.clear()
    return made


@pytest.fixture
def open_page(story, monkeypatch):
    """Sign a role in and open the patient's Plan page."""

    def open_as(role: Role = Role.PHYSICIAN) -> AppTest:
        token = story.token(role)
        monkeypatch.setattr(session_binding, "cookie_token", lambda: token)
        at = AppTest.from_file(str(ROOT / "taper_app/ui/router.py"), default_timeout=30)
        at.session_state["open_episode"] = story.episode_id
        at.run().switch_page("pages/plan.py").run()
        assert not at.exception
        return at

    return open_as


def widget(elements, start):
    """The one widget whose key begins like this."""
    found = [element for element in elements if element.key and element.key.startswith(start)]
    assert len(found) == 1, [element.key for element in elements]
    return found[0]


def button(at, label):
    found = [element for element in at.button if element.label == label]
    assert len(found) == 1, [element.label for element in at.button]
    return found[0]


def type_in(at, start, value):
    widget(at.text_input, f"{start}-").set_value(value).run()
    return at


def keep_typed(story, **fields):
    """As if these had been typed before: AppTest cannot type a name that a list does not have."""
    at_once = {name.replace("__", "-"): value for name, value in fields.items()}
    draft = open_draft(story.app, story.actor(Role.PHYSICIAN), UseCase.DRAFT_PLAN, story.episode_id, "plan")
    save_draft(story.app, story.actor(Role.PHYSICIAN), UseCase.DRAFT_PLAN, draft, {**draft.body, **at_once})


def words(at):
    """Everything that stands on the page as text."""
    shown = [
        element.value
        for kind in ("markdown", "error", "warning", "info", "success", "title", "subheader")
        for element in at.get(kind)
    ]
    labels = [
        element.label
        for kind in ("button", "checkbox", "expander", "text_input", "selectbox")
        for element in at.get(kind)
    ]
    tables = [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    return "\n".join(str(text).replace("\\", "").replace("\u00a0", " ") for text in [*shown, *labels, *tables] if text)


def build(at):
    return button(at, "Build").click().run()


def stored_versions(story):
    return [(version.number, version.state) for version in story.chart().versions]


def test_what_she_takes_is_filled_in_from_the_chart_with_each_tables_equivalent_by_name(story, open_page):
    story.admit()
    at = open_page()
    assert widget(at.selectbox, "plan-drug-0-").value == "clonazepam"
    assert [widget(at.text_input, f"plan-{name}-1-").value for name in ("mg", "time")] == ["1", "20:00"]
    text = words(at)
    assert "clonazepam 2 mg = 20 to 40 mg diazepam (Ashton 40" in text
    assert "VA/DoD 20" in text
    assert "chosen 40, by the highest table" in text
    assert "No clinician has signed this protocol file yet" in text
    assert "local reading" in text
    assert not at.exception


def test_with_half_and_one_milligram_tablets_the_plan_is_refused_and_the_odt_remedy_builds_it(story, open_page):
    story.admit()
    at = open_page()
    assert not widget(at.checkbox, "plan-product-clonazepam-odt-0.125mg-").value
    build(at)
    assert "33.3 %" in at.error[0].value
    button(at, "Add the 0.125 mg orally disintegrating tablet.").click().run()
    assert widget(at.checkbox, "plan-product-clonazepam-odt-0.125mg-").value
    text = words(at)
    assert "first day without" in text
    assert "1 and a half tablets of 0.5 mg, 1 orally disintegrating tablet of 0.125 mg" in text
    assert "To sign by name: ceiling in end zone (steps 14, 15 and 16)" in text
    assert stored_versions(story) == []
    assert not at.exception


def test_the_maintenance_remedy_fills_the_target_in(story, open_page):
    story.admit()
    at = build(open_page())
    button(at, "Stay on 0.75 mg a day for now.").click().run()
    assert widget(at.text_input, "plan-target_mg-").value == "0.75"
    assert "stays on clonazepam 0.75 mg a day" in words(at)
    assert not at.exception


def test_proposing_twice_keeps_one_version_and_nothing_is_in_force(story, open_page):
    story.admit()
    at = build(open_page())
    button(at, "Add the 0.125 mg orally disintegrating tablet.").click().run()
    button(at, "Propose").click().run()
    assert stored_versions(story) == [(1, VersionState.PROPOSED)]
    text = words(at)
    assert "Version 1: proposed, not signed" in text
    assert "No plan is signed" in text
    assert not at.exception


def test_signing_asks_for_each_warning_by_its_name(story, open_page):
    story.admit(pregnant="not_assessed")
    story.propose()
    at = open_page()
    labels = [box.label for box in at.checkbox if box.key.startswith("accept-")]
    assert labels == [
        'I accept "facts not assessed" for the whole plan',
        'I accept "ceiling in end zone" for steps 14, 15 and 16',
    ]
    widget(at.checkbox, "accept-facts-not-assessed-").check().run()
    button(at, "Sign version 1").click().run()
    assert "ceiling-in-end-zone" in at.error[0].value
    assert "facts-not-assessed" not in at.error[0].value
    assert stored_versions(story) == [(1, VersionState.PROPOSED)]
    assert widget(at.checkbox, "accept-facts-not-assessed-").value
    widget(at.checkbox, "accept-ceiling-in-end-zone-").check().run()
    button(at, "Sign version 1").click().run()
    assert stored_versions(story) == [(1, VersionState.SIGNED)]
    assert "Version 1 in force" in words(at)
    assert not at.exception


BAD = [
    ("plan-mg-0", "-1", "Line 1, dose in mg"),
    ("plan-mg-0", "1e3", "Line 1, dose in mg"),
    ("plan-mg-0", "NaN", "Line 1, dose in mg"),
    ("plan-mg-1", "0,5", "Line 2, dose in mg"),
    ("plan-mg-1", ".5", "Line 2, dose in mg"),
    ("plan-cut", "ten", "Cut in percent"),
    ("plan-every_days", "1.5", "Every … days"),
    ("plan-times", "8 am", "Times of day"),
]


@pytest.mark.parametrize(("field", "typed", "label"), BAD)
def test_a_slip_gets_one_sentence_beside_its_field_and_stays_on_the_screen(story, open_page, field, typed, label):
    story.admit()
    at = build(type_in(open_page(), field, typed))
    assert label in at.error[0].value
    name = label.split(", ")[-1].casefold()
    assert f"{name}: {name}" not in at.error[0].value.replace("*", "").replace("\\", "").casefold()
    assert at.error[0].value.count("\n- ") == 1
    assert widget(at.text_input, f"{field}-").value == typed
    assert stored_versions(story) == []
    assert "Propose" not in [element.label for element in at.button]
    assert not at.exception


def test_every_slip_is_named_at_once_and_a_start_a_year_ago_among_them(story, open_page):
    story.admit()
    keep_typed(story, drug__1="nothing")
    at = open_page()
    for field, typed in (("plan-mg-0", "1e3"), ("plan-mg-1", ".5"), ("plan-cut", "0,5")):
        type_in(at, field, typed)
    widget(at.date_input, "plan-start_on-").set_value(date(2025, 12, 1)).run()
    build(at)
    text = at.error[0].value
    for label in ("Line 1, dose in mg", "Line 2, dose in mg", "Line 2, medicine", "Cut in percent", "Start on"):
        assert label in text
    assert widget(at.date_input, "plan-start_on-").value == date(2025, 12, 1)
    assert stored_versions(story) == []
    assert not at.exception


def test_what_was_typed_is_there_again_after_the_page_is_opened_anew(story, open_page):
    story.admit()
    type_in(open_page(), "plan-cut", "7.5")
    at = open_page()
    assert widget(at.text_input, "plan-cut-").value == "7.5"


def test_after_a_change_the_old_answer_is_gone_until_it_is_built_again(story, open_page):
    story.admit()
    at = build(open_page())
    assert at.error
    type_in(at, "plan-cut", "5")
    assert not at.error
    assert "Build to see the plan" in words(at)


def test_while_a_seizure_suspends_the_plan_it_has_no_file_but_a_bridging_note_without_a_cut(story, open_page):
    story.to_the_seizure()
    at = open_page()
    labels = [element.label for element in at.button]
    assert "Make JSON file" not in labels
    assert "Make bridging note file" in labels
    text = words(at)
    assert "✕ SUSPENDED" in text
    assert "Last tolerated daily dose: clonazepam 2 mg a day" in text
    assert "no cut before Sat 2 Jan 2027" in text
    assert "A specialist's name is needed" in text
    assert "✕ SUSPENDED. Keep dose, no cut until a prescriber has reviewed. Do not omit the benzodiazepine" in text
    assert any(element.label.startswith("✕ SUSPENDED: Version 1") for element in at.expander)
    assert not at.exception


def test_restabilising_after_the_seizure_shows_the_proposal_beside_version_1_and_version_1_is_out_of_force(
    story, open_page
):
    story.to_the_seizure()
    at = open_page()
    assert widget(at.text_input, "plan-change-daily_mg-").value == "2"
    assert widget(at.text_input, "plan-change-keep_days-").value == "28"
    assert widget(at.text_input, "plan-change-cut_percent-").value == "5"
    button(at, "Show the change").click().run()
    assert "Reason" in at.error[-1].value
    type_in(at, "plan-change-reason", "seizure under version 1")
    button(at, "Show the change").click().run()
    assert "named specialist" in at.error[-1].value
    type_in(at, "plan-change-specialist", "Dr Synthetic, neurology")
    button(at, "Show the change").click().run()
    assert "restabilise, no cut" in words(at)
    button(at, "Propose the change").click().run()
    for box in [box for box in at.checkbox if box.key.startswith("accept-")]:
        box.check()
    button(at, "Sign version 2").click().run()
    assert stored_versions(story) == [(1, VersionState.SUPERSEDED), (2, VersionState.SIGNED)]
    text = words(at)
    assert "NOT IN FORCE: Version 1, superseded by version 2" in text
    assert "NOT IN FORCE. Version 1, superseded by version 2: not in force. Nothing is given from it." in text
    assert "Version 2 in force" in text
    assert "Make JSON file" in [element.label for element in at.button]
    assert not at.exception


def test_keeping_the_dose_longer_moves_the_next_cut(story, open_page):
    story.with_signed_plan()
    at = open_page()
    widget(at.get("button_group"), "plan-change-kind-").set_value("keep_days").run()
    type_in(at, "plan-change-days", "10")
    type_in(at, "plan-change-reason", "a bad week")
    button(at, "Show the change").click().run()
    assert "keep dose, no cut" in words(at)
    drawn = [element.proto.spec for element in at.get("plotly_chart")]
    assert any("version 1, in force now" in spec for spec in drawn)
    assert not any("version 1, not in force" in spec for spec in drawn)
    button(at, "Propose the change").click().run()
    version = story.chart().versions[-1]
    first, second = version.plan.steps[:2]
    assert (first.kind, first.daily_of("clonazepam"), first.starts_on) == ("keep", 2, date(2026, 12, 1))
    assert (second.kind, second.starts_on) == ("cut", date(2026, 12, 11))
    assert not at.exception


def test_a_nurse_reads_the_plan_and_changes_nothing(story, open_page):
    story.with_signed_plan()
    at = open_page(Role.NURSE)
    assert "Version 1 in force" in words(at)
    of_the_page = {element.label for element in at.button} - {"Sign out"}
    assert of_the_page == {"Make JSON file", "Make CSV file", "Make text file"}
    assert len(at.text_input) == 0
    assert not at.exception


def test_a_pharmacist_proposes_and_does_not_sign(story, open_page):
    story.admit()
    story.propose()
    at = open_page(Role.PHARMACIST)
    labels = [element.label for element in at.button]
    assert "Build" in labels
    assert "Sign version 1" not in labels
    assert "A physician signs it" in words(at)


@pytest.mark.parametrize("stage", ["admit", "with_signed_plan", "to_the_seizure", "restabilised"])
def test_no_word_on_the_page_breaks_the_display_rules(story, open_page, stage):
    getattr(story, stage)()
    at = open_page()
    if stage == "admit":
        build(at)
    assert display_rules.violations(words(at)) == []
    assert not at.exception


def test_no_line_of_the_schedule_ends_between_a_number_and_its_unit(story, open_page):
    story.with_signed_plan()
    cells = [str(cell) for table in open_page().table for cell in table.value.to_numpy().ravel()]
    assert any("1.875\u00a0mg" in cell for cell in cells)
    assert not any(" mg" in cell for cell in cells)


def test_a_draft_with_a_protocol_that_is_no_longer_shipped_falls_back_to_the_default(story, open_page):
    story.admit()
    at = type_in(open_page(), "plan-cut", "7.5")
    assert at.text_input
    with story.store.reading() as reading:
        draft = reading.draft("id-physician", story.episode_id, "plan")
    older = draft.model_copy(update={"body": {**draft.body, "protocol": "withdrawn-1999"}})
    story.store.transact(lambda writing: writing.save_draft(older))
    at = open_page()
    assert widget(at.selectbox, "plan-protocol-").value == "asam-2025"
    assert widget(at.text_input, "plan-cut-").value == "7.5"


def test_each_steps_why_says_until_when_symptoms_are_to_be_expected_and_the_sources_stand_once(story, open_page):
    story.with_signed_plan()
    text = words(open_page())
    assert "Symptoms of this cut are to be expected until Mon 28 Dec 2026, worst Tue 8 Dec 2026 to" in text
    in_force = text.split("What the sources print of symptoms, for each cut alike")[1]
    assert in_force.count("WikEM: begins after several days to 3 weeks") >= 1
    assert text.count("WikEM: begins") == text.count("What the sources print of symptoms")
