"""The step chart of a plan: its data, read as a person would read the drawing."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

import taper_story
from taper_app.protocol_files import load_protocols
from taper_app.ui.figures.plan_band import CHOSEN, EQUIVALENTS, end_zone_of
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


def test_a_proposal_beside_the_present_plan_shows_the_present_one_dotted_under_its_name(chart, first_plan):
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


def test_the_equivalents_stand_below_as_a_band_with_the_chosen_table_in_it(first_plan):
    figure = plan_figure(first_plan)
    high, chosen = trace(figure, EQUIVALENTS), trace(figure, CHOSEN)
    assert high.fill == "tonexty"
    assert (high.y[0], chosen.y[0]) == (37.5, 37.5)
    assert [line.y[0] for line in figure.data if line.name is None] == [18.75]
    assert chosen.text[0] == "18.75 to 37.5 mg diazepam, chosen 37.5"
    assert figure.layout.yaxis2.title.text == "mg diazepam"


def test_the_end_zone_is_shaded_up_to_its_printed_dose(first_plan):
    top = end_zone_of(first_plan, load_protocols())
    shapes = plan_figure(first_plan, end_zone=top).layout.shapes
    assert [(shape.y0, shape.y1) for shape in shapes] == [(0, 0.5)]
    assert plan_figure(first_plan).layout.shapes == ()


@pytest.fixture(scope="module")
def switched():
    """Clonazepam 0.5 mg twice a day, changed to diazepam slot by slot."""
    story = taper_story.Story().admit()
    story.propose(
        current=[{"drug": "clonazepam", "mg": "0.5", "time": time} for time in ("08:00", "20:00")],
        taper_drug="diazepam",
        equivalence="ashton-2002",
        products=["clonazepam-tablet-0.5mg", "diazepam-tablet-2mg", "diazepam-tablet-5mg"],
    )
    return story.chart().versions[0].plan


def test_in_a_cross_over_each_medicine_has_a_line_and_no_mark_adds_their_milligrams(switched):
    figure = plan_figure(switched)
    assert trace(figure, "makeable: this plan (diazepam)").line.dash == "solid"
    assert trace(figure, "makeable: this plan (clonazepam)").line.dash == "dash"
    highest = max(float(mg) for step in switched.steps for mg in step.daily_mg.values())
    assert max(trace(figure, TO_SIGN).y) <= highest
    assert figure.layout.yaxis.title.text == "mg a day, each medicine"
    assert end_zone_of(switched, load_protocols()) is None
