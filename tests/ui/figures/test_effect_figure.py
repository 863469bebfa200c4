"""The effect panel: the band, the hatched days, on the time axis of the dose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from plotly.subplots import make_subplots

import taper_story
from taper_app.clinical.kinetics.effect_panel import EffectPanel, effect_panel
from taper_app.clinical.planning.answer import Plan
from taper_app.protocol_files import load_protocols
from taper_app.ui.figures import effect, review
from taper_app.ui.figures.course import Span, Window, course_of
from taper_app.ui.figures.look import midnight
from taper_app.ui.figures.review import review_figure
from taper_app.use_cases.plan_effect import effect_of
from worked_examples import WORKED_EXAMPLES

PROTOCOLS = load_protocols()


@pytest.fixture(scope="module")
def chart():
    return taper_story.Story().restabilised().chart()


def figure_of(chart, span):
    course = course_of(chart, span)
    last = (course.window.end - timedelta(microseconds=1)).date()
    found = effect_of(chart, PROTOCOLS, first_day=course.window.start.date(), last_day=last)
    return course, review_figure(course, found.panel)


@pytest.fixture(scope="module")
def week(chart):
    return figure_of(chart, Span.WEEK)


@pytest.fixture(scope="module")
def stretch() -> Callable[..., tuple[EffectPanel, Window]]:
    """So many days of a worked example, from that day of its plan on (the first is day 1)."""

    def made(name: str, *, day: int = 1, days: int = 28) -> tuple[EffectPanel, Window]:
        written = json.loads((WORKED_EXAMPLES / f"{name}.json").read_text())
        plan = Plan.model_validate(written.get("answer", written))
        first = plan.starts_on + timedelta(days=day - 1)
        end = first + timedelta(days=days)
        last = end - timedelta(days=1)
        panel = effect_panel(plan, PROTOCOLS, PROTOCOLS.time_course, first_day=first, last_day=last)
        return panel, Window(midnight(first), midnight(end))

    return made


def drawn(panel, window):
    figure = make_subplots(rows=1, cols=1)
    effect.add_effect(figure, panel, window, row=1)
    return figure


def trace(figure, name):
    (found,) = [one for one in figure.data if one.name == name]
    return found


def rectangles(one):
    """From when to when, and the height of the floor."""
    return [(one.x[at], one.x[at + 2], one.y[at]) for at in range(0, len(one.x), 6)]


def axis_of(figure, one):
    return figure.layout["xaxis" + (one.xaxis or "x").removeprefix("x")]


def test_the_band_is_sky_blue_at_a_quarter_and_its_times_are_a_start_and_a_distance(week):
    course, figure = week
    low, high = trace(figure, "level: clonazepam, low"), trace(figure, "level: clonazepam")
    assert (high.fill, high.fillcolor) == ("tonexty", "rgba(86, 180, 233, 0.25)")
    assert high.x is None
    assert datetime.fromisoformat(str(high.x0)) == course.window.start
    assert high.dx == 60 * 60 * 1000
    assert len(low.y) == len(high.y) == 9 * 24
    assert all(least <= most for least, most in zip(low.y, high.y, strict=True))


def test_the_panel_shares_the_time_axis_of_the_dose_and_today_runs_through_it(week):
    course, figure = week
    band, dose = trace(figure, "level: clonazepam"), trace(figure, "plan version 2, signed")
    assert axis_of(figure, band).range == axis_of(figure, dose).range == (course.window.start, course.window.end)
    through = {shape.yref for shape in figure.layout.shapes if shape.x0 == course.now}
    assert f"{band.yaxis} domain" in through


def test_the_days_of_symptoms_are_hatched_and_begin_with_the_cut(week):
    course, figure = week
    days = trace(figure, effect.EXPECTED)
    assert days.fillpattern.shape == "/"
    assert [(start, end) for start, end, _floor in rectangles(days)] == [(datetime(2026, 12, 1), course.window.end)]
    assert [note.text for note in figure.layout.annotations if note.text.startswith("cut of")] == [
        "cut of Tue 1 Dec 2026"
    ]


def test_the_worst_days_are_hatched_more_densely(stretch):
    """The second week after the cut of day 1, in which a long-acting medicine's symptoms are at their worst."""
    panel, window = stretch("plan_example_taper", days=21)
    worst = trace(drawn(panel, window), effect.WORST)
    assert worst.fillpattern.shape == "x"
    start, end, _floor = rectangles(worst)[0]
    assert (start - window.start, end - window.start) == (timedelta(days=7), timedelta(days=14))


