"""The taper plot's data: what was planned, given and seen, on the ward's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

import taper_story
from taper_app.ui.figures import review
from taper_app.ui.figures.course import ScoreMark, Span, course_of
from taper_app.ui.figures.review import review_figure
from taper_app.ui.figures.review_words import review_alt, review_rows


@pytest.fixture(scope="module")
def chart():
    return taper_story.Story().restabilised().chart()


@pytest.fixture(scope="module")
def week(chart):
    return course_of(chart, Span.WEEK)


@pytest.fixture(scope="module")
def figure(week):
    return review_figure(week)


def trace(figure, name):
    found = [one for one in figure.data if one.name == name]
    assert len(found) == 1, [one.name for one in figure.data]
    return found[0]


def axis_of(one):
    return (one.yaxis or "y").removeprefix("y") or "1"


def test_the_signed_plan_is_a_solid_blue_step_line_that_rises_where_it_was_restabilised(figure):
    line = trace(figure, "plan version 2, signed")
    assert (line.line.shape, line.line.dash, line.line.color) == ("hv", "solid", "#0072B2")
    assert list(zip(line.x, line.y, strict=True)) == [
        (datetime(2026, 12, 1), 1.875),
        (datetime(2026, 12, 5), 2.0),
        (datetime(2026, 12, 8), 2.0),
    ]


def test_a_suspended_plan_is_called_suspended_on_the_plot():
    figure = review_figure(course_of(taper_story.Story().to_the_seizure().chart(), Span.WEEK))
    assert trace(figure, "plan version 1, signed, SUSPENDED")
    assert "plan version 1, signed, SUSPENDED" in [note.text for note in figure.layout.annotations]


def test_the_superseded_version_is_thin_and_labelled_not_in_force_on_the_plot_itself(figure):
    line = trace(figure, "version 1, not in force")
    assert line.line.width == 1
    assert line.line.color != "#0072B2"
    assert "version 1, not in force" in [note.text for note in figure.layout.annotations]


def test_doses_given_stand_at_their_time_on_the_wards_clock(figure):
    given = trace(figure, review.GIVEN)
    assert given.marker.symbol == "circle"
    assert given.marker.color == "#111827"
    assert list(zip(given.x[:2], given.y[:2], strict=True)) == [
        (datetime(2026, 12, 1, 8, 0), 0.875),
        (datetime(2026, 12, 1, 20, 0), 1.0),
    ]


def test_the_emergency_dose_is_hollow_with_its_words_and_not_in_the_days_total(figure, week):
    outside = trace(figure, review.OUTSIDE)
    assert outside.marker.symbol == "circle-open"
    assert list(outside.text) == ["lorazepam 2 mg, emergency dose"]
    assert {total.medicine for total in week.totals} == {"clonazepam"}
    assert [total.mg for total in week.totals] == [Decimal("1.875")] * 4


def test_a_dose_that_was_not_given_is_marked_with_words(chart):
    story = taper_story.Story().with_signed_plan()
    story.clock.advance(minutes=29)
    story.refuse_planned()
    marks = trace(review_figure(course_of(story.chart(), Span.WEEK)), review.NOT_GIVEN)
    assert marks.marker.symbol == "triangle-down-open"
    assert list(marks.text) == ["clonazepam 0.875 mg, refused"]


def test_an_incomplete_ciwa_b_is_a_bar_from_least_to_most_and_has_no_point_on_the_line(figure):
    bar = trace(figure, review.CIWA_INCOMPLETE)
    assert list(bar.y) == [18, 38]
    assert list(bar.error_y.array) == [8, 4]
    assert list(bar.error_y.arrayminus) == [0, 0]
    line = trace(figure, review.CIWA_COMPLETE)
    assert list(line.y) == [20]
    assert line.line.color == bar.error_y.color == "#D55E00"


def test_no_line_joins_totals_of_two_wordings(week):
    day = datetime(2026, 12, 3)
    forms = ("taper-own-words-1", "taper-own-words-1", "another-wording")
    marks = [ScoreMark(day + timedelta(hours=4 * n), 10 + n, 10 + n, 10 + n, form) for n, form in enumerate(forms)]
    line = trace(review_figure(replace(week, ciwa_b=marks)), review.CIWA_COMPLETE)
    assert list(line.y) == [10, 11, None, 12]


def test_news2_has_an_axis_of_its_own_beside_ciwa_b(figure):
    assert axis_of(trace(figure, review.NEWS2_COMPLETE)) != axis_of(trace(figure, review.CIWA_COMPLETE))


def test_the_equivalents_are_a_band_from_the_lowest_to_the_highest_named_table(figure):
    low, high = trace(figure, "equivalents, low"), trace(figure, review.EQUIVALENTS)
    assert (low.y[0], high.y[0]) == (18.75, 37.5)
    assert high.fill == "tonexty"


def test_events_have_words_and_clinical_ones_run_through_every_panel(figure):
    clinical, other = trace(figure, review.CLINICAL), trace(figure, review.OTHER)
    assert [text.strip() for text in clinical.text] == ["hallucination, with insight", "seizure, 2 min"]
    assert "plan v1→v2 signed <br> by Synthetic Physician" in [text.strip() for text in other.text]
    lines = {shape.x0 for shape in figure.layout.shapes}
    assert set(clinical.x) <= lines
    assert datetime(2026, 12, 5, 11, 38) in lines


def test_no_two_events_in_a_row_share_a_line_of_words(figure):
    heights = [y for name in (review.CLINICAL, review.OTHER) for y in trace(figure, name).y]
    assert len(set(heights)) == len(heights)


def test_the_day_shows_the_last_24_hours_and_leaves_the_rest_out(chart):
    course = course_of(chart, Span.DAY)
    figure = review_figure(course)
    assert [event.words for event in course.events if event.is_clinical] == ["seizure, 2 min"]
    shown = [x for one in figure.data for x in one.x]
    assert min(shown) >= course.window.start
    assert max(shown) <= course.window.end


def test_the_taper_reaches_beyond_the_first_day_without(chart):
    course = course_of(chart, Span.TAPER)
    assert course.window.end.date() > chart.signed.plan.first_day_without_drug
    assert len(review_figure(course).to_json()) < 40_000


def test_before_anything_is_signed_the_plot_is_empty_and_still_drawn():
    course = course_of(taper_story.Story().admit().chart(), Span.TAPER)
    assert [one.name for one in review_figure(course).data] == [review.OTHER]


def test_the_table_has_every_mark_in_order_of_time(week):
    rows = review_rows(week)
    assert {"When": "Thu 3 Dec 2026 10:31", "What": "CIWA-B", "In words": "incomplete: at least 18, at most 26"} in rows
    marks = [*week.doses, *week.ciwa_b, *week.news2, *week.events, *week.totals]
    assert len(rows) == len(marks) + 2
    assert "refused" not in str(rows)


def test_the_alternative_text_names_the_events_and_the_versions(week):
    text = review_alt(week)
    assert "Plan version 2 is in force." in text
    assert "Version 1, not in force." in text
    assert "seizure, 2 min on Sat 5 Dec 2026" in text
