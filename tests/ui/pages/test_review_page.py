"""The Review page: the verdict first, missing data against going on, alerts acknowledged and resolved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import display_rules
import taper_story
from taper_app import wiring
from taper_app.clinical.people import Role
from taper_app.ui import session_binding

ROOT = Path(__file__).parents[3]


@pytest.fixture
def story(monkeypatch):
    made = taper_story.Story()
    monkeypatch.setattr(wiring, "_apps", {False: made.app})
    st.cache_resource.clear()
    return made


@pytest.fixture
def open_page(story, monkeypatch):
    def open_as(role: Role = Role.PHYSICIAN) -> AppTest:
        token = story.token(role)
        monkeypatch.setattr(session_binding, "cookie_token", lambda: token)
        at = AppTest.from_file(str(ROOT / "taper_app/ui/router.py"), default_timeout=30)
        at.session_state["open_episode"] = story.episode_id
        at.run().switch_page("pages/review.py").run()
        assert not at.exception
        return at

    return open_as


def words(at):
    kinds = ("markdown", "error", "warning", "info", "success", "title", "header", "subheader")
    shown = [element.value for kind in kinds for element in at.get(kind)]
    labels = [element.label for kind in ("button", "expander", "text_input") for element in at.get(kind)]
    tables = [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    return "\n".join(str(text).replace("\\", "").replace("\u00a0", " ") for text in [*shown, *labels, *tables] if text)


def buttons(at, label):
    return [element for element in at.button if element.label == label]


def elements(block):
    """Everything in the order of the screen; of an expander only itself."""
    for child in block.children.values():
        if hasattr(child, "children") and child.type != "expander":
            yield from elements(child)
        else:
            yield child


def figure(at):
    return json.loads(at.get("plotly_chart")[0].proto.spec)


def test_after_the_seizure_the_page_says_keep_dose_and_do_not_omit_with_every_reason(story, open_page):
    at = open_page(story.to_the_seizure() and Role.PHYSICIAN)
    assert at.header[0].value == "◆ Keep dose, no cut"
    text = words(at)
    assert "Do not omit the benzodiazepine" in text
    assert "■ EMERGENCY: Seizure, cause not yet known; withdrawal possible." in text
    assert "◆ Prescriber: Hallucination with insight." in text
    assert "is incomplete: at least 38, at most 42; missing: item 17" in text
    assert "It is suspended until a prescriber has reviewed" in text
    assert not at.exception


def test_missing_data_speaks_against_the_next_cut_even_without_a_finding(story, open_page):
    story.admit(seizure_history="not_assessed")
    story.propose()
    story.sign()
    at = open_page()
    assert at.header[0].value == "△ Next cut as planned, with open questions"
    text = words(at)
    assert "No observation set has been charted yet" in text
    assert "Not assessed, and never taken for no: seizure history" in text


def test_with_a_complete_quiet_set_nothing_speaks_against_the_cut(story, open_page):
    story.with_signed_plan()
    story.observe(vitals=taper_story.VITALS, rass=0, ciwa_b=taper_story.ciwa_b(0), events=[])
    at = open_page()
    assert at.header[0].value == "○ Next cut as planned"
    assert "Nothing charted speaks against the next cut" in words(at)


def test_the_review_of_a_calm_patient_leaves_the_dose_to_the_check_before_it(story, open_page):
    story.with_signed_plan()
    assert "Give the planned dose. The check before each dose still decides at the bedside." in words(open_page())


def test_without_a_plan_no_planned_dose_is_told_to_be_given(story, open_page):
    story.admit()
    text = words(open_page())
    assert "Give the planned dose" not in text
    assert "No plan is signed, so none is planned" in text
    assert "Routine" not in text
    assert "Not assessed" in text


def test_the_plot_stands_with_its_table_and_can_show_the_day_the_week_or_the_taper(story, open_page):
    story.restabilised()
    at = open_page()
    names = [trace["name"] for trace in figure(at)["data"]]
    assert "version 1, not in force" in names
    assert "CIWA-B incomplete: least to most" in names
    rows = [list(row) for row in at.table[0].value.to_numpy()]
    assert ["Sat 5 Dec 2026 10\\:31", "event", "seizure, 2 min"] in rows
    week = figure(at)["layout"]["xaxis"]["range"]
    at.get("button_group")[0].set_value("taper").run()
    assert figure(at)["layout"]["xaxis"]["range"][1] > week[1]
    assert not at.exception


def test_a_physician_acknowledges_and_resolves_an_alert_with_what_was_done(story, open_page):
    story.with_signed_plan()
    story.hallucination()
    assert story.chart().standing.suspensions
    at = open_page()
    buttons(at, "Acknowledge")[0].click().run()
    assert story.chart().alerts[0].acknowledged.author.role is Role.PHYSICIAN
    assert not buttons(at, "Acknowledge")
    buttons(at, "Resolve")[0].click().run()
    assert "Write what was done" in at.error[0].value
    assert story.chart().alerts[0].is_open
    at.text_input[0].set_value("seen, no delirium").run()
    buttons(at, "Resolve")[0].click().run()
    assert not story.chart().alerts[0].is_open
    text = words(at)
    assert "Resolved by Synthetic Physician, physician" in text
    assert "seen, no delirium" in text
    assert story.chart().standing.suspensions == ()
    assert not at.exception


def test_what_was_typed_about_an_alert_survives_leaving_the_page(story, open_page):
    story.with_signed_plan()
    story.hallucination()
    open_page().text_input[0].set_value("half a sentence").run()
    assert open_page().text_input[0].value == "half a sentence"


def test_a_pharmacist_reads_the_review_and_has_no_button_for_alerts(story, open_page):
    story.with_signed_plan()
    story.hallucination()
    at = open_page(Role.PHARMACIST)
    assert not buttons(at, "Acknowledge")
    assert not buttons(at, "Resolve")
    assert "Hallucination with insight" in words(at)


@pytest.mark.parametrize("stage", ["admit", "with_signed_plan", "to_the_seizure", "restabilised"])
def test_no_word_on_the_page_breaks_the_display_rules(story, open_page, stage):
    getattr(story, stage)()
    at = open_page()
    assert display_rules.violations(words(at)) == []
    assert not at.exception


def test_until_when_symptoms_are_to_be_expected_stands_before_the_plot_and_its_sources_behind_it(story, open_page):
    story.with_signed_plan()
    at = open_page()
    text = words(at)
    expected = "Symptoms of the cut of Tue 1 Dec 2026 (clonazepam from 2 mg to 1.875 mg a day) are to be expected until"
    assert f"**{expected} Mon 28 Dec 2026" in text
    assert "They are relative, and no measurement of this patient." in text
    assert "PRN and emergency doses and doses that were not given are not in it." in text
    assert "Half-life 18–50 h (Ashton (copy))" in text
    assert "Withdrawal app (NSW); second-hand copy" in text
    assert "level: clonazepam" in [trace["name"] for trace in figure(at)["data"]]
    shown = [(element.type, element.value if element.type == "markdown" else "") for element in elements(at.main)]
    order = ["sentence" if "Symptoms of" in value else kind for kind, value in shown]
    assert order.index("sentence") < order.index("plotly_chart") < order.index("expander")


def test_without_a_signed_plan_no_level_is_drawn(story, open_page):
    story.proposed()
    at = open_page()
    assert "No plan is signed, so no level is drawn" in words(at)
    assert not [trace for trace in figure(at)["data"] if trace["name"].startswith("level")]


def test_a_medicine_without_a_level_is_named_with_the_reason_before_the_plot(story, open_page):
    story.admit()
    lines = [{"drug": "clorazepate", "mg": "15", "time": time} for time in ("08:00", "20:00")]
    story.propose(current=lines, products=None)
    story.sign()
    text = words(open_page())
    assert "No level is drawn for clorazepate: it is turned into nordiazepam in the stomach" in text
    assert "Symptoms of the cut of" in text
    assert "no measurement of this patient" not in text
