"""The step chart of a plan: its data, read as a person would read the drawing."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

import taper_story
from taper_app.ui.figures.plan_steps import TARGET, TO_SIGN, plan_alt, plan_figure


@pytest.fixture(scope="module")
def chart():
    return taper_story.Story().restabilised().chart()


@pytest.fixture(scope="module")
def first_plan(chart):
    return chart.versions[0].plan


def trace(figure, name):
    found = [one for one in figure.data if one.name == name]
    assert len(found) == 1, [one.name for one in figure.data]
    return found[0]


def test_the_makeable_dose_is_a_step_line_through_every_step_with_its_exact_dose(first_plan):
    line = trace(plan_figure(first_plan), "makeable: this plan")
    assert line.line.shape == "hv"
    assert line.line.color == "#0072B2"
    assert list(line.y[:-1]) == [float(step.daily_of("clonazepam")) for step in first_plan.steps]
    assert line.x[0] == datetime(2026, 12, 1)
    assert line.text[0] == "step 1, Tue 1 Dec 2026: 1.875 mg a day"


def test_the_target_is_dashed_grey_and_has_what_the_pace_asked(first_plan):
    line = trace(plan_figure(first_plan), TARGET)
    assert (line.line.dash, line.line.color) == ("dash", "#6B7280")
    assert list(line.y[:2]) == [1.8, 1.6875]


def test_each_step_to_sign_is_marked_with_words(first_plan):
    figure = plan_figure(first_plan)
    marks = trace(figure, TO_SIGN)
    assert list(marks.text) == [f"step {number} above the ceiling: sign" for number in (14, 15, 16)]
    assert list(marks.y) == [0.25, 0.125, 0.0]
    assert {note.text for note in figure.layout.annotations} == set(marks.text)


def test_a_proposal_beside_the_present_plan_shows_the_present_one_thin_under_its_name(chart, first_plan):
    figure = plan_figure(chart.versions[1].plan, beside=first_plan, beside_name="version 1, in force now")
    old, new = trace(figure, "version 1, in force now"), trace(figure, "makeable: this plan")
    assert old.line.width < new.line.width
    assert max(new.x) > max(step_day for step_day in old.x[:-1])


def test_the_alternative_text_says_first_and_last_dose_and_which_steps_are_signed(first_plan):
    text = plan_alt(first_plan)
    assert "clonazepam 1.875 mg from Tue 1 Dec 2026" in text
    assert "no medicine from" in text
    assert "steps 14, 15, 16" in text


def test_the_figure_carries_no_theme_and_stays_small(first_plan):
    written = plan_figure(first_plan).to_json()
    assert len(written) < 15_000
    assert "layout" not in json.loads(written)["layout"]["template"]