def test_a_day_shows_only_the_hours_within_it(chart):
    course, figure = figure_of(chart, Span.DAY)
    band = trace(figure, "level: clonazepam")
    first = datetime.fromisoformat(str(band.x0))
    assert course.window.start <= first
    assert first + timedelta(hours=len(band.y) - 1) <= course.window.end
    assert all(start >= course.window.start for start, _end, _floor in rectangles(trace(figure, effect.EXPECTED)))


def test_the_whole_taper_stays_a_small_figure(chart):
    _course, figure = figure_of(chart, Span.TAPER)
    assert len(figure.to_json()) < 50_000


def test_two_months_of_a_change_of_medicine_by_the_hour_stay_below_a_hundred_kilobytes(stretch):
    """The largest panel there is: four bands of 1488 hours."""
    panel, window = stretch("plan_example_crossover", days=62)
    assert len(panel.times) == 1488
    assert len(drawn(panel, window).to_json()) < 100_000


def test_cuts_whose_days_overlap_stand_above_each_other(stretch):
    """Three weeks from day 20 on: the first cut's days end on day 28, the second's go on, the third comes on day 29."""
    panel, window = stretch("plan_example_taper", day=20, days=21)
    found = [
        (start - window.start, end - window.start, floor) for start, end, floor in rectangles(expected(panel, window))
    ]
    first_lane, second_lane = sorted({floor for _start, _end, floor in found})
    day = timedelta(days=1)
    assert found == [(0 * day, 21 * day, first_lane), (0 * day, 21 * day, second_lane)]


def expected(panel, window):
    return trace(drawn(panel, window), effect.EXPECTED)


def test_more_cuts_at_once_than_there_are_lanes_are_drawn_as_one_stretch(stretch):
    panel, window = stretch("plan_example_taper")
    many = replace(panel, after_cuts=panel.after_cuts[:1] * (effect.MOST_LANES + 1))
    assert len(rectangles(expected(many, window))) == 1


def test_a_panel_without_a_level_says_so_and_keeps_the_days_of_symptoms(stretch):
    panel, window = stretch("plan_example_taper")
    figure = drawn(replace(panel, bands=()), window)
    assert effect.NO_LEVEL in [note.text for note in figure.layout.annotations]
    assert trace(figure, effect.EXPECTED)


def test_a_medicine_that_begins_later_is_no_line_at_zero(stretch):
    """The week before the change of medicine: diazepam is not drawn yet."""
    names = [one.name for one in drawn(*stretch("plan_example_crossover", day=-30, days=7)).data]
    assert "level: lorazepam" in names
    assert "level: diazepam" not in names


def test_the_total_of_several_medicines_has_edges_and_no_fill_of_its_own(stretch):
    figure = drawn(*stretch("plan_example_crossover", day=10, days=7))
    assert trace(figure, "level: all medicines together").fill == "none"
    assert trace(figure, "level: diazepam").fill == "tonexty"


def test_without_an_event_the_time_axis_is_still_drawn(chart):
    course = replace(course_of(chart, Span.WEEK), events=[])
    (placeholder,) = [one for one in review_figure(course).data if one.name == "no event"]
    assert placeholder.x == (course.window.start, course.window.end)


def test_versions_that_begin_alike_are_named_together(chart):
    course = course_of(chart, Span.WEEK)
    twice = replace(course, superseded=[*course.superseded, replace(course.superseded[0], number=9)])
    assert "versions 1, 9, not in force" in [note.text for note in review_figure(twice).layout.annotations]
    assert review.superseded_name(course.superseded[0]) == "version 1, not in force"
